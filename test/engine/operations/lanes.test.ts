import type { INodeParameters } from 'n8n-workflow';

import type { RequestRecord } from '../../../sandbox';
import { runAsapp, useAsapp } from '../../support/asapp';
import { parametersOf } from '../../support/parameters';

const asapp = useAsapp();

const IDS = ['C0', 'C1', 'C2'];
const ITEMS = Array.from({ length: 12 }, (_, n) => ({ id: IDS[n % IDS.length] ?? '', n }));
const LATENCY = 40;

/** Sends each item in turn to one of three conversations, with the item's number somewhere in the request. */
async function runItems(name: string, changes: INodeParameters): Promise<RequestRecord[]> {
  asapp.sandbox.faults.set({ fault: 'latency', latency: LATENCY });
  const options = { maxRequestsPerSecond: 1000, ...(changes.options as INodeParameters | undefined) };
  const { json, error } = await runAsapp(asapp, {
    parameters: parametersOf(name, { ...changes, options }),
    items: ITEMS,
  });
  expect(error).toBeUndefined();
  expect(json.length).toBeGreaterThanOrEqual(ITEMS.length);
  expect(asapp.sandbox.ledger.requests).toHaveLength(ITEMS.length);
  return asapp.sandbox.ledger.requests;
}

/** Whether two requests were on their way at the same time. */
function overlap(a: RequestRecord, b: RequestRecord): boolean {
  const [first, second] = a.receivedAt <= b.receivedAt ? [a, b] : [b, a];
  return second.receivedAt < (first.answeredAt ?? Infinity);
}

function pairs<T>(values: readonly T[]): Array<[T, T]> {
  return values.flatMap((a, index) => values.slice(index + 1).map((b): [T, T] => [a, b]));
}

// The braces apart, as two of them end an expression.
const MESSAGE = '{text: "m" + $json.n, sender: {role: "agent", externalId: "a-1"} }';

describe.each<[name: string, changes: INodeParameters, numbers: RegExp]>([
  ['message.create', { conversationId: '={{ $json.id }}', text: '={{ "m" + $json.n }}' }, /"text":"m(\d+)"/],
  [
    'message.createMany',
    { conversationId: '={{ $json.id + " " }}', messages: `={{ [${MESSAGE}] }}` },
    /"text":"m(\d+)"/,
  ],
  [
    'conversation.createOrUpdate',
    { externalId: '={{ "external-" + $json.id }}', options: { customerName: '={{ "m" + $json.n }}' } },
    /"name":"m(\d+)"/,
  ],
])('%s', (name, changes, numbers) => {
  test('goes one after another within a conversation, in order, and beside the others', async () => {
    const requests = await runItems(name, changes);
    const byConversation = IDS.map((id) =>
      requests.filter(
        ({ rawBody = '', params }) => params.conversationId === id || rawBody.includes(`external-${id}"`),
      ),
    );
    for (const [index, own] of byConversation.entries()) {
      expect(pairs(own).some(([a, b]) => overlap(a, b))).toBe(false);
      const sent = own.map(({ rawBody = '' }) => Number(numbers.exec(rawBody)?.[1]));
      expect(sent).toEqual(ITEMS.filter(({ id }) => id === IDS[index]).map(({ n }) => n));
    }
    expect(pairs(requests).some(([a, b]) => overlap(a, b))).toBe(true);
  });
});

test('two attempts at one call transfer go one after another', async () => {
  asapp.sandbox.faults.set({ fault: 'latency', latency: LATENCY });
  const { json } = await runAsapp(asapp, {
    parameters: parametersOf('callTransfer.create', { options: { maxRequestsPerSecond: 1000 } }),
    items: [{}, {}],
    node: { onError: 'continueRegularOutput' },
  });
  const [first, second] = asapp.sandbox.ledger.requests;
  expect(overlap(first!, second!)).toBe(false);
  expect(json).toMatchObject([{ id: 'T1', status: 'ACTIVE' }, { error: { kind: 'conflict', status: 409 } }]);
});

test.each<[name: string, changes: INodeParameters]>([
  ['conversation.get', { conversationId: 'C0' }],
  ['message.getAll', { conversationId: 'C0' }],
  ['generativeAgent.getState', { conversationId: 'C0' }],
  ['summary.freeText', { conversationId: 'C0' }],
  ['generativeAgent.createStream', {}],
])('%s waits for no other of the same conversation', async (name, changes) => {
  asapp.sandbox.conversations.fill('C0', 1);
  const requests = await runItems(name, { ...changes, options: { maxConcurrency: 12 } });
  expect(pairs(requests).some(([a, b]) => overlap(a, b))).toBe(true);
});

test('an update whose answer is lost is sent again with the same body, before the next one', async () => {
  asapp.sandbox.faults.set({ fault: 'resetAfterReading', times: 1 });
  const { json } = await runAsapp(asapp, {
    parameters: parametersOf('conversation.createOrUpdate', {
      options: { maxRetries: 1, customerName: '={{ $json.name }}' },
    }),
    items: [{ name: 'Kim' }, { name: 'Lee' }],
  });
  const { requests } = asapp.sandbox.ledger;
  expect(requests.map(({ rawBody = '' }) => /"name":"(\w+)"/.exec(rawBody)?.[1])).toEqual([
    'Kim',
    'Kim',
    'Lee',
  ]);
  expect(requests[1]?.rawBody).toBe(requests[0]?.rawBody);
  expect(new Set(json.map(({ conversationId }) => conversationId)).size).toBe(1);
});
