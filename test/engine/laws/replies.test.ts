import fc from 'fast-check';
import type { IDataObject, INode } from 'n8n-workflow';

import type { Fault } from '../../../sandbox';
import type { EventRecord } from '../../../sandbox/eventBooks';
import type { Misbehaviour } from '../../../sandbox/streams/misbehaviour';
import { startAsappRun, useAsapp } from '../../support/asapp';
import { analyzeParameters } from '../../support/parameters';
import { CASES, CASES_TIMEOUT } from './cases';
import { expectNothingSaidTwice } from './promises';

/** Most of them wait for replies that do not come, so they are fewer than elsewhere. */
const EXECUTIONS = Math.ceil(CASES / 2);

/** Executions that run at the same time, each with a stream of its own. */
const AT_ONCE = 30;

/** In seconds. Replies that come within half of it must not be missed, however busy the machine is. */
const REPLY_TIMEOUT = 1;

const asapp = useAsapp({ eventDelay: { min: 0, max: 4 } });

const TEXTS = ['question', 'a human', 'refund', 'my balance', 'say nothing', 'never end', 'cancel my plan'];

const misbehaviour: fc.Arbitrary<Misbehaviour> = fc.record(
  {
    spelling: fc.constant('alternative' as const),
    repeat: fc.integer({ min: 2, max: 3 }),
    foreignEvents: fc.constant(true),
    lineEnd: fc.constantFrom('lf' as const, 'crlf' as const, 'cr' as const),
    chunkBytes: fc.constantFrom(1, 7, 100),
    delay: fc.integer({ min: 0, max: 20 }),
  },
  { requiredKeys: [] },
);
const loss = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Misbehaviour>({}) },
  { weight: 1, arbitrary: fc.record({ silentAfter: fc.integer({ min: 0, max: 6 }) }) },
  { weight: 1, arbitrary: fc.constant<Misbehaviour>({ omit: ['processingEnd'] }) },
  {
    weight: 2,
    arbitrary: fc.record({
      dropAfter: fc.integer({ min: 0, max: 6 }),
      dropTimes: fc.integer({ min: 1, max: 2 }),
      dropMidEvent: fc.boolean(),
      dropWith: fc.constantFrom('end' as const, 'abort' as const, 'reset' as const),
    }),
  },
);
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    fault: fc.constant('status' as const),
    status: fc.constantFrom(422, 503),
    times: fc.constant(1),
  }),
  fc.record({
    fault: fc.constantFrom('resetAfterReading' as const, 'resetBeforeReading' as const),
    times: fc.constant(1),
  }),
);

const execution = fc.record({
  items: fc.array(fc.record({ lane: fc.nat({ max: 2 }), says: fc.constantFrom(...TEXTS) }), {
    minLength: 1,
    maxLength: 6,
  }),
  streams: fc.array(fc.tuple(misbehaviour, loss), { minLength: 3, maxLength: 3 }),
  faults: fc.array(fc.option(fault, { freq: 3 }), { minLength: 3, maxLength: 3 }),
  retryOnFail: fc.boolean(),
});
type Execution = typeof execution extends fc.Arbitrary<infer T> ? T : never;

let executionsSoFar = 0;

async function run({ items, streams, faults, retryOnFail }: Execution) {
  const conversation = `E${++executionsSoFar}L`;
  streams.forEach(([shape, lost], lane) =>
    asapp.sandbox.streams.misbehave({ ...shape, ...lost, conversationId: `${conversation}${lane}` }),
  );
  faults.forEach((given, lane) => {
    if (given !== null) asapp.sandbox.faults.set({ ...given, conversationId: `${conversation}${lane}` });
  });
  const sent = items.map(({ lane, says }, item) => ({
    id: `${conversation}${lane}`,
    text: `${says} (${conversation}${item})`,
  }));
  const { data } = await startAsappRun(asapp, {
    parameters: analyzeParameters({
      conversationId: '={{ $json.id }}',
      text: '={{ $json.text }}',
      waitForReply: true,
      options: { replyTimeout: REPLY_TIMEOUT, maxRetries: 1, maxRequestsPerSecond: 1_000 },
    }),
    items: sent,
    node: {
      onError: 'continueRegularOutput',
      retryOnFail,
      maxTries: 2,
      waitBetweenTries: 1,
    } as Partial<INode>,
  }).finished;
  const task = data.resultData.runData.ASAPP?.[0];
  expect(task?.error).toBeUndefined();
  const out = (task?.data?.main?.[0] ?? []).map(({ json }) => json);
  expect(out).toHaveLength(items.length);
  return sent.map((item, index) => ({ ...item, json: out[index] as IDataObject }));
}

/** What GenerativeAgent said to one message: its events between a start and an end. */
function runOf(id: string, text: string): EventRecord[] {
  const { ledger } = asapp.sandbox;
  const place = ledger.messagesOf(id).findIndex((message) => message.text === text);
  const runs: EventRecord[][] = [];
  for (const record of ledger.eventsOf(id)) {
    if (record.origin !== 'script') continue;
    if (record.type === 'processingStart') runs.push([]);
    runs.at(-1)?.push(record);
  }
  return runs[place] ?? [];
}

function textsOf(events: EventRecord[]): string[] {
  return events
    .map(({ event }) => (event as { reply?: { text: string } }).reply?.text)
    .filter((text) => text !== undefined);
}

/** Every event reached the same connection soon enough, so the item has no excuse. */
function wasHeardWhole(events: EventRecord[], acceptedAt: number): boolean {
  const [first] = events;
  const isWhole = events.at(-1)?.type === 'processingEnd';
  const soon = acceptedAt + (REPLY_TIMEOUT * 1_000) / 2;
  return (
    isWhole &&
    events.every((one) => one.connection === first?.connection && (one.writtenAt ?? Infinity) < soon)
  );
}

/** How an item left the node, beside what was said to it. */
interface ItemEnd {
  message: { messageId: string; acceptedAt: number } | undefined;
  events: EventRecord[];
  error: ReplyError | undefined;
  messageId: unknown;
  /** The texts that the item has. */
  heard: string[];
}

interface ReplyError {
  kind: string;
  accepted?: { messageId: string; replies: Array<{ text: string }> };
}

function endOf({ id, text, json }: { id: string; text: string; json: IDataObject }): ItemEnd {
  const error = json.error as ReplyError | undefined;
  const replies = (error?.accepted?.replies ?? json.replies ?? []) as Array<{ text: string }>;
  return {
    message: asapp.sandbox.ledger.messagesOf(id).find((candidate) => candidate.text === text),
    events: runOf(id, text),
    error,
    messageId: json.messageId,
    heard: replies.map((reply) => reply.text),
  };
}

/** A success has all that was said to its own message, and nothing else. */
function expectWholeReply({ message, events, messageId, heard }: ItemEnd): void {
  expect(messageId).toBe(message?.messageId);
  expect(heard).toEqual(textsOf(events));
}

/** A failed item has nothing that was said to another. */
function expectNothingForeign({ events, heard }: ItemEnd): void {
  expect(heard).toEqual(textsOf(events).filter((one) => heard.includes(one)));
}

/** An item whose reply is missing names its message, and was not heard whole in time. */
function expectTrulyMissing({ message, events, error }: ItemEnd): void {
  expect(error?.accepted?.messageId).toBe(message?.messageId);
  expect(wasHeardWhole(events, message?.acceptedAt ?? 0)).toBe(false);
}

function check(end: ItemEnd): void {
  if (end.error === undefined) expectWholeReply(end);
  else expectNothingForeign(end);
  if (end.error?.kind === 'replyTimeout') expectTrulyMissing(end);
}

test(
  `every reply reaches the item it belongs to, none is lost that was heard, no late one is answered by a second message (${EXECUTIONS} executions)`,
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(execution, { minLength: AT_ONCE, maxLength: AT_ONCE }),
        async (executions) => {
          asapp.sandbox.faults.clear();
          asapp.sandbox.streams.behave();
          asapp.sandbox.ledger.clear();
          const ends = await Promise.all(executions.map(run));
          expectNothingSaidTwice(asapp);
          ends.flat().map(endOf).forEach(check);
        },
      ),
      { numRuns: Math.ceil(EXECUTIONS / AT_ONCE), endOnFailure: true },
    );
  },
  CASES_TIMEOUT * 4,
);
