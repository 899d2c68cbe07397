/** Why an event reached nobody through a stream. */
export type Loss =
  /** The request that started the run named no stream. */
  | 'noStream'
  /** The stream had no connection when the event was due. */
  | 'notConnected'
  /** A misbehaviour kept it back. */
  | 'silenced'
  /** The connection ended before it, or in the middle of it. */
  | 'dropped';

/** How a connection to a stream ended. */
export type ConnectionEnd = 'client' | 'dropped' | 'takenOver' | 'sandboxClosed';

/** A stream that was asked for, once for each address that was given out. */
export interface StreamRecord {
  readonly streamId: string;
  readonly openedAt: number;
}

/** An attempt to connect to a stream, and what became of it. */
export interface ConnectionRecord {
  /** 1 for the first of the sandbox; never used twice. */
  readonly sequence: number;
  /** Absent if the token was unknown. */
  readonly streamId?: string;
  /** 200, or why it was refused: 401 unknown token, 403 used or expired one, 503 misbehaviour. */
  readonly status: number;
  readonly openedAt: number;
  /** Absent as long as it is open. */
  closedAt?: number;
  end?: ConnectionEnd;
  /** How many events were written, copies included. */
  events: number;
}

/** Something GenerativeAgent said, and whether it was written to a connection. */
export interface EventRecord {
  /** 1 for the first of the sandbox; never used twice. */
  readonly sequence: number;
  readonly conversationId?: string;
  readonly type?: string;
  /** Absent if no stream was named. */
  readonly streamId?: string;
  /** Who made it: the script, a misbehaviour that mixes in other conversations, or a caller of `emit`. */
  readonly origin: 'script' | 'foreign' | 'hand';
  /** What was sent, in the spelling in which it was sent. */
  event: unknown;
  readonly emittedAt: number;
  /** Absent if it was written to no connection. */
  writtenAt?: number;
  /** The connection it was written to. */
  connection?: number;
  lost?: Loss;
}

/** An event on its way to the webhook. */
export interface WebhookCall {
  /** The sequence number of the event. */
  readonly event: number;
  readonly conversationId: string;
  readonly type: string;
  readonly sentAt: number;
  /** Absent as long as there is neither an answer nor an error. */
  answeredAt?: number;
  status?: number;
  /** The code of the error, if there was no answer. */
  error?: string;
  /** Whether the answer was a 2xx. If not, the event is dropped. */
  delivered: boolean;
}

/** Milliseconds since the epoch, with a fraction. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** The part of the ledger that knows what GenerativeAgent said and who heard it. All times are those of {@link now}. */
export class EventBooks {
  readonly streams: StreamRecord[] = [];
  readonly connections: ConnectionRecord[] = [];
  readonly events: EventRecord[] = [];
  readonly webhookCalls: WebhookCall[] = [];

  readonly #eventsOf = new Map<string, EventRecord[]>();
  #lastEvent = 0;
  #lastConnection = 0;

  /** Forgets everything. Sequence numbers go on. */
  clearEvents(): void {
    this.streams.length = 0;
    this.connections.length = 0;
    this.events.length = 0;
    this.webhookCalls.length = 0;
    this.#eventsOf.clear();
  }

  /** What GenerativeAgent said in a conversation, in the order in which it was said. */
  eventsOf(conversationId: string): readonly EventRecord[] {
    return this.#eventsOf.get(conversationId) ?? [];
  }

  /** Enters an event when it is made. */
  enterEvent(event: Omit<EventRecord, 'sequence' | 'emittedAt'>): EventRecord {
    const record: EventRecord = { sequence: ++this.#lastEvent, ...event, emittedAt: now() };
    this.events.push(record);
    if (record.conversationId === undefined) return record;
    const ofConversation = this.#eventsOf.get(record.conversationId);
    if (ofConversation) ofConversation.push(record);
    else this.#eventsOf.set(record.conversationId, [record]);
    return record;
  }

  /** Enters an attempt to connect. */
  enterConnection(status: number, streamId?: string): ConnectionRecord {
    const record: ConnectionRecord = {
      sequence: ++this.#lastConnection,
      ...(streamId !== undefined && { streamId }),
      status,
      openedAt: now(),
      events: 0,
    };
    this.connections.push(record);
    return record;
  }
}
