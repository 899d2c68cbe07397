import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { AsappError } from '../errors';
import { now, type EventRecord } from '../eventBooks';
import { streamPayload, type AgentEvent, type EventOrigin } from '../generativeAgent/agentEvent';
import type { Delays } from '../latency';
import type { Ledger } from '../ledger';
import { Connection } from './connection';
import { MisbehaviourStore, type DropWith, type Misbehaviour } from './misbehaviour';

/** What the streams work with. */
export interface StreamsContext {
  readonly ledger: Ledger;
  readonly delays: Delays;
  /** Milliseconds for which an address works. */
  readonly urlLifetime: number;
  /** Milliseconds between two keep-alives of a connection; 0: none. */
  readonly pingInterval: number;
}

/** What Create Stream answers. `streamingUrl` is a secret. */
export interface StreamAddress {
  readonly streamId: string;
  readonly streamingUrl: string;
}

interface Token {
  readonly streamId: string;
  readonly expiresAt: number;
  used: boolean;
}

const HOST = '127.0.0.1';
const PATH = '/push-api/connect/sse';
const FOREIGN_CONVERSATION: EventOrigin = {
  conversationId: '0THERC0NVERSATI0N',
  externalConversationId: 'external-0THERC0NVERSATI0N',
};

/**
 * Streams of server-sent events, on a server of their own. A stream has one connection at most: a new one takes over.
 * An event that is due while there is none is lost.
 */
export class Streams {
  readonly #misbehaviours = new MisbehaviourStore();
  readonly #tokens = new Map<string, Token>();
  readonly #connections = new Map<string, Connection>();
  readonly #server: Server = createServer((request, response) => this.#connect(request, response));

  constructor(private readonly context: StreamsContext) {}

  /** Where the server listens, without a slash at its end. */
  get url(): string {
    return `http://${HOST}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Starts the server. Rejects if the port cannot be used. */
  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, HOST, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  /** Ends all connections and the server. */
  close(): Promise<void> {
    for (const connection of [...this.#connections.values()]) connection.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  /** An address for a stream, which works once it is {@link open}ed. */
  address(streamId: string = randomUUID()): StreamAddress {
    return { streamId, streamingUrl: `${this.url}${PATH}?token=${randomBytes(24).toString('hex')}` };
  }

  /** Makes an address work for one connection, for as long as addresses do. */
  open({ streamId, streamingUrl }: StreamAddress): void {
    const token = new URL(streamingUrl).searchParams.get('token') ?? '';
    this.#tokens.set(token, { streamId, expiresAt: now() + this.context.urlLifetime, used: false });
    this.context.ledger.streams.push({ streamId, openedAt: now() });
  }

  /** Whether somebody listens to the stream. */
  isConnected(streamId: string): boolean {
    return this.#connections.has(streamId);
  }

  /** Sends what GenerativeAgent says to the stream that was named for it. */
  say(event: AgentEvent, streamId: string | undefined): EventRecord {
    const { conversationId } = event;
    const foreign =
      streamId !== undefined &&
      this.#misbehaviours.effective(streamId, conversationId).foreignEvents === true;
    if (foreign) this.#send({ ...event, ...FOREIGN_CONVERSATION, id: randomUUID() }, streamId, 'foreign');
    return this.#send(event, streamId, 'script');
  }

  /** Pushes any JSON into a stream, as it is; the record tells whether somebody listened. */
  emit(streamId: string, event: unknown): EventRecord {
    const { conversationId, type } = (event ?? {}) as { conversationId?: unknown; type?: unknown };
    const record = this.context.ledger.enterEvent({
      streamId,
      origin: 'hand',
      event,
      ...(typeof conversationId === 'string' && { conversationId }),
      ...(typeof type === 'string' && { type }),
    });
    this.#deliver(record, undefined);
    return record;
  }

  /** Writes text into the body of a stream, byte for byte. Returns whether somebody listened. */
  write(streamId: string, raw: string): boolean {
    this.#connections.get(streamId)?.write(raw);
    return this.isConnected(streamId);
  }

  /** Drops the connection of a stream, or of all. Returns how many there were. */
  drop(streamId?: string, how: DropWith = 'end'): number {
    const dropped = [...this.#connections.values()].filter(
      (connection) => streamId === undefined || connection.streamId === streamId,
    );
    for (const connection of dropped) connection.drop(how);
    return dropped.length;
  }

  /** Makes streams misbehave from now on. Throws an Error that names the field if it is not a valid one. */
  misbehave(misbehaviour: Misbehaviour): void {
    this.#misbehaviours.set(misbehaviour);
  }

  /** Makes everything well again. */
  behave(): void {
    this.#misbehaviours.clear();
  }

  /** The misbehaviours that are set. */
  misbehaviours(): Misbehaviour[] {
    return this.#misbehaviours.list();
  }

  #send(event: AgentEvent, streamId: string | undefined, origin: 'script' | 'foreign'): EventRecord {
    const { conversationId, type } = event;
    const record = this.context.ledger.enterEvent({
      conversationId,
      type,
      ...(streamId !== undefined && { streamId }),
      origin,
      event: streamPayload(event, 'documented'),
    });
    this.#deliver(record, event);
    return record;
  }

  #deliver(record: EventRecord, event: AgentEvent | undefined): void {
    const connection = record.streamId === undefined ? undefined : this.#connections.get(record.streamId);
    if (connection) connection.send(record, event);
    else record.lost = record.streamId === undefined ? 'noStream' : 'notConnected';
  }

  #connect(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', `http://${HOST}`);
    if (pathname !== PATH || request.method !== 'GET') {
      refuse(response, new AsappError(404, `ERROR - There is no ${request.method} ${pathname}`));
      return;
    }
    const token = this.#tokens.get(searchParams.get('token') ?? '');
    const refusal = this.#refusalOf(token);
    const record = this.context.ledger.enterConnection(refusal?.status ?? 200, token?.streamId);
    if (refusal || !token) {
      record.closedAt = record.openedAt;
      if (refusal) refuse(response, refusal);
      return;
    }
    const { streamId } = token;
    this.#connections.get(streamId)?.giveWay();
    const connection = new Connection(streamId, response, record, {
      misbehaviours: this.#misbehaviours,
      delays: this.context.delays,
      pingInterval: this.context.pingInterval,
      onEnd: (ended) => {
        if (this.#connections.get(streamId) === ended) this.#connections.delete(streamId);
      },
    });
    this.#connections.set(streamId, connection);
  }

  /** Why a connection is refused; an address that is not refused has been used. */
  #refusalOf(token: Token | undefined): AsappError | undefined {
    if (!token) return new AsappError(401, 'ERROR - The token is unknown');
    if (token.used) return new AsappError(403, 'ERROR - The token has been used');
    token.used = true;
    if (token.expiresAt <= now()) return new AsappError(403, 'ERROR - The token has expired');
    if (this.#misbehaviours.takeRefusal(token.streamId)) return new AsappError(503);
    return undefined;
  }
}

function refuse(response: ServerResponse, error: AsappError): void {
  response.writeHead(error.status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(error.toBody()));
}
