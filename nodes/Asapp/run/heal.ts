import type { IDataObject } from 'n8n-workflow';

import type { AcceptedItem } from '../errors/asappError';
import type { AwaitedReply, ReplyOutcome } from '../events/awaitedReply';
import { readMessages, readState, type Reader } from './look';
import { isFailure } from './outcome';

/** Between two readings of the state, in ms; the last goes on. */
const READ_AGAIN_AFTER = [500, 1_000, 2_000, 4_000];

/** What GenerativeAgent's state says of the run that ended with it. */
const OUTCOMES = new Map<string, ReplyOutcome>([
  ['waitingForAuth', 'authenticationRequested'],
  ['transferredToAgent', 'transferToAgent'],
  ['transferredToSystem', 'transferToSystem'],
]);

/** A reply that was not received as a whole, of an item that ASAPP holds under `messageId`. */
export interface MissedReply {
  reader: Reader;
  conversationId: string;
  messageId: string;
  /** Until when GenerativeAgent is waited for, in ms since 1970. */
  until: number;
  /** Whether it is still of use. */
  isNeeded?(): boolean;
  /** What was received of it, if anything. */
  run?: AwaitedReply | undefined;
}

/** What GenerativeAgent said. */
export interface HealedReply {
  replies: AcceptedItem['replies'];
  outcome: ReplyOutcome;
  transfer?: AwaitedReply['transfer'];
}

/**
 * Reads from the conversation what GenerativeAgent said after the item's message, once it works on it no more. Undefined
 * when that does not come in time, when it cannot be read, or when only the missed event had a part of it.
 */
export async function heal(missed: MissedReply): Promise<HealedReply | undefined> {
  const { until } = missed;
  const reader = { ...missed.reader, until };
  for (let readings = 0; ; readings++) {
    const healed = await healNow({ ...missed, reader }, readings);
    if (healed !== 'notYet') return healed;
    const wait = READ_AGAIN_AFTER[Math.min(readings, READ_AGAIN_AFTER.length - 1)] ?? 0;
    if (Date.now() + wait > until) return undefined;
    await reader.waiting.wait(wait);
    if (reader.waiting.ending.isEnded || missed.isNeeded?.() === false) return undefined;
  }
}

async function healNow(missed: MissedReply, readings: number): Promise<HealedReply | undefined | 'notYet'> {
  const { reader, conversationId, messageId, run } = missed;
  const state = await readState(reader, conversationId);
  if (state === undefined) return undefined;
  if (typeof state !== 'string') return state.error.retryable ? 'notYet' : undefined;
  if (state === 'processing') return 'notYet';
  const look = await readMessages(reader, conversationId);
  if (look === undefined) return undefined;
  reader.run.conversations.looks++;
  if (isFailure(look)) return look.error.retryable ? 'notYet' : undefined;
  const place = look.messages.findIndex((message) => message.messageId === messageId);
  if (place === -1) return 'notYet';
  const after = look.messages.slice(place + 1);
  const next = after.findIndex(({ role }) => role === 'customer');
  const replies = (next === -1 ? after : after.slice(0, next)).map(({ messageId: id, text }) => ({
    messageId: id,
    text,
  }));
  const outcome = OUTCOMES.get(state) ?? (replies.length > 0 ? 'reply' : 'none');
  // The state may still be that of the run before.
  const hasBegun = replies.length > 0 || run?.hasStarted === true;
  if (!hasBegun && (outcome === 'none' || readings < READ_AGAIN_AFTER.length)) return 'notYet';
  if (outcome !== 'transferToSystem') return { replies, outcome };
  return run?.transfer === undefined ? undefined : { replies, outcome, transfer: run.transfer };
}

/** The part of a waited item that says what GenerativeAgent said. */
export function replyFields({ replies, outcome, transfer }: HealedReply): IDataObject {
  return {
    reply: replies.map(({ text }) => text).join('\n\n'),
    outcome,
    replies: [...replies],
    ...(transfer === undefined ? {} : { transfer }),
  };
}
