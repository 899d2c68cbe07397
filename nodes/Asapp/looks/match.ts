import { digitsOf, instantOf, microsecondsOf, neededDigits, stepOf, type Instant } from './instant';
import { isRedactionOf } from './redacted';

/** A message as ASAPP lists it. */
export interface StoredMessage {
  messageId: string;
  text: string;
  role: string;
  externalId: string | undefined;
  /** The time that was sent with it. */
  clientTimestamp: string;
}

/** What a conversation had, oldest first. `isWhole`: what is not there was not stored. */
export interface StoredConversation {
  messages: StoredMessage[];
  isWhole: boolean;
}

/**
 * A message that may be among them. Its time is known, or only its three digits behind the milliseconds (`mark`) and
 * when it can have been said at the earliest.
 */
export interface WantedMessage {
  text: string;
  role: string;
  externalId: string;
  time: { at: Instant } | { mark: number; since: Instant };
}

/** The message; that it is not there; or that what is there does not say which one it is. */
export type Match = StoredMessage | 'absent' | 'ambiguous';

/** The digits that a mark needs to be seen. */
const DIGITS_OF_MARK = 6;

/**
 * Finds messages in ASAPP's list of a conversation, each at most once; `claimed` are IDs of messages that are known to be
 * others. Times are compared as instants, as exactly as the list shows them. Text decides only where they do not: ASAPP
 * redacts it.
 */
export function matchMessages(
  wanted: readonly WantedMessage[],
  stored: readonly StoredMessage[],
  claimed: ReadonlySet<string>,
): Match[] {
  const digits = Math.max(0, ...stored.map(({ clientTimestamp }) => digitsOf(clientTimestamp)));
  const free = new Set(stored.filter(({ messageId }) => !claimed.has(messageId)));
  const candidates = wanted.map((one) => [...free].filter((message) => canBe(one, message, digits)));
  const matches: Match[] = wanted.map(() => 'absent');
  const open = new Set(wanted.keys());

  // First those whose text is there as well; those that can be the same messages together.
  const groups = new Map<string, { same: StoredMessage[]; indexes: number[] }>();
  for (const index of open) {
    const same = (candidates[index] ?? []).filter(({ text }) => text === wanted[index]?.text);
    if (same.length === 0) continue;
    const key = same.map(({ messageId }) => messageId).join(' ');
    const group = groups.get(key) ?? { same, indexes: [] };
    group.indexes.push(index);
    groups.set(key, group);
  }
  const bySize = [...groups.values()].sort((a, b) => a.same.length - b.same.length);
  for (const { same, indexes } of bySize) {
    const left = same.filter((message) => free.has(message));
    for (const [place, index] of indexes.entries()) {
      open.delete(index);
      const message = left.length === indexes.length ? left[place] : undefined;
      matches[index] = message ?? 'ambiguous';
      if (message !== undefined) free.delete(message);
    }
  }

  // Then those whose text may have been redacted.
  const left = new Map(
    [...open].map((index) => [index, (candidates[index] ?? []).filter((message) => free.has(message))]),
  );
  for (const [index, rest] of left) {
    const one = wanted[index];
    if (one === undefined) continue;
    const [message] = rest;
    const isOnly =
      message !== undefined &&
      rest.length === 1 &&
      ![...left].some(([other, others]) => other !== index && others.includes(message));
    matches[index] = redactedMatch(one, rest, isOnly ? message : undefined, digits);
  }
  return matches;
}

function canBe(wanted: WantedMessage, message: StoredMessage, digits: number): boolean {
  if (message.role !== wanted.role) return false;
  if (message.externalId !== undefined && message.externalId !== wanted.externalId) return false;
  const at = instantOf(message.clientTimestamp);
  if (at === undefined) return message.text === wanted.text;
  const { time } = wanted;
  if ('at' in time) {
    const distance = at > time.at ? at - time.at : time.at - at;
    return distance < stepOf(digits);
  }
  // A time with fewer digits may be cut to before the moment.
  if (at < time.since - stepOf(digits)) return false;
  return digits < DIGITS_OF_MARK || microsecondsOf(at) === time.mark;
}

/** A match for a message whose text is not in the list; `only` is the one that it can be and no other wanted one. */
function redactedMatch(
  { text, time }: WantedMessage,
  rest: readonly StoredMessage[],
  only: StoredMessage | undefined,
  digits: number,
): Match {
  if (rest.length === 0) return 'absent';
  const isExact = 'at' in time && digits >= neededDigits(time.at);
  if (only !== undefined && (isExact || isRedactionOf(only.text, text))) return only;
  if ('at' in time) return 'ambiguous';
  const hasMark = digits >= DIGITS_OF_MARK;
  const isLike = rest.some((message) => isRedactionOf(message.text, text));
  return hasMark || isLike ? 'ambiguous' : 'absent';
}
