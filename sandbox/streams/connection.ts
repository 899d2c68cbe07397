import type { ServerResponse } from 'node:http';

import { now, type ConnectionEnd, type ConnectionRecord, type EventRecord } from '../eventBooks';
import { streamPayload, type AgentEvent } from '../generativeAgent/agentEvent';
import type { Delays } from '../latency';
import { chunksOf, eventText, pingText } from './framing';
import type { DropWith, Misbehaviour, MisbehaviourStore } from './misbehaviour';

/** What a connection works with. */
export interface ConnectionContext {
  readonly misbehaviours: MisbehaviourStore;
  readonly delays: Delays;
  /** Milliseconds between two keep-alives; 0: none. */
  readonly pingInterval: number;
  /** Called once, when the connection has ended, by whomever. */
  readonly onEnd: (connection: Connection) => void;
}

interface Outgoing {
  readonly record: EventRecord;
  /** Absent: the event goes out as the record has it. */
  readonly event: AgentEvent | undefined;
}

/** A reset makes the receiver's system forget what the receiver has not read yet; this many ms are enough to read it. */
const TIME_TO_READ = 25;

/** Lengthens the text so that it has at least so many bytes, with characters of one to four bytes. */
function padded(event: AgentEvent, bytes: number | undefined): AgentEvent {
  if (bytes === undefined || event.type !== 'reply') return event;
  const missing = bytes - Buffer.byteLength(event.text);
  const unit = ' añ€😀';
  const text = event.text + unit.repeat(Math.max(0, Math.ceil(missing / Buffer.byteLength(unit))));
  return { ...event, text };
}

/** One client that listens to a stream. Events go out in the order of {@link send}, however long one takes. */
export class Connection {
  readonly #queue: Outgoing[] = [];
  #sending = false;
  #open = true;
  readonly #pings: NodeJS.Timeout | undefined;

  constructor(
    readonly streamId: string,
    private readonly response: ServerResponse,
    private readonly record: ConnectionRecord,
    private readonly context: ConnectionContext,
  ) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.flushHeaders();
    response.once('close', () => this.#close('client'));
    // A client that goes while something is written to it is no reason to stop the sandbox.
    response.on('error', () => undefined);
    const { pingInterval } = context;
    if (pingInterval > 0) this.#pings = setInterval(() => this.#ping(), pingInterval).unref();
  }

  /** Writes an event as soon as those before it are written; the record tells whether it was. */
  send(record: EventRecord, event?: AgentEvent): void {
    this.#queue.push({ record, event });
    if (!this.#sending) void this.#sendAll();
  }

  /** Writes text as it is, between two events. */
  write(text: string): void {
    if (this.#open) this.response.write(text);
  }

  /** Ends the connection. Nothing is written any more; what was written before arrives. */
  drop(how: DropWith): void {
    if (!this.#open) return;
    const { socket } = this.response;
    if (how === 'end') this.response.end();
    else if (how === 'abort') socket?.end();
    else void this.context.delays.wait(TIME_TO_READ).then(() => socket?.resetAndDestroy());
    this.#close('dropped');
  }

  /** Ends the connection in favour of another one. */
  giveWay(): void {
    this.response.end();
    this.#close('takenOver');
  }

  /** Ends the connection at once, with what is under way. */
  destroy(): void {
    this.response.destroy();
    this.#close('sandboxClosed');
  }

  async #sendAll(): Promise<void> {
    this.#sending = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const { conversationId } = next.record;
      const misbehaviour = this.context.misbehaviours.effective(this.streamId, conversationId);
      if (misbehaviour.delay !== undefined) await this.context.delays.wait(misbehaviour.delay);
      this.#sendOne(next, misbehaviour);
    }
    this.#sending = false;
  }

  #sendOne({ record, event }: Outgoing, misbehaviour: Misbehaviour): void {
    if (event !== undefined) {
      record.event = streamPayload(
        padded(event, misbehaviour.replyBytes),
        misbehaviour.spelling ?? 'documented',
      );
    }
    if (!this.#open) {
      record.lost = 'dropped';
      return;
    }
    const { misbehaviours } = this.context;
    const before = misbehaviours.before(this, this.streamId, record.conversationId, record.type);
    if (before === 'silence') {
      record.lost = 'silenced';
      return;
    }
    const bytes = Buffer.from(eventText(record.event, misbehaviour));
    if (typeof before === 'object') {
      if (before.midEvent) this.response.write(bytes.subarray(0, bytes.length / 2));
      record.lost = 'dropped';
      this.drop(before.drop);
      return;
    }
    record.writtenAt = now();
    record.connection = this.record.sequence;
    for (let copy = 0; copy < (misbehaviour.repeat ?? 1); copy++) {
      for (const chunk of chunksOf(bytes, misbehaviour.chunkBytes)) this.response.write(chunk);
      this.record.events += 1;
    }
    const after = misbehaviours.after(this, this.streamId, record.conversationId);
    if (typeof after === 'object') this.drop(after.drop);
  }

  #ping(): void {
    this.write(pingText(this.context.misbehaviours.effective(this.streamId, undefined)));
  }

  #close(end: ConnectionEnd): void {
    if (!this.#open) return;
    this.#open = false;
    clearInterval(this.#pings);
    this.record.closedAt = now();
    this.record.end = end;
    this.context.onEnd(this);
  }
}
