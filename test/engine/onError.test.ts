import type { IDataObject, INode } from 'n8n-workflow';

import { runAsapp, useAsapp } from '../support/asapp';
import { analyzeParameters } from '../support/parameters';

const asapp = useAsapp();

const binary = { photo: { data: 'aGVsbG8=', mimeType: 'text/plain', fileName: 'hello.txt' } };
const items = [
  { json: { id: 'A1', note: 'first' }, binary },
  { json: { id: 'FAULT404', note: 'second', message: 'of its own' }, binary },
  { json: { id: 'lower', note: 'third' }, binary },
  { json: { id: 'B2', note: 'fourth' }, binary },
];
const NOT_FOUND = {
  kind: 'notFound',
  status: 404,
  code: '404-01',
  message: 'Not Found',
  requestId: expect.stringMatching(/.{8}/) as string,
  retryable: false,
  attempts: 1,
  phase: 'answered',
  description: expect.stringContaining('Conversation ID') as string,
};
const INVALID = {
  kind: 'invalidInput',
  message: expect.stringContaining('"lower"') as string,
  retryable: false,
  attempts: 0,
  phase: 'notSent',
  description: expect.stringContaining('Nothing was sent') as string,
};

async function run(node: Partial<INode>) {
  return await runAsapp(asapp, {
    parameters: analyzeParameters({ conversationId: '={{ $json.id }}', options: { maxConcurrency: 1 } }),
    items,
    node,
  });
}

test('stop: the workflow stops at the first failed item, with ASAPP’s words and the facts', async () => {
  const { error, run: finished } = await run({});
  expect(finished.data.resultData.lastNodeExecuted).toBe('ASAPP');
  expect(error?.name).toBe('NodeApiError');
  expect(error?.message).toMatch(/^Not Found \[item 1\] \(code 404-01, request ID .+\)$/);
  expect(error).toMatchObject({ httpCode: '404', context: { itemIndex: 1, data: NOT_FOUND } });
  expect(error?.description).toMatch(/^Check 'Conversation ID'.* 1 of 4 items had been delivered\.$/);
  expect(asapp.sandbox.ledger.requests.map(({ conversationId }) => conversationId)).toEqual([
    'A1',
    'FAULT404',
  ]);
});

test('continue: every item stays in its place, failed ones with their own fields and the error', async () => {
  const { outputs, error } = await run({ onError: 'continueRegularOutput' });
  expect(error).toBeUndefined();
  expect(outputs).toHaveLength(1);
  expect(outputs[0]).toEqual([
    { json: { conversationId: 'A1', messageId: expect.any(String) as string }, pairedItem: { item: 0 } },
    { json: { ...items[1]?.json, error: NOT_FOUND }, pairedItem: { item: 1 }, binary },
    { json: { ...items[2]?.json, error: INVALID }, pairedItem: { item: 2 }, binary },
    { json: { conversationId: 'B2', messageId: expect.any(String) as string }, pairedItem: { item: 3 } },
  ]);
});

test('error output: failed items leave on it, with their own fields and the error', async () => {
  const { outputs, error } = await run({ onError: 'continueErrorOutput' });
  expect(error).toBeUndefined();
  expect(outputs).toHaveLength(2);
  expect(outputs[0]?.map(({ json, pairedItem }) => [json.conversationId, pairedItem])).toEqual([
    ['A1', { item: 0 }],
    ['B2', { item: 3 }],
  ]);
  expect(outputs[1]).toEqual([
    { json: { ...items[1]?.json, error: NOT_FOUND }, pairedItem: { item: 1 }, binary },
    { json: { ...items[2]?.json, error: INVALID }, pairedItem: { item: 2 }, binary },
  ]);
});

test('the older "Continue On Fail" of saved workflows keeps working', async () => {
  const { outputs } = await run({ continueOnFail: true });
  expect(outputs).toHaveLength(1);
  expect(outputs[0]?.map(({ json }) => (json.error as IDataObject | undefined)?.kind)).toEqual([
    undefined,
    'notFound',
    'invalidInput',
    undefined,
  ]);
});

test.each<[string, IDataObject]>([
  ['cannot be read', { baseUrl: 'http://asapp.example.com' }],
  ['has no secret', { apiSecret: ' ' }],
  ['has a broken secret', { apiSecret: 'two words' }],
  ['leads nowhere', { baseUrl: 'https://' }],
])('a credential that %s fails every item instead of sending inputs to Success', async (_name, changes) => {
  const { outputs } = await runAsapp(asapp, {
    parameters: analyzeParameters({ conversationId: '={{ $json.id }}' }),
    items,
    node: { onError: 'continueErrorOutput' },
    credential: asapp.credential(changes as Record<string, string>),
  });
  expect(outputs.map((output) => output.length)).toEqual([0, 4]);
  expect(outputs[1]?.map(({ json }) => json)).toMatchObject(
    items.map(({ json }) => ({
      ...json,
      error: {
        kind: 'credentialUnusable',
        message: expect.stringContaining('The ASAPP credential cannot be used') as string,
      },
    })),
  );
  expect(asapp.sandbox.ledger.requests).toEqual([]);
});
