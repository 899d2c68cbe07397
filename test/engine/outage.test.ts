// A run rides out an outage of ASAPP.
import type { IDataObject } from 'n8n-workflow';

import type { OutageDefinition } from '../../sandbox/outage';
import { runAsapp, startAsappRun, useAsapp, type AsappRunOptions } from '../support/asapp';
import { analyzeParameters } from '../support/parameters';

const asapp = useAsapp({ latency: { min: 5, max: 20 } });
afterEach(async () => {
  asapp.sandbox.outage.end();
  asapp.sandbox.faults.clear();
  // The next one finds ASAPP well.
  await runAsapp(asapp, { parameters: analyzeParameters({ conversationId: 'WELL' }) });
});

const ITEMS = 60;
const CONCURRENCY = 10;
const NO_REPETITION = { maxRetries: 0, timeout: 5 };

/** So many items of as many conversations, some of which were delivered when the outage comes. */
function options(changes: IDataObject = {}, more: Partial<AsappRunOptions> = {}): AsappRunOptions {
  return {
    parameters: analyzeParameters({
      conversationId: '={{ $json.id }}',
      text: '={{ $json.id }}',
      options: { maxRetries: 1, timeout: 5, maxOutage: 10, maxConcurrency: CONCURRENCY, ...changes },
    }),
    items: Array.from({ length: ITEMS }, (_, index) => ({ id: `C${index}` })),
    node: { onError: 'continueRegularOutput' },
    ...more,
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((wait) => setTimeout(wait, 5));
}

const delivered = () => asapp.sandbox.ledger.messages.length;

/** Starts a run, and an outage when a part of it was delivered; the end of the run and how many requests met the outage. */
async function runInto(outage: OutageDefinition, given = options()) {
  const { ledger } = asapp.sandbox;
  const started = startAsappRun(asapp, given);
  await until(() => delivered() >= 20);
  const before = ledger.requests.length;
  const from = Date.now();
  asapp.sandbox.outage.start(outage);
  const ended = started.finished.then(({ data, status }) => {
    const task = data.resultData.runData.ASAPP?.[0];
    const to = from + (outage.seconds ?? Infinity) * 1_000;
    return {
      status,
      error: task?.error,
      took: Date.now() - from,
      json: (task?.data?.main?.[0] ?? []).map(({ json }) => json),
      hints: (task?.hints ?? []).map(({ message }) => message),
      into: ledger.requests.slice(before).filter(({ receivedAt }) => receivedAt < to).length,
    };
  });
  return { started, ended };
}

const kindOf = ({ error }: IDataObject) => (error as IDataObject | undefined)?.kind;
const WAITED = /^ASAPP did not answer from \d\d:\d\d:\d\d to \d\d:\d\d:\d\d; the run waited$/;

test.each<[string, OutageDefinition, number]>([
  ["ASAPP's own 503", { how: 'status', status: 503, seconds: 2 }, 0],
  ["ASAPP's own 500", { how: 'status', status: 500, seconds: 2 }, 0],
  // What was on its way may have arrived, and its conversation cannot tell.
  ["a gateway's page", { how: 'html', status: 502, seconds: 2 }, CONCURRENCY],
  ['nobody listens', { how: 'refused', seconds: 2 }, CONCURRENCY],
  ['connections break', { how: 'reset', seconds: 2 }, CONCURRENCY],
])(
  'of 2 s, %s: at most what was on its way stays in doubt, and hardly anything is sent into it',
  async (_name, outage, mostInDoubt) => {
    const { ended } = await runInto(outage);
    const { json, hints, into } = await ended;
    const failed = json.filter(({ error }) => error !== undefined);
    expect(failed.filter(({ error }) => (error as IDataObject).inDoubt !== true)).toEqual([]);
    expect(failed.length).toBeLessThanOrEqual(mostInDoubt);
    expect(json).toHaveLength(ITEMS);
    expect(delivered()).toBe(ITEMS - failed.length);
    expect(asapp.sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
    // What was on its way, their looks if they are in doubt, and a probe after half a second, and after one.
    expect(into).toBeLessThanOrEqual(25);
    expect(hints).toContainEqual(expect.stringMatching(WAITED));
  },
  60_000,
);

test('that outlasts Max Outage: what was not sent fails soon after, in words that say so', async () => {
  const { ended } = await runInto(
    { how: 'status', status: 503 },
    options({ maxOutage: 1, ...NO_REPETITION }),
  );
  const { json, took } = await ended;
  expect(json).toHaveLength(ITEMS);
  const failed = json.filter(({ error }) => error !== undefined);
  expect(failed).toHaveLength(ITEMS - delivered());
  expect(new Set(failed.map(kindOf))).toEqual(new Set(['serviceUnavailable']));
  expect(failed.at(-1)?.error).toMatchObject({
    attempts: 0,
    retryable: true,
    message: expect.stringMatching(
      /^Nothing was sent, as ASAPP did not answer for the time of 'Max Outage': /,
    ) as string,
  });
  expect(took).toBeGreaterThanOrEqual(1_000);
  expect(took).toBeLessThan(6_000);
});

test('is not waited for with Max Outage 0', async () => {
  const { ended } = await runInto(
    { how: 'status', status: 503 },
    options({ maxOutage: 0, ...NO_REPETITION }),
  );
  const { json, into } = await ended;
  const failed = json.filter(({ error }) => error !== undefined);
  expect(failed.length).toBeGreaterThan(0);
  // Each was tried.
  expect(into).toBeGreaterThanOrEqual(failed.length - 10);
  expect(failed.every(({ error }) => (error as IDataObject).attempts === 1)).toBe(true);
});

test('one conversation that fails is none, whatever else it does', async () => {
  const { items = [] } = options();
  const given = options(NO_REPETITION, {
    items: [...items, ...Array.from({ length: 10 }, () => ({ id: 'SICK' }))],
  });
  asapp.sandbox.faults.set({ fault: 'status', status: 503, conversationId: 'SICK' });
  const { json, task } = await runAsapp(asapp, given);
  expect(json.filter((item) => kindOf(item) === 'serviceUnavailable')).toHaveLength(10);
  expect(delivered()).toBe(ITEMS);
  expect((task.hints ?? []).map(({ message }) => message)).not.toContainEqual(
    expect.stringContaining('the run waited'),
  );
});

test('is left at once by a run that is cancelled', async () => {
  const { started, ended } = await runInto({ how: 'status', status: 503 }, options({ maxOutage: 60 }));
  await until(() => asapp.sandbox.ledger.requests.some(({ operation }) => operation === 'health'));
  const cancelledAt = Date.now();
  started.cancel();
  expect((await ended).status).toBe('canceled');
  expect(Date.now() - cancelledAt).toBeLessThan(2_000);
});

test('and Stop Workflow: the run goes on when it is over, and does not stop', async () => {
  const given = options({}, { node: { onError: 'stopWorkflow' } });
  const { ended } = await runInto({ how: 'status', status: 503, seconds: 2 }, given);
  const { error, json } = await ended;
  expect(error).toBeUndefined();
  expect(json).toHaveLength(ITEMS);
  expect(asapp.sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
}, 30_000);

test('is waited for by all that use the key, with one probe at a time', async () => {
  const other = options({}, { items: options().items?.map((_, index) => ({ id: `D${index}` })) ?? [] });
  const beside = startAsappRun(asapp, other).finished;
  const { ended } = await runInto({ how: 'status', status: 503, seconds: 2 });
  const { json } = await ended;
  const { data } = await beside;
  const besides = (data.resultData.runData.ASAPP?.[0]?.data?.main?.[0] ?? []).map((item) => item.json);
  expect([...json, ...besides].filter(({ error }) => error !== undefined)).toEqual([]);
  const probes = asapp.sandbox.ledger.requests.filter(({ operation }) => operation === 'health');
  expect(probes.length).toBeGreaterThan(0);
  expect(probes.length).toBeLessThanOrEqual(4);
}, 30_000);

test('keeps nobody longer than Reply Timeout and Max Outage: what was accepted waits for its reply, and no more is sent', async () => {
  const given = options({ replyTimeout: 1, maxOutage: 1, ...NO_REPETITION });
  given.parameters.waitForReply = true;
  const { ended } = await runInto({ how: 'status', status: 503 }, given);
  const { json, took } = await ended;
  expect(json).toHaveLength(ITEMS);
  expect(took).toBeLessThan(8_000);
  const kinds = new Set(json.map(kindOf));
  expect(kinds.has('serviceUnavailable')).toBe(true);
  expect(json.filter(({ messageId }) => messageId !== undefined).length).toBeGreaterThan(0);
});
