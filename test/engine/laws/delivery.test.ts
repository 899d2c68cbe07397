import fc from 'fast-check';
import type { INode } from 'n8n-workflow';

import type { Fault } from '../../../sandbox';
import { useAsapp, startAsappRun } from '../../support/asapp';
import { analyzeParameters } from '../../support/parameters';
import { CASES, CASES_TIMEOUT } from './cases';
import { expectConversationsTakeTurns, expectInputOrder, expectNothingSaidTwice } from './promises';

/** Executions that run at the same time, so that their waits overlap: that is also how a busy n8n looks. */
const AT_ONCE = 50;

const asapp = useAsapp();

const fault: fc.Arbitrary<Fault> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.integer({ min: 0, max: 30 }).map((latency): Fault => ({ fault: 'latency', latency })),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      fault: fc.constant('status' as const),
      status: fc.constantFrom(404, 409, 422, 500, 503),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Fault>({ fault: 'status', status: 429, times: 1 }) },
  {
    weight: 3,
    arbitrary: fc.record({
      fault: fc.constantFrom(
        'resetBeforeReading',
        'resetAfterReading',
        'truncatedBody',
        'emptyBody',
        'malformedBody',
      ),
      times: fc.integer({ min: 1, max: 2 }),
    }) as fc.Arbitrary<Fault>,
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Fault>(
      { fault: 'html', status: 502, times: 1, accepted: true },
      { fault: 'html', status: 503, times: 1 },
    ),
  },
);

const execution = fc.record({
  /** The lane of each item; -1 is an item that names no conversation. */
  lanes: fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 1, maxLength: 12 }),
  faults: fc.array(fc.option(fault), { minLength: 4, maxLength: 4 }),
  options: fc.record({
    maxConcurrency: fc.integer({ min: 1, max: 6 }),
    maxRetries: fc.integer({ min: 0, max: 2 }),
    maxRequestsPerSecond: fc.constantFrom(100, 200, 400),
  }),
  onError: fc.constantFrom('stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'),
  retryOnFail: fc.boolean(),
  cancelAfter: fc.option(fc.integer({ min: 0, max: 200 }), { freq: 4 }),
});
type Execution = typeof execution extends fc.Arbitrary<infer T> ? T : never;

let executionsSoFar = 0;

/** Runs one execution; its conversations are its own. Returns how many items left the node, or why none did. */
async function run({ lanes, faults, options, onError, retryOnFail, cancelAfter }: Execution) {
  // What a cancelled execution sent last can arrive in the next round.
  const conversation = `E${++executionsSoFar}L`;
  faults.forEach((given, lane) => {
    if (given !== null) asapp.sandbox.faults.set({ ...given, conversationId: `${conversation}${lane}` });
  });
  const started = startAsappRun(asapp, {
    parameters: analyzeParameters({
      conversationId: '={{ $json.id }}',
      text: '={{ $json.text }}',
      options: { ...options, timeout: 5 },
    }),
    items: lanes.map((lane, item) => ({ id: lane === -1 ? '' : `${conversation}${lane}`, text: `${item}` })),
    node: { onError, retryOnFail, maxTries: 3, waitBetweenTries: 1 } as Partial<INode>,
  });
  if (cancelAfter !== null) setTimeout(() => started.cancel(), cancelAfter);
  const { data, status } = await started.finished;
  const task = data.resultData.runData.ASAPP?.[0];
  return {
    status,
    error: task?.error,
    left: (task?.data?.main ?? []).flatMap((items) => items ?? []).length,
  };
}

/** As many items leave as came, unless the run was cancelled, or stopped where it is set to stop. */
function expectEveryItemHasAnOutcome(
  { status, error, left }: Awaited<ReturnType<typeof run>>,
  { lanes, onError }: Execution,
): void {
  if (status === 'canceled') return;
  if (error === undefined) expect(left).toBe(lanes.length);
  else expect(onError).toBe('stopWorkflow');
}

test(
  `nothing is accepted twice, overtakes or overlaps, and every item has an outcome (${CASES} executions)`,
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(execution, { minLength: AT_ONCE, maxLength: AT_ONCE }),
        async (executions) => {
          asapp.sandbox.faults.clear();
          asapp.sandbox.ledger.clear();
          const ends = await Promise.all(executions.map(run));
          const { ledger } = asapp.sandbox;
          expectNothingSaidTwice(asapp);
          expectConversationsTakeTurns(asapp);
          // Each message says the number of its item.
          for (const id of ledger.conversations.keys())
            expectInputOrder(ledger.messagesOf(id).map(({ text }) => Number(text)));
          ends.forEach((end, index) => expectEveryItemHasAnOutcome(end, executions[index] as Execution));
        },
      ),
      // Timing decides much here, so a smaller case would often be another one.
      { numRuns: Math.ceil(CASES / AT_ONCE), endOnFailure: true },
    );
  },
  CASES_TIMEOUT * 4,
);
