// n8n's Retry: the node runs again with all its items, with the context that n8n stored or without it.
import type { INode, INodeParameters, IRunExecutionData } from 'n8n-workflow';

import { runAsapp, startAsappRun, useAsapp, type AsappRun, type AsappRunOptions } from '../support/asapp';
import { branchParameters } from '../support/branches';
import { looks } from '../support/looks';
import { analyzeParameters, parametersOf } from '../support/parameters';

const asapp = useAsapp();

const FAILS = { fault: 'status', status: 400, times: 1 } as const;

function items(count: number, conversations = count) {
  return Array.from({ length: count }, (_, index) => ({
    id: `C${index % conversations}`,
    text: `Text ${index}`,
  }));
}

function options(count: number, conversations?: number, changes: INodeParameters = {}): AsappRunOptions {
  return {
    parameters: analyzeParameters({
      conversationId: '={{ $json.id }}',
      text: '={{ $json.text }}',
      ...changes,
      options: { maxConcurrency: 3, maxRetries: 0, ...(changes.options as INodeParameters | undefined) },
    }),
    items: items(count, conversations),
  };
}

function dataOf({ run }: AsappRun): IRunExecutionData {
  return run.data;
}

/** What is left of an execution whose process was killed: the input, and nothing of the node. */
function withoutContext(data: IRunExecutionData): IRunExecutionData {
  const copy = JSON.parse(JSON.stringify(data)) as IRunExecutionData;
  if (copy.executionData) copy.executionData.contextData = {};
  return copy;
}

function expectEachOnce(count: number): void {
  const { ledger } = asapp.sandbox;
  expect(ledger.acceptedMoreThanOnce()).toEqual([]);
  expect(ledger.messages.map(({ text }) => Number(text.slice(5))).sort((a, b) => a - b)).toEqual(
    Array.from({ length: count }, (_, index) => index),
  );
}

describe.each(['analyze', 'create'])('a stopped run of %s', (name) => {
  const given = (count: number, conversations?: number): AsappRunOptions =>
    name === 'analyze'
      ? options(count, conversations)
      : {
          parameters: parametersOf('message.create', {
            conversationId: '={{ $json.id }}',
            text: '={{ $json.text }}',
            options: { maxConcurrency: 3 },
          }),
          items: items(count, conversations),
        };

  test('is retried without a look at what the context knows', async () => {
    asapp.sandbox.faults.set({ ...FAILS, conversationId: 'C7' });
    const stopped = await runAsapp(asapp, given(20));
    expect(stopped.error).toBeDefined();
    const sent = asapp.sandbox.ledger.messages.length;
    expect(sent).toBeGreaterThan(5);
    const retried = await runAsapp(asapp, { ...given(20), retryOf: dataOf(stopped) });
    expect(retried.error).toBeUndefined();
    expect(retried.items).toHaveLength(20);
    expect(retried.json.every(({ messageId }) => typeof messageId === 'string')).toBe(true);
    expectEachOnce(20);
    expect(looks(asapp)).toBe(20 - sent);
  });

  test('is retried after a crash that kept nothing: what is there leaves as recovered', async () => {
    asapp.sandbox.faults.set({ ...FAILS, conversationId: 'C7' });
    const stopped = await runAsapp(asapp, given(20));
    const sent = asapp.sandbox.ledger.messages.length;
    const retried = await runAsapp(asapp, { ...given(20), retryOf: withoutContext(dataOf(stopped)) });
    expect(retried.items).toHaveLength(20);
    expect(retried.json.filter(({ recovered }) => recovered === true)).toHaveLength(sent);
    expectEachOnce(20);
    expect(looks(asapp)).toBe(20);
  });
});

test('a second Retry of the same execution knows what the first one said', async () => {
  asapp.sandbox.faults.set({ ...FAILS, conversationId: 'C2' });
  const stopped = await runAsapp(asapp, options(12, 3));
  await runAsapp(asapp, { ...options(12, 3), retryOf: dataOf(stopped) });
  expectEachOnce(12);
  const again = await runAsapp(asapp, { ...options(12, 3), retryOf: dataOf(stopped) });
  expect(again.items).toHaveLength(12);
  expectEachOnce(12);
});

/** So many items say the same in one conversation; the first is refused, and the process is killed after the last. */
async function killedAfterSaying(count: number) {
  const said = Array.from({ length: count }, () => ({ id: 'SAME', text: 'yes' }));
  const same = { ...options(count), items: said };
  asapp.sandbox.faults.set({ fault: 'status', status: 400, times: 1, conversationId: 'SAME' });
  const first = await runAsapp(asapp, { ...same, node: { onError: 'continueRegularOutput' } });
  expect(first.json[0]?.error).toBeDefined();
  expect(asapp.sandbox.ledger.messages).toHaveLength(count - 1);
  const retryOf = withoutContext(dataOf(first));
  retryOf.resultData.lastNodeExecuted = 'ASAPP';
  retryOf.resultData.runData.ASAPP = [];
  retryOf.executionData?.nodeExecutionStack.push({
    node: { name: 'ASAPP' } as INode,
    data: { main: [said.map((json) => ({ json }))] },
    source: null,
  });
  return { ...same, retryOf };
}

test('items that could be the same message are in doubt and not sent; each tells how often was looked for it', async () => {
  const killed = await killedAfterSaying(2);
  asapp.sandbox.reads.set({ timeDigits: 0 });
  const retried = await runAsapp(asapp, { ...killed, node: { onError: 'continueRegularOutput' } });
  expect(asapp.sandbox.ledger.messages).toHaveLength(1);
  expect(looks(asapp)).toBe(1);
  expect(retried.json.map(({ error }) => error)).toEqual(
    [1, 0].map((count) =>
      expect.objectContaining({
        kind: 'conflict',
        inDoubt: true,
        attempts: 0,
        looks: count,
        message: expect.stringMatching(/^Nothing was sent: an earlier try/) as string,
      }),
    ),
  );
});

test('items of one conversation with the same words are told apart by their times', async () => {
  const retried = await runAsapp(asapp, await killedAfterSaying(6));
  expect(retried.items).toHaveLength(6);
  expect(asapp.sandbox.ledger.messages).toHaveLength(6);
  expect(retried.json.map(({ recovered }) => recovered === true)).toEqual([
    false,
    true,
    true,
    true,
    true,
    true,
  ]);
});

test('a cancelled run leaves something to retry, with each On Error and with branches', async () => {
  const kinds: Array<Partial<AsappRunOptions>> = [
    {},
    { node: { onError: 'continueRegularOutput' } },
    { node: { onError: 'continueErrorOutput' } },
    {
      parameters: branchParameters(undefined, { text: '={{ $json.text }}', options: { maxConcurrency: 3 } }),
    },
  ];
  for (const kind of kinds) {
    asapp.sandbox.ledger.clear();
    asapp.sandbox.faults.set({ fault: 'latency', latency: 40 });
    const given = { ...options(20), ...kind };
    const started = startAsappRun(asapp, given);
    while (asapp.sandbox.ledger.messages.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    started.cancel();
    const cancelled = await started.finished;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(cancelled.status).toBe('canceled');
    const sent = asapp.sandbox.ledger.messages.length;
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(20);
    asapp.sandbox.faults.clear();
    const retried = await runAsapp(asapp, { ...given, retryOf: cancelled.data });
    expect(retried.outputs[0]).toHaveLength(20);
    expectEachOnce(20);
  }
}, 120_000);

test('a retried item with Wait for Reply gets the reply from the conversation', async () => {
  const given = options(6, 6, { waitForReply: true, options: { replyTimeout: 10 } });
  asapp.sandbox.faults.set({ ...FAILS, conversationId: 'C4', operation: 'postAnalyze' });
  const stopped = await runAsapp(asapp, given);
  const retried = await runAsapp(asapp, { ...given, retryOf: withoutContext(dataOf(stopped)) });
  expect(retried.error).toBeUndefined();
  expect(retried.json.every(({ reply }) => typeof reply === 'string' && reply !== '')).toBe(true);
  expectEachOnce(6);
});

test('an item is not sent when the conversation cannot be looked at', async () => {
  asapp.sandbox.faults.set({ ...FAILS, conversationId: 'C3' });
  const stopped = await runAsapp(asapp, options(6));
  const sent = asapp.sandbox.ledger.messages.length;
  asapp.sandbox.faults.set({ fault: 'status', status: 403, operation: 'getMessages' });
  const retried = await runAsapp(asapp, {
    ...options(6),
    node: { onError: 'continueRegularOutput' },
    retryOf: withoutContext(dataOf(stopped)),
  });
  expect(asapp.sandbox.ledger.messages).toHaveLength(sent);
  expect(retried.json).toHaveLength(6);
  expect(retried.json[0]?.error).toMatchObject({
    kind: 'forbidden',
    inDoubt: true,
    retryable: false,
    attempts: 0,
  });
});

/** Starts a run and stops it a moment after ASAPP has its first message. */
async function stoppedAfterFirst(given: AsappRunOptions): Promise<IRunExecutionData> {
  const started = startAsappRun(asapp, given);
  const { ledger } = asapp.sandbox;
  while (ledger.messages.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 50));
  started.cancel();
  return (await started.finished).data;
}

test('a Retry right after the stop waits until ASAPP would have shown what was sent', async () => {
  asapp.sandbox.reads.set({ visibleAfter: 2_000 });
  asapp.sandbox.faults.set({ fault: 'resetAfterReading', operation: 'postAnalyze', times: 1 });
  const retryOf = await stoppedAfterFirst(options(1));
  const { json } = await runAsapp(asapp, { ...options(1), retryOf });
  expect(json[0]).toMatchObject({ recovered: true });
  expect(asapp.sandbox.ledger.messages).toHaveLength(1);
  expect(looks(asapp)).toBe(2);
}, 20_000);

test('a message of an item that is known is not taken for that of another with the same words', async () => {
  const given = options(2, 1, { options: { maxRequestsPerSecond: 2 } });
  given.items = Array.from({ length: 2 }, () => ({ id: 'SAME', text: 'yes' }));
  const retryOf = await stoppedAfterFirst(given);
  expect(asapp.sandbox.ledger.messages).toHaveLength(1);
  asapp.sandbox.reads.set({ timeDigits: 0 });
  const { json } = await runAsapp(asapp, { ...given, retryOf });
  expect(asapp.sandbox.ledger.messages).toHaveLength(2);
  expect(json.map(({ error, recovered }) => [error, recovered])).toEqual(
    Array(2).fill([undefined, undefined]),
  );
}, 20_000);

test('a message that was changed before the Retry is another one, and is sent', async () => {
  const given = options(2, 2, { options: { maxRequestsPerSecond: 2 } });
  const retryOf = await stoppedAfterFirst(given);
  const changed = options(2, 2, { text: '={{ $json.text }}!' });
  const { json } = await runAsapp(asapp, { ...changed, retryOf });
  expect(json.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(asapp.sandbox.ledger.messages.map(({ text }) => text).sort()).toEqual([
    'Text 0',
    'Text 0!',
    'Text 1!',
  ]);
}, 20_000);

test('what another execution said in the same words is not taken for what this one failed to say', async () => {
  asapp.sandbox.faults.set({ ...FAILS, conversationId: 'C0' });
  const failed = await runAsapp(asapp, options(1));
  expect(failed.error).toBeDefined();
  await runAsapp(asapp, options(1));
  expect(asapp.sandbox.ledger.messages).toHaveLength(1);
  const { json } = await runAsapp(asapp, { ...options(1), retryOf: withoutContext(dataOf(failed)) });
  expect(asapp.sandbox.ledger.messages).toHaveLength(2);
  expect(json[0]).not.toHaveProperty('recovered');
});
