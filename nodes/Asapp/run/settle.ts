import { canBeSettled, isAsappsLastWord, notHeld, unsettled, type Sighting } from '../errors/doubt';
import type { Match, StoredMessage } from '../looks/match';
import type { SaidMessage } from '../operations/operation';
import { readMessages, type Reader } from './look';
import { isFailure, type Failure } from './outcome';
import { wantedMessages } from './saying';

/** When a conversation is looked at for the last time, in ms from the doubt. */
const LAST_LOOK_AFTER = 20_000;

/** When it is looked at before, if it can be read. */
const LOOKS_AFTER = [500, 2_000, 5_000];

/** When it is looked at again while it cannot be read. */
const LATER_LOOKS_AFTER = [10_000, LAST_LOOK_AFTER];

/** An item whose request may have arrived. */
export interface DoubtedItem extends Reader {
  conversationId: string;
  itemIndex: number;
  content: string;
  /** What it said, with the times that were sent. */
  said: SaidMessage[];
}

/** How a doubt ended: with ASAPP's IDs of all messages, or as a failure; `rest` is what ASAPP does not hold of several. */
export type Settled =
  { messageIds: string[] } | { failure: Failure; rest?: { missing: SaidMessage[]; messageIds: string[] } };

/** Looks for an item in its conversation until it is found, or until it would have to be there. */
export async function settle(item: DoubtedItem, doubt: Failure): Promise<Settled> {
  if (!canBeSettled(doubt)) return { failure: doubt };
  const { conversationId, waiting, run, apiKey } = item;
  const { conversations } = run;
  const conversation = conversations.of(apiKey.name, conversationId);
  // The schedule of the looks is their repetition.
  const reader = { ...item, run: { ...run, rules: { ...run.rules, repeatAfter: () => undefined } } };
  const since = Date.now();
  const wanted = wantedMessages(item.said, item, run.moments);
  const sighting: Sighting = { looks: 0, seconds: undefined, seen: 'absent' };
  let matches: Match[] = [];
  let isLate = false;
  for (const after of [...LOOKS_AFTER, ...LATER_LOOKS_AFTER]) {
    if (isLate) break;
    // A look that hung until its timeout has used up the time of the next ones.
    const isPast = sighting.failure !== undefined && Date.now() > since + after;
    if (isPast && after < LAST_LOOK_AFTER) continue;
    await waiting.wait(since + after - Date.now());
    if (waiting.ending.isEnded) break;
    const look = await readMessages(reader, conversationId);
    if (look === undefined) break;
    conversations.looks++;
    sighting.looks++;
    if (isFailure(look)) {
      sighting.failure = look.error;
      if (!look.error.retryable) break;
      continue;
    }
    matches = conversation.match(wanted, look);
    sighting.seconds = Math.round((Date.now() - since) / 100) / 10;
    const found = matches.filter(isFound);
    if (found.length === wanted.length) {
      conversations.found++;
      return { messageIds: found.map(({ messageId }) => messageId) };
    }
    isLate = after >= (LOOKS_AFTER.at(-1) ?? 0);
  }
  const missing = item.said.filter((_, index) => matches[index] === 'absent');
  const messageIds = matches.filter(isFound).map(({ messageId }) => messageId);
  const isClear = isLate && missing.length + messageIds.length === wanted.length;
  if (isClear && isAsappsLastWord(doubt.error)) {
    return { failure: notHeld(doubt, sighting.looks), rest: { missing, messageIds } };
  }
  const some = matches.flatMap((match, index) => (isFound(match) ? [index + 1] : []));
  if (some.length > 0) sighting.seen = { some, of: wanted.length };
  else if (matches.includes('ambiguous')) sighting.seen = 'ambiguous';
  return { failure: unsettled(doubt, sighting) };
}

export function isFound(match: Match | undefined): match is StoredMessage {
  return typeof match === 'object';
}
