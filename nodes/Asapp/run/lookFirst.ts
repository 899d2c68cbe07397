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
  const seen = await look(item, mayHaveBeenSent);
  if (seen === undefined || isFailure(seen)) return seen;
  const { matches, looks } = seen;
  const ids = matches.filter(isFound).map(({ messageId }) => messageId);
  if (ids.length === said.length) {
    run.conversations.found++;
    return run.earlier?.find(itemIndex) === undefined && isAsked
      ? { messageIds: ids, alreadyThere: true }
      : { messageIds: ids, recovered: true };
  }
  if (ids.length === 0 && !matches.includes('ambiguous')) return undefined;
  return unsent(mayHaveBeenSaid(looks));
}

/** What its conversation shows of the item, and how many requests that took; none if another item's look tells. */
async function look(
  item: ReadItem,
  mayHaveBeenSent: boolean,
): Promise<{ matches: Match[]; looks: number } | Failure | undefined> {
  const { operation, values, run, itemIndex, apiKey, waiting } = item;
  const conversationId = operation.conversationOf(values) ?? '';
  const conversation = run.conversations.of(apiKey.name, conversationId);
  const sentAt = run.earlier?.find(itemIndex)?.sentAt;
  for (let looks = 0; ; looks++) {
    const matches = conversation.seenOf(itemIndex);
    const visibleAt = (sentAt ?? 0) + LATEST_SHOWN;
    const isTooEarly = (conversation.seenAt ?? 0) < visibleAt;
    if (matches !== undefined && !(matches.includes('absent') && isTooEarly)) return { matches, looks };
    if (matches !== undefined) {
      await waiting.wait(visibleAt - Date.now());
      if (waiting.ending.isEnded) return undefined;
    }
    const seenNow = await readMessages(item, conversationId);
    if (seenNow === undefined) return undefined;
    run.conversations.looks++;
    if (isFailure(seenNow)) return lookFailed(seenNow, looks + 1, mayHaveBeenSent);
    const { wanted, held } = run.wantedIn(conversationId);
    conversation.claim(held);
    conversation.see(wanted, seenNow);
    if (conversation.seenOf(itemIndex) === undefined) return undefined;
  }
}
