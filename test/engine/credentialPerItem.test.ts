import type { ICredentialDataDecryptedObject, IDataObject, INodeParameters } from 'n8n-workflow';

import { startWorkflow } from '../../scripts/engine/runWorkflow';
import { startSandbox, type Sandbox } from '../../sandbox';
import { asappWorkflow, runAsapp, useAsapp, type AsappRunOptions } from '../support/asapp';
import { analyzeParameters } from '../support/parameters';

const KEYS = ['sandbox-id', 'sandbox-secret'] as const;
const asapp = useAsapp({ eventDelay: 2 });
let other: Sandbox;
beforeAll(async () => {
  other = await startSandbox({ apiId: 'other-id', apiSecret: 'other-secret', eventDelay: 2 });
});
afterAll(async () => {
  await other.close();
});
beforeEach(() => {
  other.ledger.clear();
});

const analyze = (changes: INodeParameters = {}) =>
  analyzeParameters({ conversationId: '={{ $json.id }}', ...changes });

/** A credential whose fields look at the item. */
const perItem = (): ICredentialDataDecryptedObject => ({
  environment: 'custom',
  baseUrl: '={{ $json.url }}',
  apiId: '={{ $json.key }}',
  apiSecret: '={{ $json.secret }}',
});

const mine = (id: string): IDataObject => ({ id, url: asapp.sandbox.url, key: KEYS[0], secret: KEYS[1] });
const others = (id: string): IDataObject => ({
  id,
  url: other.url,
  key: 'other-id',
  secret: 'other-secret',
});
/** The conversations that a host was asked about with its own key. */
const conversationsAt = ({ ledger }: Sandbox) =>
  ledger.requests.filter((request) => request.credentialsRight).map(({ conversationId }) => conversationId);

test.each([
  ['two items', ['M1', 'O1']],
  ['the odd one in the middle', ['M1', 'M2', 'M3', 'O1', 'M4', 'M5']],
  ['the odd one at the end', ['M1', 'M2', 'M3', 'O1']],
  ['one conversation with each', ['M1', 'O1', 'M1', 'O1', 'M2', 'O2', 'M2', 'O2']],
])('each item goes out with its own key to its own host: %s', async (_name, ids) => {
  const { json, error } = await runAsapp(asapp, {
    parameters: analyze(),
    items: ids.map((id) => (id.startsWith('M') ? mine(id) : others(id))),
    credential: perItem(),
  });
  expect(error).toBeUndefined();
  expect(json.map(({ conversationId }) => conversationId)).toEqual(ids);
  expect(conversationsAt(asapp.sandbox).sort()).toEqual(ids.filter((id) => id.startsWith('M')).sort());
  expect(conversationsAt(other).sort()).toEqual(ids.filter((id) => id.startsWith('O')).sort());
});

test('an item whose expressions find no key fails alone, and says that it is the credential', async () => {
  const { json } = await runAsapp(asapp, {
    parameters: analyze(),
    items: [mine('M1'), { ...mine('M2'), secret: '' }, mine('M3')],
    credential: perItem(),
    node: { onError: 'continueRegularOutput' },
  });
  expect(json).toMatchObject([
    { conversationId: 'M1' },
    {
      error: {
        kind: 'credentialUnusable',
        phase: 'notSent',
        attempts: 0,
        message: expect.stringContaining("'API Secret' is empty") as string,
      },
    },
    { conversationId: 'M3' },
  ]);
  expect(conversationsAt(asapp.sandbox)).toHaveLength(2);
});

test('replies come to each item by a stream of its own key', async () => {
  const { json, error } = await runAsapp(asapp, {
    parameters: analyze({ waitForReply: true, options: { replyTimeout: 5 } }),
    items: [mine('M1'), others('O1'), mine('M2'), others('O2'), mine('M3'), others('O3')],
    credential: perItem(),
  });
  expect(error).toBeUndefined();
  expect(json.map(({ outcome }) => outcome)).toEqual(['reply', 'reply', 'reply', 'reply', 'reply', 'reply']);
  for (const { ledger } of [asapp.sandbox, other]) {
    expect(ledger.connections).toHaveLength(1);
  }
});

test('each key has its own pace', async () => {
  asapp.sandbox.faults.set({ fault: 'status', status: 429, retryAfter: 1, times: 1, conversationId: 'M1' });
  const startedAt = Date.now();
  await runAsapp(asapp, {
    parameters: analyze({ options: { maxRetries: 1 } }),
    items: [mine('M1'), others('O1'), others('O2')],
    credential: perItem(),
  });
  const [refused, repeated] = asapp.sandbox.ledger.requests;
  expect((repeated?.receivedAt ?? 0) - (refused?.receivedAt ?? 0)).toBeGreaterThanOrEqual(990);
  // The other key's requests left while the first key's pace was held.
  for (const { receivedAt } of other.ledger.requests) {
    expect(receivedAt).toBeLessThan(repeated?.receivedAt ?? 0);
    expect(receivedAt).toBeGreaterThanOrEqual(startedAt);
  }
  expect(other.ledger.requests).toHaveLength(2);
});

describe('reading the credential', () => {
  /** Runs, and counts how often the credential was read. */
  async function readsOf(options: AsappRunOptions): Promise<number> {
    let reads = 0;
    const credentials = {
      get asappApi() {
        reads++;
        return options.credential ?? asapp.credential();
      },
    };
    await startWorkflow(asapp.nodePackage, asappWorkflow(options), { credentials }).finished;
    return reads;
  }
  const items = (count: number) => Array.from({ length: count }, (_, index) => mine(`M${index}`));

  test.each([
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 4],
    [200, 4],
  ])('of %i items takes %i reads when it is the same for all', async (count, expected) => {
    expect(await readsOf({ parameters: analyze(), items: items(count) })).toBe(expected);
  });

  test('takes one read for each item when it varies', async () => {
    const reads = await readsOf({ parameters: analyze(), items: items(20), credential: perItem() });
    expect(reads).toBe(21);
  });

  test('notices an expression that finds the same for the first, the second and the last item', async () => {
    const credential = { ...perItem(), baseUrl: `={{ $json.at ?? "${asapp.sandbox.url}" }}` };
    const list = [...items(2), { ...others('O1'), at: other.url }, ...items(2)];
    await runAsapp(asapp, { parameters: analyze(), items: list, credential });
    expect(conversationsAt(other)).toEqual(['O1']);
  });
});
