// Look Before Sending: a workflow that runs again over the same data says nothing twice.
import { runAsapp, startAsappRun, useAsapp, type AsappRunOptions } from '../support/asapp';
import { looks } from '../support/looks';
import { analyzeParameters } from '../support/parameters';

const asapp = useAsapp();

function rows(count: number, conversations: number) {
  return Array.from({ length: count }, (_, index) => ({
    id: `C${index % conversations}`,
    text: `Text ${index}`,
    at: new Date(Date.UTC(2026, 0, 31, 9, 30, index)).toISOString(),
  }));
}

function given(items = rows(12, 3), changes = {}): AsappRunOptions {
  return {
    parameters: analyzeParameters({
      conversationId: '={{ $json.id }}',
      text: '={{ $json.text }}',
      options: { lookBeforeSending: true, timestamp: '={{ $json.at }}', ...changes },
    }),
    items,
    node: { onError: 'continueRegularOutput' },
  };
}

test('what is there leaves as already there, after one look a conversation', async () => {
  const first = await runAsapp(asapp, given());
  expect(first.json.every((json) => !('alreadyThere' in json) && !('error' in json))).toBe(true);
  expect(looks(asapp)).toBe(3);
  const second = await runAsapp(asapp, given());
  expect(second.json.every(({ alreadyThere }) => alreadyThere === true)).toBe(true);
  expect(second.json.map(({ messageId }) => messageId)).toEqual(first.json.map(({ messageId }) => messageId));
  expect(looks(asapp)).toBe(6);
  expect(asapp.sandbox.ledger.messages).toHaveLength(12);
});

test('what is new is sent', async () => {
  await runAsapp(asapp, given(rows(6, 3)));
  const { json } = await runAsapp(asapp, given(rows(9, 3)));
  expect(json.map(({ alreadyThere }) => alreadyThere === true)).toEqual([
    ...Array.from({ length: 6 }, () => true),
    ...Array.from({ length: 3 }, () => false),
  ]);
  expect(asapp.sandbox.ledger.messages).toHaveLength(9);
});

test('texts that ASAPP redacted and messages with one time are known', async () => {
  const at = '2026-01-31T09:30:00Z';
  const two = [
    { id: 'C1', text: 'My number is 4711', at },
    { id: 'C1', text: 'and my name is Kim', at },
  ];
  asapp.sandbox.reads.set({ redact: '\\d+' });
  await runAsapp(asapp, given(two));
  const { json } = await runAsapp(asapp, given(two));
  expect(json.map(({ alreadyThere }) => alreadyThere)).toEqual([true, true]);
  expect(asapp.sandbox.ledger.messages).toHaveLength(2);
});

test('without a time from the data it is refused', async () => {
  const { json } = await runAsapp(asapp, given([{ id: 'C1', text: 'Hi', at: '' }]));
  expect(json[0]?.error).toMatchObject({
    kind: 'invalidInput',
    message: expect.stringContaining("needs 'Message Timestamp'") as string,
  });
  expect(asapp.sandbox.ledger.requests).toEqual([]);
});

test('what cannot be looked at is not sent', async () => {
  asapp.sandbox.faults.set({ fault: 'status', status: 503, operation: 'getMessages' });
  const { json } = await runAsapp(asapp, given(rows(1, 1)));
  expect(json[0]?.error).toMatchObject({
    kind: 'serviceUnavailable',
    retryable: true,
    attempts: 0,
    phase: 'notSent',
  });
  expect(asapp.sandbox.ledger.messages).toEqual([]);
});

test('two executions over the same data at once say nothing twice', async () => {
  asapp.sandbox.faults.set({ fault: 'latency', latency: 10, operation: 'postAnalyze' });
  const runs = [1, 2, 3].map(() => startAsappRun(asapp, given(rows(12, 2))).finished);
  await Promise.all(runs);
  expect(asapp.sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
  expect(asapp.sandbox.ledger.messages).toHaveLength(12);
});
