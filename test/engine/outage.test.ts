// What an outage of ASAPP is to a run. Most of this is waiting, so what can goes at the same time, each with its own ASAPP.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

import type { IDataObject, INode, INodeExecutionData, INodeParameters, IRun } from 'n8n-workflow';

import type { OutageDefinition, RequestRecord, SandboxOptions } from '../../sandbox';
import { startAsapp, startAsappRun, type Asapp } from '../support/asapp';
import { analyzeParameters } from '../support/parameters';

const MESSAGES = 60;

/** The outage comes when so many messages were accepted. */
const BEFORE = 20;

/** Max Concurrency: so many can be on their way when it comes. */
const AT_ONCE = 5;

/** Until the third failure is heard, the first two make room for others. */
const UNAWARE = AT_ONCE + 2;

/** With an ASAPP of its own, so that tests may go at the same time. */
async function withAsapp(test: (asapp: Asapp) => Promise<void>, options: SandboxOptions = {}): Promise<void> {
  const asapp = await startAsapp(options);
  try {
    await test(asapp);
  } finally {
    await asapp.sandbox.close();
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

interface Wanted {
  options?: INodeParameters;
  node?: Partial<INode>;
  changes?: INodeParameters;
  /** What the conversations are called. */
  name?: string;
  count?: number;
  text?: (item: number) => string;
}

/** Starts a run over messages of as many conversations. */
function start(asapp: Asapp, { options, node, changes, name = 'C', count = MESSAGES, text }: Wanted = {}) {
  return startAsappRun(asapp, {
    parameters: analyzeParameters({
      conversationId: '={{ $json.id }}',
      text: '={{ $json.text }}',
      ...changes,
      options: { maxRetries: 1, maxConcurrency: AT_ONCE, maxRequestsPerSecond: 50, ...options },
    }),
    items: Array.from({ length: count }, (_, item) => ({
      id: `${name}${item}`,
      text: text?.(item) ?? `message ${item}`,
    })),
    node: { onError: 'continueRegularOutput', ...node },
    settings: { timezone: 'Asia/Tokyo' },
  });
}

interface Times {
  from: number;
  to: number;
}

/** Begins an outage once so many messages were accepted; it ends by itself. */
async function breakDown({ sandbox }: Asapp, outage: OutageDefinition, after = BEFORE): Promise<Times> {
  await until(() => sandbox.ledger.messages.length >= after);
  const from = Date.now();
  sandbox.outage.start(outage);
  return { from, to: from + (outage.seconds ?? Infinity) * 1_000 };
}

function taskOf({ data }: IRun) {
  const task = data.resultData.runData.ASAPP?.[0];
  if (task === undefined) throw data.resultData.error ?? new Error('The ASAPP node did not run');
  return task;
}

function itemsOf(run: IRun): INodeExecutionData[] {
  return taskOf(run).data?.main?.[0] ?? [];
}

function errorsOf(run: IRun): IDataObject[] {
  return itemsOf(run).flatMap(({ json }) => (json.error === undefined ? [] : [json.error as IDataObject]));
}

function hintsOf(run: IRun): string[] {
  return (taskOf(run).hints ?? []).map(({ message }) => message);
}

/** The requests that came while ASAPP was down. */
function into({ sandbox }: Asapp, { from, to }: Times): RequestRecord[] {
  return sandbox.ledger.requests.filter(({ receivedAt }) => receivedAt >= from && receivedAt < to);
}

function time(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB', { timeZone: 'Asia/Tokyo' });
}

/** The times of a hint like the one the docs promise, by the clock of the workflow. */
const HINT = /^ASAPP did not answer from (\d\d:\d\d:\d\d) to (\d\d:\d\d:\d\d); the run waited$/;

function expectHintOf(run: IRun, { from, to }: Times): void {
  const [, told = '', ended = ''] =
    hintsOf(run)
      .map((hint) => HINT.exec(hint))
      .find((match) => match !== null) ?? [];
  expect([time(from), time(from + 1_000)]).toContain(told);
  // It is known to be over with the first probe after that.
  const known = Array.from({ length: 5 }, (_, seconds) => time(to + seconds * 1_000));
  expect(known).toContain(ended);
}

/** Counts the connections of this process that nobody at the address of this ASAPP accepted. */
function refusedConnections({ sandbox }: Asapp): { readonly count: number; stop(): void } {
  const port = Number(new URL(sandbox.url).port);
  let count = 0;
  const watch = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    socket.on('error', (error: Error & { port?: number }) => {
      if (error.port === port) count++;
    });
  };
  subscribe('net.client.socket', watch);
  return {
    get count() {
      return count;
    },
    stop: () => void unsubscribe('net.client.socket', watch),
  };
}

/** The texts that ASAPP holds, each once. */
function expectNothingTwice({ sandbox }: Asapp): void {
  expect(sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
}

describe('a short outage costs a run time', () => {
  test.concurrent.each<[string, OutageDefinition]>([
    ['503', { how: 'status', status: 503, seconds: 2 }],
    ['500', { how: 'status', status: 500, seconds: 1.5 }],
  ])('and no item: %s', async (_name, outage) => {
    await withAsapp(async (asapp) => {
      const started = start(asapp);
      const times = await breakDown(asapp, outage);
      const run = await started.finished;
      expect(errorsOf(run)).toEqual([]);
      expect(itemsOf(run)).toHaveLength(MESSAGES);
      expect(asapp.sandbox.ledger.messages).toHaveLength(MESSAGES);
      expectNothingTwice(asapp);
      expect(into(asapp, times).length).toBeLessThanOrEqual(12);
      expectHintOf(run, times);
    });
  });

  test.concurrent.each<[string, OutageDefinition]>([
    ['502 of a gateway', { how: 'html', status: 502, seconds: 3 }],
    ['connections that break', { how: 'reset', seconds: 2 }],
    ['nobody listens', { how: 'refused', seconds: 2 }],
  ])('and only what was on its way when it began stays in doubt: %s', async (_name, outage) => {
    await withAsapp(async (asapp) => {
      const started = start(asapp);
      const refused = refusedConnections(asapp);
      const times = await breakDown(asapp, outage);
      const run = await started.finished;
      refused.stop();
      const errors = errorsOf(run);
      expect(itemsOf(run)).toHaveLength(MESSAGES);
      expect(errors.filter(({ inDoubt }) => inDoubt !== true)).toEqual([]);
      expect(errors.length).toBeLessThanOrEqual(UNAWARE);
      expect(asapp.sandbox.ledger.messages).toHaveLength(MESSAGES - errors.length);
      expectNothingTwice(asapp);
      expect(into(asapp, times).length + refused.count).toBeLessThanOrEqual(12);
      expectHintOf(run, times);
    });
  });
});

describe('an outage longer than Max Outage', () => {
  test.concurrent(
    'fails what is left soon after it, with its own kind, and n8n gets every item',
    async () => {
      await withAsapp(async (asapp) => {
        const started = start(asapp, { options: { maxOutage: 1 } });
        const times = await breakDown(asapp, { how: 'status', status: 503 });
        const run = await started.finished;
        const took = Date.now() - times.from;
        const accepted = asapp.sandbox.ledger.messages.length;
        const errors = errorsOf(run);
        expect(took).toBeGreaterThanOrEqual(1_000);
        expect(took).toBeLessThan(2_500);
        expect(itemsOf(run)).toHaveLength(MESSAGES);
        expect(errors).toHaveLength(MESSAGES - accepted);
        expect(new Set(errors.map(({ kind }) => kind))).toEqual(new Set(['serviceUnavailable']));
        const unsent = errors.filter(({ attempts }) => attempts === 0);
        // One more was the last try.
        expect(unsent.length).toBeGreaterThanOrEqual(errors.length - UNAWARE - 1);
        for (const { message, retryable } of unsent) {
          expect(message).toMatch(/^Nothing was sent, as ASAPP did not answer for the time of 'Max Outage'/);
          expect(retryable).toBe(true);
        }
        expect(into(asapp, times).length).toBeLessThanOrEqual(12);
        expect(hintsOf(run)).toContainEqual(
          expect.stringMatching(/^ASAPP has not answered since \d\d:\d\d:\d\d; the run waited$/),
        );
      });
    },
  );

  test.concurrent(
    'that a run does not wait for leaves each item its repetitions, and nothing more',
    async () => {
      await withAsapp(async (asapp) => {
        const started = start(asapp, { options: { maxOutage: 0 } });
        const times = await breakDown(asapp, { how: 'status', status: 503 });
        const run = await started.finished;
        const accepted = asapp.sandbox.ledger.messages.length;
        const errors = errorsOf(run);
        expect(errors).toHaveLength(MESSAGES - accepted);
        expect(errors.map(({ kind, attempts }) => [kind, attempts])).toEqual(
          errors.map(() => ['serviceUnavailable', 2]),
        );
        expect(into(asapp, times)).toHaveLength(2 * errors.length);
        // 80 requests at 50 a second.
        expect(Date.now() - times.from).toBeLessThan(4_000);
        expect(hintsOf(run).filter((hint) => hint.includes('the run waited'))).toEqual([]);
      });
    },
  );

  test.concurrent(
    'leaves the next run a try of its own, and all of its items once ASAPP is back',
    async () => {
      await withAsapp(async (asapp) => {
        asapp.sandbox.outage.start({ how: 'status', status: 503 });
        const first = await start(asapp, { options: { maxOutage: 1 } }).finished;
        expect(errorsOf(first)).toHaveLength(MESSAGES);
        const from = Date.now();
        const second = await start(asapp, { name: 'D', options: { maxOutage: 1 } }).finished;
        expect(errorsOf(second)).toHaveLength(MESSAGES);
        expect(into(asapp, { from, to: Infinity }).length).toBeGreaterThanOrEqual(1);
        expect(into(asapp, { from, to: Infinity }).length).toBeLessThanOrEqual(3);
        asapp.sandbox.outage.end();
        const third = await start(asapp, { name: 'E', options: { maxOutage: 1 } }).finished;
        expect(errorsOf(third)).toEqual([]);
        expect(asapp.sandbox.ledger.messages).toHaveLength(MESSAGES);
      });
    },
  );
});

describe('whoever waits in an outage', () => {
  test.concurrent('ends at once when the execution is cancelled, and sends nothing more', async () => {
    await withAsapp(async (asapp) => {
      const started = start(asapp);
      const times = await breakDown(asapp, { how: 'status', status: 503 });
      await pause(1_200);
      const cancelledAt = Date.now();
      started.cancel();
      const { status, data } = await started.finished;
      expect(Date.now() - cancelledAt).toBeLessThan(1_000);
      expect(status).toBe('canceled');
      expect(data.resultData.runData.ASAPP?.[0]?.error?.message).toMatch(/of 60 items had been delivered/);
      await pause(1_500);
      expect(into(asapp, { ...times, from: cancelledAt + 100 })).toEqual([]);
    });
  });

  test.concurrent('goes on with On Error "Stop Workflow" as with any other', async () => {
    await withAsapp(async (asapp) => {
      const started = start(asapp, { node: { onError: 'stopWorkflow' } });
      const times = await breakDown(asapp, { how: 'status', status: 503, seconds: 1.5 });
      const run = await started.finished;
      expect(run.status).toBe('success');
      expect(itemsOf(run)).toHaveLength(MESSAGES);
      expectHintOf(run, times);
    });
  });

  test.concurrent('stops the workflow with one error when it takes too long', async () => {
    await withAsapp(async (asapp) => {
      const started = start(asapp, { node: { onError: 'stopWorkflow' }, options: { maxOutage: 1 } });
      const times = await breakDown(asapp, { how: 'status', status: 503 });
      const run = await started.finished;
      expect(Date.now() - times.from).toBeLessThan(2_500);
      expect(run.status).toBe('error');
      const { message, description } = taskOf(run).error ?? {};
      expect(message).toMatch(/^ERROR - Out of service \[item \d+\]/);
      expect(description).toContain(`${asapp.sandbox.ledger.messages.length} of 60 items had been delivered`);
    });
  });

  test.concurrent('stops with the workflow when another item fails for good', async () => {
    await withAsapp(async (asapp) => {
      asapp.sandbox.faults.set({
        fault: 'status',
        status: 422,
        latency: 1_500,
        conversationId: 'C10',
      });
      const started = start(asapp, { node: { onError: 'stopWorkflow' } });
      const times = await breakDown(asapp, { how: 'status', status: 503 });
      const run = await started.finished;
      expect(Date.now() - times.from).toBeLessThan(2_500);
      expect(taskOf(run).error?.message).toMatch(/\[item 10\]/);
    });
  });

  test.concurrent('for a reply waits no longer than Reply Timeout', async () => {
    await withAsapp(
      async (asapp) => {
        const started = start(asapp, {
          count: 4,
          text: () => 'never end',
          changes: { waitForReply: true },
          options: { replyTimeout: 1 },
        });
        const times = await breakDown(asapp, { how: 'status', status: 503 }, 4);
        const run = await started.finished;
        expect(Date.now() - times.from).toBeLessThan(2_000);
        expect(errorsOf(run).map(({ kind }) => kind)).toEqual(Array(4).fill('replyTimeout'));
      },
      { eventDelay: 0 },
    );
  });

  test.concurrent('for a reply that a broken stream has cut waits no longer than Reply Timeout', async () => {
    await withAsapp(
      async (asapp) => {
        asapp.sandbox.streams.misbehave({ dropAfter: 1, dropTimes: 1, delay: 50 });
        const started = start(asapp, {
          count: 4,
          text: () => 'never end',
          changes: { waitForReply: true },
          options: { replyTimeout: 1 },
        });
        const times = await breakDown(asapp, { how: 'status', status: 503 }, 4);
        const run = await started.finished;
        expect(Date.now() - times.from).toBeLessThan(2_000);
        expect(errorsOf(run).map(({ kind }) => kind)).toEqual(Array(4).fill('replyTimeout'));
      },
      { eventDelay: 0 },
    );
  });
});

test.concurrent('a conversation that fails among others that are answered is no outage', async () => {
  await withAsapp(async (asapp) => {
    asapp.sandbox.faults.set({ fault: 'status', status: 503, conversationId: 'C0' });
    const started = startAsappRun(asapp, {
      parameters: analyzeParameters({
        conversationId: '={{ $json.id }}',
        text: '={{ $json.text }}',
        options: { maxRetries: 2, maxRequestsPerSecond: 100 },
      }),
      // Every second item is of the one that fails.
      items: Array.from({ length: 60 }, (_, item) => ({
        id: `C${item % 2 === 0 ? 0 : item}`,
        text: `message ${item}`,
      })).slice(0, 16),
      node: { onError: 'continueRegularOutput' },
    });
    const run = await started.finished;
    expect(errorsOf(run).map(({ kind, attempts }) => [kind, attempts])).toEqual(
      Array(8).fill(['serviceUnavailable', 3]),
    );
    expect(asapp.sandbox.ledger.messages).toHaveLength(8);
    expect(asapp.sandbox.ledger.requests.filter(({ operation }) => operation === 'health')).toEqual([]);
    expect(hintsOf(run).filter((hint) => hint.includes('did not answer'))).toEqual([]);
  });
});

test.concurrent('executions with the same key share one probe', async () => {
  await withAsapp(async (asapp) => {
    const runs = ['A', 'B', 'C'].map((name) => start(asapp, { name, count: 30 }));
    const times = await breakDown(asapp, { how: 'status', status: 503, seconds: 2 });
    const ends = await Promise.all(runs.map(async ({ finished }) => await finished));
    for (const run of ends) {
      expect(errorsOf(run)).toEqual([]);
      expectHintOf(run, times);
    }
    expectNothingTwice(asapp);
    const probes = into(asapp, times).filter(({ operation }) => operation === 'health');
    // After 0.5 and 1.5 s.
    expect(probes.length).toBeGreaterThanOrEqual(1);
    expect(probes.length).toBeLessThanOrEqual(2);
    expect(into(asapp, times).length).toBeLessThanOrEqual(3 * AT_ONCE + 2 + 3);
  });
});
