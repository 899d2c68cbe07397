import { createHash } from 'node:crypto';

import type { IExecuteFunctions } from 'n8n-workflow';

import type { OutageTimes } from '../delivery/outage';
import type { Pace } from '../delivery/pace';
import { joinPace } from '../delivery/paces';
import type { Connection } from '../transport/exchange';
import { Credentials } from './credentials';
import { ReplyStream, type ReplyStreamOptions } from './replyStream';

/** What goes out with one API key shares it: the connection, the pace, and the event stream if replies are waited for. */
export interface ApiKey {
  /** Tells keys apart without holding any. */
  name: string;
  connection: Connection;
  pace: Pace;
  stream: ReplyStream | undefined;
}

/** `replies`: how replies are received; undefined if nobody waits for any. */
export interface ApiKeysOptions {
  maxRequestsPerSecond: number;
  replies: ReplyStreamOptions | undefined;
}

/** The API keys of one node run: one, unless the fields of the credential are expressions. */
export class ApiKeys {
  private readonly credentials: Credentials;
  private readonly keys = new Map<string, ApiKey & { leave: () => void }>();
  private readonly startedAt = Date.now();
  private readonly byConnection = new Map<Connection, ApiKey>();

  constructor(
    private readonly context: IExecuteFunctions,
    private readonly options: ApiKeysOptions,
  ) {
    this.credentials = new Credentials(context, context.getInputData().length);
  }

  /** @throws AsappError `credentialUnusable` when the item has none. */
  async of(itemIndex: number): Promise<ApiKey> {
    const connection = await this.credentials.of(itemIndex);
    const key = this.byConnection.get(connection) ?? this.keyOf(connection);
    this.byConnection.set(connection, key);
    return key;
  }

  /** When ASAPP did not answer while this run was there; both times are ms since the epoch. */
  get outages(): OutageTimes[] {
    const paces = new Set([...this.keys.values()].map(({ pace }) => pace));
    return [...paces].flatMap((pace) => pace.outage.timesSince(this.startedAt));
  }

  /** Ends the streams and gives back the paces. */
  close(): void {
    for (const { stream, leave } of this.keys.values()) {
      stream?.close();
      leave();
    }
  }

  private keyOf(connection: Connection): ApiKey {
    const { baseUrl, credentials } = connection;
    const name = digest([baseUrl, credentials.apiId, credentials.apiSecret]);
    const key = this.keys.get(name) ?? this.join(connection);
    this.keys.set(name, key);
    return key;
  }

  private join(connection: Connection): ApiKey & { leave: () => void } {
    const { maxRequestsPerSecond, replies } = this.options;
    const paceKey = digest([connection.baseUrl, connection.credentials.apiId]);
    const { pace, leave } = joinPace(paceKey, maxRequestsPerSecond);
    const stream =
      replies === undefined ? undefined : new ReplyStream(this.context, connection, pace, replies);
    return { name: paceKey, connection, pace, stream, leave };
  }
}

/** Tells keys apart without holding any. */
function digest(parts: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
