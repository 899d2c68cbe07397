import { monotonicFactory } from 'ulid';

import type { GenerativeAgent } from './generativeAgent/generativeAgent';
import type { Analysis, Ledger, RequestRecord } from './ledger';
import type { Answer } from './misbehave';
import { EVENT_NAME } from './streams/framing';
import type { Streams } from './streams/streams';

/** What a valid request leads to unless a fault prevents it. */
export interface Outcome {
  readonly answer: Answer;
  /** Does what the request asks for. */
  readonly accept: () => void;
}

/** What the outcome of a request is done to. */
export interface OutcomeContext {
  readonly ledger: Ledger;
  readonly streams: Streams;
  /** Undefined if GenerativeAgent is switched off. */
  readonly generativeAgent: GenerativeAgent | undefined;
}

/** Ids of messages: ULIDs, each greater than the one before. */
export const nextMessageId = monotonicFactory();

function analyze(record: RequestRecord, { ledger, generativeAgent }: OutcomeContext): Outcome {
  const analysis = record.body as Analysis;
  const messageId = analysis.message && nextMessageId();
  return {
    answer: { status: 200, body: { conversationId: analysis.conversationId, messageId } },
    accept: () => {
      ledger.acceptAnalysis(record.sequence, analysis, messageId);
      generativeAgent?.analyze(analysis);
    },
  };
}

function authenticate(record: RequestRecord, { ledger, generativeAgent }: OutcomeContext): Outcome {
  const { conversationId } = record;
  const { streamId } = record.body as { streamId?: string };
  return {
    answer: { status: 204 },
    accept: () => {
      if (conversationId === undefined) return;
      ledger.acceptAuthentication(conversationId);
      generativeAgent?.authenticate(conversationId, streamId);
    },
  };
}

function createStream(record: RequestRecord, { streams }: OutcomeContext): Outcome {
  const address = streams.address((record.body as { streamId?: string }).streamId);
  return {
    answer: { status: 200, body: { ...address, messageTypes: [EVENT_NAME] } },
    accept: () => streams.open(address),
  };
}

const nothing = (): void => undefined;

/** What a request leads to. It is valid, and the conversation it names is known to its record. */
export function outcomeOf(record: RequestRecord, context: OutcomeContext): Outcome {
  switch (record.operation) {
    case 'health':
      return { answer: { status: 200, body: { healthCheck: 'SUCCESS' } }, accept: nothing };
    case 'authenticate':
      return authenticate(record, context);
    case 'analyze':
      return analyze(record, context);
    case 'streams':
      return createStream(record, context);
    case 'state': {
      const state = context.generativeAgent?.stateOf(record.conversationId ?? '') ?? { state: 'ready' };
      return { answer: { status: 200, body: state }, accept: nothing };
    }
  }
}
