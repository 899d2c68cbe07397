import type { EventRecord } from '../eventBooks';
import type { Fault } from '../faultDefinition';
import type { Ledger, RequestRecord } from '../ledger';

/** What became of a request: `fault` is one that was set, `twice` a message that the conversation had already. */
export type Fate = 'open' | 'accepted' | 'twice' | 'refused' | 'fault';

/** A line of a conversation: a request, or what GenerativeAgent said (without a fate). */
export interface Line {
  readonly at: number;
  readonly text: string;
  readonly fate?: Fate;
  /** The status and the fault, as far as there are some. */
  readonly detail?: string;
}

/** Everything the page shows, for one look at it. Times are milliseconds since the epoch. */
export interface Overview {
  readonly now: number;
  readonly totals: Readonly<
    Record<'requests' | 'accepted' | 'refused' | 'open' | 'messages' | 'twice' | 'replies' | 'looks', number>
  >;
  /** When the first and the last request came; absent without requests. */
  readonly firstAt?: number;
  readonly lastAt?: number;
  /** The requests of each of the last {@link SECONDS} seconds, oldest first. */
  readonly seconds: ReadonlyArray<{ accepted: number; refused: number }>;
  /** The one that was asked for last comes first. */
  readonly conversations: ReadonlyArray<{ id: string; looks: number; lines: Line[] }>;
  readonly faults: readonly Fault[];
  /** What was posted to /sandbox/alerts, the latest first. */
  readonly alerts: readonly unknown[];
}

/** How far the chart looks back. */
export const SECONDS = 60;
/** More than these nobody reads; the ledger has them all. */
const MOST_CONVERSATIONS = 40;
const MOST_LINES = 10;

/** Sums the ledger up. It costs a look at each request, so it is asked for only while a page is open. */
export function overviewOf(
  ledger: Ledger,
  { faults, alerts }: Pick<Overview, 'faults' | 'alerts'>,
  now = Date.now(),
): Overview {
  const { requests, messages, events } = ledger;
  const repeated = new Set(messages.filter(({ times }) => times > 1).map(({ sequence }) => sequence));
  const fates = requests.map((record) => fateOf(record, repeated));
  const count = (...wanted: Fate[]): number => fates.filter((fate) => wanted.includes(fate)).length;
  const [first] = requests;
  const last = requests.at(-1);
  return {
    now,
    totals: {
      requests: requests.length,
      accepted: count('accepted', 'twice'),
      refused: count('refused', 'fault'),
      open: count('open'),
      messages: messages.length,
      twice: repeated.size,
      replies: events.filter((event) => replyOf(event) !== undefined).length,
      looks: requests.filter(isLook).length,
    },
    ...(first === undefined || last === undefined
      ? {}
      : { firstAt: first.receivedAt, lastAt: last.receivedAt }),
    seconds: secondsOf(requests, fates, now),
    conversations: latestConversations(requests).map((id) => conversationOf(ledger, id, repeated)),
    faults,
    alerts,
  };
}

/** Nothing is said or changed by it. */
function isLook({ method }: RequestRecord): boolean {
  return method === 'GET';
}

function fateOf({ sequence, status, fault }: RequestRecord, repeated: ReadonlySet<number>): Fate {
  if (repeated.has(sequence)) return 'twice';
  if (fault !== undefined && fault !== 'latency') return 'fault';
  if (status === undefined) return 'open';
  return status < 400 ? 'accepted' : 'refused';
}

function secondsOf(
  requests: readonly RequestRecord[],
  fates: readonly Fate[],
  now: number,
): Overview['seconds'] {
  const seconds = Array.from({ length: SECONDS }, () => ({ accepted: 0, refused: 0 }));
  const newest = Math.floor(now / 1000);
  for (let index = requests.length - 1; index >= 0; index -= 1) {
    const age = newest - Math.floor((requests[index]?.receivedAt ?? 0) / 1000);
    if (age >= SECONDS) break;
    const second = seconds[SECONDS - 1 - age];
    if (second !== undefined)
      second[['refused', 'fault'].includes(fates[index] ?? '') ? 'refused' : 'accepted'] += 1;
  }
  return seconds;
}

function latestConversations(requests: readonly RequestRecord[]): string[] {
  const ids = new Set<string>();
  for (let index = requests.length - 1; index >= 0 && ids.size < MOST_CONVERSATIONS; index -= 1) {
    const id = requests[index]?.conversationId;
    if (id !== undefined) ids.add(id);
  }
  return [...ids];
}

function conversationOf(
  ledger: Ledger,
  id: string,
  repeated: ReadonlySet<number>,
): Overview['conversations'][number] {
  const requests = ledger.requestsOf(id);
  const asked = requests
    .filter((record) => !isLook(record))
    .map((record): Line => ({
      at: record.receivedAt,
      text: askedFor(record),
      ...fateLine(record, repeated),
    }));
  const said = ledger.eventsOf(id).flatMap((event): Line[] => {
    const text = replyOf(event);
    return text === undefined ? [] : [{ at: event.emittedAt, text }];
  });
  const lines = [...asked, ...said].sort((a, b) => a.at - b.at).slice(-MOST_LINES);
  return { id, looks: requests.filter(isLook).length, lines };
}

function fateLine(record: RequestRecord, repeated: ReadonlySet<number>): Pick<Line, 'fate' | 'detail'> {
  const { status, fault, accepted } = record;
  const words = [
    ...(status === undefined ? [] : [String(status)]),
    ...(fault === undefined || fault === 'status' ? [] : [fault]),
    // Its sender was told otherwise, or nothing.
    ...(accepted === true && (status === undefined || status >= 400) ? ['accepted all the same'] : []),
  ];
  const fate = fateOf(record, repeated);
  return words.length === 0 ? { fate } : { fate, detail: words.join(', ') };
}

/** The message of a request, else what it is. */
function askedFor({ body, operation }: RequestRecord): string {
  const { message, text, messages } = (body ?? {}) as {
    message?: { text?: unknown };
    text?: unknown;
    messages?: unknown;
  };
  if (Array.isArray(messages)) return `${messages.length} messages at once`;
  const said = message?.text ?? text;
  return typeof said === 'string' ? said : operation;
}

function replyOf({ event }: EventRecord): string | undefined {
  const { reply } = (typeof event === 'object' && event !== null ? event : {}) as {
    reply?: { text?: unknown };
  };
  return typeof reply?.text === 'string' ? reply.text : undefined;
}
