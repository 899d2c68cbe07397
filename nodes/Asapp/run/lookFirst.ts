import { invalidInput } from '../errors/asappError';
import { lookFailed, mayHaveBeenSaid } from '../errors/doubt';
import type { Match } from '../looks/match';
import { readMessages } from './look';
import { isFailure, unsent, type Failure } from './outcome';
import type { ReadItem } from './readItem';
import { spokenBy } from './saying';
import { isFound } from './settle';

/** ASAPP may show a message a little later than it takes it; in ms. */
const LATEST_SHOWN = 5_000;

/** ASAPP holds the item: as an earlier try said it, or whoever did. */
export type Held = { messageIds: string[]; recovered: true } | { messageIds: string[]; alreadyThere: true };

/**
 * Looks for an item in its conversation before it is sent: in n8n's Retry of an execution, where an earlier try may have
 * sent it, and where Look Before Sending is on. Undefined when it is to be sent, or when the run ended first.
 */
export async function lookFirst(item: ReadItem): Promise<Held | Failure | undefined> {
  const { operation, values, run, itemIndex } = item;
  const isAsked = values.lookBeforeSending === true;
  const mayHaveBeenSent = run.isRetry && (run.earlier !== undefined || isAsked);
  if (!isAsked && !mayHaveBeenSent) return undefined;
  const { said } = spokenBy(operation, values);
  if (said.length === 0) return undefined;
  if (isAsked && values.timestamp === undefined) {
    throw invalidInput(
      "'Look Before Sending' needs 'Message Timestamp' from the data: a message is known again by its time. Set it, or turn 'Look Before Sending' off",
    );
  }
  const matches = await look(item, mayHaveBeenSent);
  if (matches === undefined || isFailure(matches)) return matches;
  const ids = matches.filter(isFound).map(({ messageId }) => messageId);
  if (ids.length === said.length) {
    run.conversations.found++;
    return run.earlier?.find(itemIndex) === undefined && isAsked
      ? { messageIds: ids, alreadyThere: true }
      : { messageIds: ids, recovered: true };
  }
  if (ids.length === 0 && !matches.includes('ambiguous')) return undefined;
  return unsent(mayHaveBeenSaid(run.conversations.looks));
}

async function look(item: ReadItem, mayHaveBeenSent: boolean): Promise<Match[] | Failure | undefined> {
  const { operation, values, run, itemIndex, apiKey, waiting } = item;
  const conversationId = operation.conversationOf(values) ?? '';
  const conversation = run.conversations.of(apiKey.name, conversationId);
  const sentAt = run.earlier?.find(itemIndex)?.sentAt;
  for (;;) {
    const seen = conversation.seenOf(itemIndex);
    const visibleAt = (sentAt ?? 0) + LATEST_SHOWN;
    const isTooEarly = (conversation.seenAt ?? 0) < visibleAt;
    if (seen !== undefined && !(seen.includes('absent') && isTooEarly)) return seen;
    if (seen !== undefined) {
      await waiting.wait(visibleAt - Date.now());
      if (waiting.ending.isEnded) return undefined;
    }
    const seenNow = await readMessages(item, conversationId);
    if (seenNow === undefined) return undefined;
    run.conversations.looks++;
    if (isFailure(seenNow)) return lookFailed(seenNow, 1, mayHaveBeenSent);
    const { wanted, held } = run.wantedIn(conversationId);
    conversation.claim(held);
    conversation.see(wanted, seenNow);
    if (conversation.seenOf(itemIndex) === undefined) return undefined;
  }
}
