// What is promised of the pace: never above what is set, nothing starves, and an outage keeps nobody longer than allowed.
import { monitorEventLoopDelay } from 'node:perf_hooks';

import fc from 'fast-check';
import type { INodeExecutionData, IRun } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../../sandbox';
import { startAsappRun, useAsapp, type Asapp } from '../../support/asapp';
import { analyzeParameters } from '../../support/parameters';
import { CASES, CASES_TIMEOUT } from './cases';
import { expectNothingSaidTwice } from './promises';

/** Cases that go at the same time, each with an ASAPP and so with a pace of its own. */
const AT_ONCE = 10;

/** Most of the time of a case is waiting for its pace, so they are fewer than elsewhere. */
const RUNS = Math.ceil(CASES / 100);

const WORKS = { maxRetries: 2, timeout: 5 };

/** The conversation in which it turns out that ASAPP is well again. */
const WELL = 'WELL';

const asapp = useAsapp();
let sandboxes: Sandbox[] = [];
beforeAll(async () => {
  sandboxes = await Promise.all(
    Array.from({ length: AT_ONCE }, async () => await startSandbox({ latency: 10 })),
  );
});
afterAll(async () => {
  await Promise.all(sandboxes.map(async (sandbox) => await sandbox.close()));
});

const tenths = (min: number, max: number) => fc.integer({ min, max }).map((tenth) => tenth / 10);

const situation = fc.record({
  /** Max Requests per Second, and for how many seconds the items of an execution keep it busy. */
  rate: fc.constantFrom(7.5, 20, 33, 60, 100),
  seconds: tenths(2, 16),
  executions: fc.integer({ min: 1, max: 3 }),
  maxConcurrency: fc.integer({ min: 1, max: 30 }),
  /** So many requests are one too many, with or without a time to wait. */
  refusals: fc.option(
    fc.record({
      times: fc.integer({ min: 1, max: 5 }),
      retryAfter: fc.option(fc.constant(1), { nil: undefined }),
    }),
  ),
  /** ASAPP is down after so many seconds, for so long; `null`: until the end. */
  outage: fc.option(
    fc.record({
      after: tenths(0, 10),
      seconds: fc.option(tenths(1, 6)),
    }),
  ),
  maxOutage: fc.constantFrom(0, 1, 3),
});
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

interface Ended {
  run: IRun;
  /** How many items it was given. */
  items: number;
  /** In s. */
  took: number;
}

/** Runs the executions of a situation side by side on one key. */
async function play(given: Situation, sandbox: Sandbox, name: string): Promise<Ended[]> {
  const { rate, seconds, executions, maxConcurrency, maxOutage, refusals, outage } = given;
  if (refusals !== null) {
    const { times, retryAfter } = refusals;
    const wait = retryAfter === undefined ? {} : { retryAfter };
    sandbox.faults.set({ fault: 'status', status: 429, times, ...wait });
  }
  const credential = asapp.credential({ baseUrl: sandbox.url });
  const items = Math.max(1, Math.round((rate * seconds) / executions));
  const runs = Array.from({ length: executions }, async (_, execution) => {
    const startedAt = performance.now();
    const run = await startAsappRun(asapp, {
      credential,
      parameters: analyzeParameters({
        conversationId: '={{ $json.id }}',
        text: '={{ $json.id }}',
        options: { ...WORKS, maxRequestsPerSecond: rate, maxConcurrency, maxOutage },
      }),
      items: Array.from({ length: items }, (_one, item) => ({ id: `${name}E${execution}C${item}` })),
      node: { onError: 'continueRegularOutput' },
    }).finished;
    return { run, items, took: (performance.now() - startedAt) / 1_000 };
  });
  const timer = setTimeout(
    () => {
      if (outage === null) return;
      const end = outage.seconds === null ? {} : { seconds: outage.seconds };
      sandbox.outage.start({ how: 'status', status: 503, ...end });
    },
    (outage?.after ?? 0) * 1_000,
  );
  const ended = await Promise.all(runs);
  clearTimeout(timer);
  sandbox.outage.end();
  sandbox.faults.clear();
  // The next situation finds it well, whatever this one has left behind.
  await startAsappRun(asapp, {
    credential,
    parameters: analyzeParameters({ conversationId: `${name}${WELL}` }),
  }).finished;
  return ended;
}

/**
 * In no second more requests arrive than are set. Server and client are one process here: what it was too busy to receive
 * arrives late by its longest pause, in ms, so the second is shorter by that.
 */
function expectNeverAboveTheRate({ ledger }: Sandbox, rate: number, longestPause: number): void {
  const arrivals = ledger.requests
    // That comes after the executions, with another rate.
    .filter(({ conversationId }) => conversationId?.endsWith(WELL) !== true)
    .map(({ receivedAt }) => receivedAt)
    .sort((one, other) => one - other);
  const most = Math.max(1, Math.floor(rate));
  const tooSoon = arrivals.filter(
    (at, index) => index >= most && at - (arrivals[index - most] ?? 0) < 1_000 - longestPause,
  );
  expect({ rate, longestPause, tooSoon }).toEqual({ rate, longestPause, tooSoon: [] });
}

function itemsOf({ data }: IRun): INodeExecutionData[] {
  return data.resultData.runData.ASAPP?.[0]?.data?.main?.[0] ?? [];
}

/** Nothing starves: every item has an outcome. */
function expectEveryItemHasAnOutcome({ run, items }: Ended): void {
  expect(run.status).toBe('success');
  expect(itemsOf(run)).toHaveLength(items);
}

/**
 * Nobody waits longer than an outage may last, beside the time for all items at half the rate and the waits of the
 * repetitions (two of up to 2.4 s) and of an item in doubt (5 s).
 */
function expectPatienceKept(
  { took }: Ended,
  { rate, seconds, outage, maxOutage }: Situation,
  longestPause: number,
): void {
  const sending = 2 * seconds + 2 / rate;
  const waiting = outage === null ? 0 : Math.min(maxOutage, outage.seconds ?? Infinity) + 2;
  expect(took).toBeLessThan(sending + waiting + 3 * 2.4 + 5 + longestPause / 100);
}

test(
  `the pace is never above what is set, nothing starves, and nobody waits longer than Max Outage allows (${RUNS * AT_ONCE} situations)`,
  async () => {
    let cases = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(situation, { minLength: AT_ONCE, maxLength: AT_ONCE }),
        async (situations) => {
          const lag = monitorEventLoopDelay({ resolution: 1 });
          lag.enable();
          for (const { ledger } of sandboxes) ledger.clear();
          const ends = await Promise.all(
            situations.map(
              async (given, index) => await play(given, sandboxes[index] as Sandbox, `P${++cases}`),
            ),
          );
          lag.disable();
          const longestPause = lag.max / 1e6;
          ends.forEach((executions, index) => {
            const given = situations[index] as Situation;
            const sandbox = sandboxes[index] as Sandbox;
            expectNeverAboveTheRate(sandbox, given.rate, longestPause);
            expectNothingSaidTwice({ sandbox } as Asapp);
            for (const one of executions) {
              expectEveryItemHasAnOutcome(one);
              expectPatienceKept(one, given, longestPause);
            }
          });
        },
      ),
      // Timing decides much here, so a smaller case would often be another one.
      { numRuns: RUNS, endOnFailure: true },
    );
  },
  CASES_TIMEOUT * 4,
);
