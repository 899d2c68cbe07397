// What is promised across executions: nothing is said twice, whatever goes wrong and whoever runs it again.
import fc from 'fast-check';
import type { IDataObject, INode, INodeExecutionData, IRun, IRunExecutionData } from 'n8n-workflow';

import type { Fault } from '../../../sandbox';
import { startAsappRun, useAsapp, type AsappRunOptions } from '../../support/asapp';
import { analyzeParameters } from '../../support/parameters';
import { CASES, CASES_TIMEOUT } from './cases';
import { expectConversationsTakeTurns, expectInputOrder, expectNothingSaidTwice } from './promises';

/** Cases that go at the same time, so that the waits for looks overlap. */
const AT_ONCE = 100;

const asapp = useAsapp();

/** Before ASAPP takes a message, or after it. */
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    fault: fc.constant('status' as const),
    status: fc.constantFrom(500, 502, 409),
    accepted: fc.boolean(),
    times: fc.integer({ min: 1, max: 2 }),
  }),
  fc.constantFrom<Fault>(
    { fault: 'status', status: 400, times: 1 },
    { fault: 'status', status: 503, times: 1 },
    { fault: 'latency', latency: 30 },
    { fault: 'resetBeforeReading', times: 1 },
    { fault: 'resetAfterReading', times: 1 },
    { fault: 'truncatedBody', times: 1 },
    { fault: 'malformedBody', times: 1 },
    { fault: 'html', status: 502, times: 1, accepted: true },
    { fault: 'html', status: 503, times: 1, accepted: false },
  ),
);

const story = fc.record({
  /** The conversation of each item. */
  lanes: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 2, maxLength: 8 }),
  faults: fc.array(fc.option(fault, { freq: 2 }), { minLength: 3, maxLength: 3 }),
  failingLook: fc.boolean(),
  onError: fc.constantFrom('stopWorkflow', 'stopWorkflow', 'continueRegularOutput'),
  retryOnFail: fc.boolean(),
  maxConcurrency: fc.integer({ min: 1, max: 3 }),
  cancelAfter: fc.option(fc.integer({ min: 0, max: 120 }), { freq: 3 }),
  /** Whether the workflow runs over data with times of its own, and looks before it sends. */
  looksFirst: fc.boolean(),
  /** A second execution at the same time, over the same conversations. */
  twin: fc.boolean(),
  /** How often it is run again: by n8n's Retry, with what n8n stored or after a crash, or anew where it looks first. */
  again: fc.array(fc.constantFrom('retry', 'retryAfterCrash', 'anew'), { maxLength: 2 }),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

let stories = 0;

function optionsOf(
  { lanes, onError, retryOnFail, maxConcurrency, looksFirst }: Story,
  name: string,
  texts: string,
): AsappRunOptions {
  const looking = looksFirst ? { lookBeforeSending: true, timestamp: '={{ $json.at }}' } : {};
  return {
    parameters: analyzeParameters({
      conversationId: '={{ $json.id }}',
      text: '={{ $json.text }}',
      options: { ...looking, maxConcurrency, maxRetries: 1, timeout: 10 },
    }),
    items: lanes.map((lane, index) => ({
      id: `${name}L${lane}`,
      text: `${texts} ${index}`,
      at: new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString(),
    })),
    node: { onError, retryOnFail, maxTries: 2, waitBetweenTries: 1 } as Partial<INode>,
  };
}

function itemsOf(run: IRun): INodeExecutionData[] {
  return run.data.resultData.runData.ASAPP?.at(-1)?.data?.main?.[0] ?? [];
}

function withoutContext(data: IRunExecutionData): IRunExecutionData {
  const copy = JSON.parse(JSON.stringify(data)) as IRunExecutionData;
  if (copy.executionData) copy.executionData.contextData = {};
  return copy;
}

function isRetryable({ status }: IRun): boolean {
  return status === 'error' || status === 'canceled';
}

/** What the conversations of the story hold, in the order in which ASAPP took it. */
function storedMessages(name: string): Array<{ conversationId: string; text: string }> {
  const { messages } = asapp.sandbox.ledger;
  return messages.filter(({ conversationId }) => conversationId.startsWith(`${name}L`));
}

/** Nothing that is not stored is called delivered. */
function expectDeliveredIsStored(ends: ItemEnd[]): void {
  for (const { isStored, error } of ends) {
    if (error === undefined) expect(isStored).toBe(true);
  }
}

/** An item that failed although its message is stored says that it may be. */
function expectStoredIsDeliveredOrInDoubt(ends: ItemEnd[]): void {
  for (const { isStored, error } of ends) {
    if (error !== undefined && isStored)
      expect([error, error.inDoubt ?? error.kind === 'conflict']).toEqual([error, true]);
  }
}

/** How an item left the node, beside whether ASAPP has its message. */
interface ItemEnd {
  error: IDataObject | undefined;
  isStored: boolean;
}

function endsOf(name: string, texts: string, run: IRun): ItemEnd[] {
  const stored = new Set(storedMessages(name).map(({ text }) => text));
  return itemsOf(run).map(({ json, pairedItem }) => ({
    error: json.error as IDataObject | undefined,
    isStored: stored.has(`${texts} ${(pairedItem as { item: number }).item}`),
  }));
}

function expectTruth(name: string, texts: string, run: IRun, { looksFirst }: Story): void {
  const ends = endsOf(name, texts, run);
  expectDeliveredIsStored(ends);
  // Where workflows look first, another execution may have said what this one failed to say.
  if (!looksFirst) expectStoredIsDeliveredOrInDoubt(ends);
}

/** An item that fails stops its run, so however often it is run again, each conversation is told in input order. */
function expectOrderAcrossRuns(name: string, texts: string, { lanes }: Story): void {
  for (const lane of new Set(lanes)) {
    const own = storedMessages(name).filter(
      ({ conversationId, text }) => conversationId === `${name}L${lane}` && text.startsWith(texts),
    );
    expectInputOrder(own.map(({ text }) => Number(text.slice(texts.length))));
  }
}

async function tell(given: Story): Promise<void> {
  const name = `S${++stories}`;
  given.faults.forEach((one, lane) => {
    if (one !== null) {
      asapp.sandbox.faults.set({ ...one, conversationId: `${name}L${lane}`, operation: 'postAnalyze' });
    }
  });
  if (given.failingLook) {
    const conversationId = `${name}L0`;
    asapp.sandbox.faults.set({
      fault: 'status',
      status: 503,
      times: 1,
      conversationId,
      operation: 'getMessages',
    });
  }
  const options = optionsOf(given, name, 'A');
  const started = startAsappRun(asapp, options);
  // With times of its own, it says the same; else something else in the same conversations.
  const twinTexts = given.looksFirst ? 'A' : 'B';
  const twin = given.twin ? startAsappRun(asapp, optionsOf(given, name, twinTexts)).finished : undefined;
  if (given.cancelAfter !== null) setTimeout(() => started.cancel(), given.cancelAfter);
  let run = await started.finished;
  const twinRun = await twin;
  if (twinRun !== undefined) expectTruth(name, twinTexts, twinRun, given);
  expectTruth(name, 'A', run, given);
  for (const again of given.again) {
    if (again === 'anew' && given.looksFirst) run = await startAsappRun(asapp, options).finished;
    else if (again !== 'anew' && isRetryable(run)) {
      const retryOf = again === 'retry' ? run.data : withoutContext(run.data);
      run = await startAsappRun(asapp, { ...options, retryOf }).finished;
    } else continue;
    expectTruth(name, 'A', run, given);
  }
  if (given.onError === 'stopWorkflow') {
    expectOrderAcrossRuns(name, 'A', given);
    expectOrderAcrossRuns(name, 'B', given);
  }
}

test(
  `nothing is said twice, whatever fails and however it is run again (${CASES} stories)`,
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(story, { minLength: AT_ONCE, maxLength: AT_ONCE }),
        fc.constantFrom(undefined, 12, 6, 3),
        async (told, timeDigits) => {
          asapp.sandbox.faults.clear();
          asapp.sandbox.ledger.clear();
          asapp.sandbox.reads.reset();
          if (timeDigits !== undefined) asapp.sandbox.reads.set({ timeDigits });
          await Promise.all(told.map(tell));
          expectNothingSaidTwice(asapp);
          expectConversationsTakeTurns(asapp, 'analyze');
        },
      ),
      // Timing decides much here, so a smaller case would often be another one.
      { numRuns: Math.ceil(CASES / AT_ONCE), endOnFailure: true },
    );
  },
  CASES_TIMEOUT * 10,
);
