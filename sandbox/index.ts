import type { AddressInfo } from 'node:net';

import type { Fault } from './faultDefinition';
import { FaultStore } from './faults';
import { GenerativeAgent } from './generativeAgent/generativeAgent';
import { Delays, type Latency } from './latency';
import { Ledger } from './ledger';
import { nextMessageId } from './outcome';
import { RateLimit } from './rateLimit';
import { createServer } from './server';
import { loadSpecification } from './specification';
import type { Misbehaviour } from './streams/misbehaviour';
import { Streams } from './streams/streams';
import { Webhook, type WebhookTarget } from './webhook';

export type { ConnectionRecord, EventRecord, StreamRecord, WebhookCall } from './eventBooks';
export type { Fault, FaultName, Operation } from './faultDefinition';
export type { FaultStore } from './faults';
export type { Latency } from './latency';
export type { AcceptedMessage, Conversation, Ledger, RequestRecord } from './ledger';
export type { Misbehaviour } from './streams/misbehaviour';
export type { Streams } from './streams/streams';
export type { Webhook, WebhookTarget } from './webhook';

/** How a request ended, for a log. Neither status nor fault: the client gave up first. */
export interface RequestEnd {
  readonly method: string;
  readonly path: string;
  readonly conversationId?: string;
  readonly status?: number;
  readonly fault?: string;
}

/** How to start a sandbox. Everything has a default. */
export interface SandboxOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** `sandbox-id` by default. */
  readonly apiId?: string;
  /** `sandbox-secret` by default. */
  readonly apiSecret?: string;
  /** Faults that are set from the start. */
  readonly faults?: readonly Fault[];
  /** How long every answer of ASAPP's endpoints is held back; what it answers is done before. */
  readonly latency?: Latency;
  /** How many requests are served in any one second; the others get 429. No limit by default. */
  readonly requestsPerSecond?: number;
  /** Whether GenerativeAgent answers what it is asked to analyze; true by default. */
  readonly generativeAgent?: boolean;
  /** How long GenerativeAgent takes before each event; 50 ms by default, 0 for all at once. */
  readonly eventDelay?: Latency;
  /** The port of the streams; 0, the default, takes any free one. */
  readonly streamPort?: number;
  /** For how many ms the address of a stream works; 30 s by default. */
  readonly streamUrlLifetime?: number;
  /** How many ms lie between two keep-alives of a stream; 15 s by default, 0 for none. */
  readonly pingInterval?: number;
  /** Misbehaviours of streams that are set from the start. */
  readonly misbehaviours?: readonly Misbehaviour[];
  /** Where events are posted to, beside the streams; nowhere by default. */
  readonly webhook?: WebhookTarget;
  /** Called once for each request to ASAPP's endpoints or to an unknown path, when its end is clear. */
  readonly onRequestEnd?: (end: RequestEnd) => void;
}

/** A running sandbox. */
export interface Sandbox {
  /** The base URL, without a slash at its end. */
  readonly url: string;
  readonly apiId: string;
  readonly apiSecret: string;
  readonly ledger: Ledger;
  readonly faults: FaultStore;
  readonly streams: Streams;
  readonly webhook: Webhook;
  /** Breaks all connections and ends both servers; nothing is left behind. May be called twice. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

function listenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') return new Error(`Port ${port} of ${HOST} is already in use`);
  if (error.code === 'EACCES') return new Error(`Port ${port} of ${HOST} may not be used by this user`);
  return error;
}

/** Where events go and who makes them, by the options; nothing listens yet. */
function eventParts(options: SandboxOptions, ledger: Ledger, delays: Delays) {
  const { eventDelay = 50, streamUrlLifetime = 30_000, pingInterval = 15_000 } = options;
  const streams = new Streams({ ledger, delays, urlLifetime: streamUrlLifetime, pingInterval });
  const webhook = new Webhook(ledger);
  for (const misbehaviour of options.misbehaviours ?? []) streams.misbehave(misbehaviour);
  if (options.webhook) webhook.set(options.webhook);
  const generativeAgent =
    options.generativeAgent === false
      ? undefined
      : new GenerativeAgent({
          ledger,
          delays,
          eventDelay,
          nextMessageId,
          onEvent: (event, streamId) => webhook.say(event, streams.say(event, streamId)),
        });
  return { streams, webhook, generativeAgent };
}

/**
 * Starts a local ASAPP on 127.0.0.1. Rejects with a message for people if a fault or an option is invalid or a
 * port cannot be used.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, streamPort = 0, apiId = 'sandbox-id', apiSecret = 'sandbox-secret' } = options;
  const { requestsPerSecond, onRequestEnd } = options;
  const ledger = new Ledger();
  const faults = new FaultStore();
  const delays = new Delays();
  for (const fault of options.faults ?? []) faults.set(fault);
  const { streams, webhook, generativeAgent } = eventParts(options, ledger, delays);
  const app = await createServer(
    {
      specification: loadSpecification(),
      apiId,
      apiSecret,
      ledger,
      faults,
      streams,
      webhook,
      generativeAgent,
      delays,
      latency: options.latency,
      rateLimit: requestsPerSecond === undefined ? undefined : new RateLimit(requestsPerSecond),
      onEnd: (record) => onRequestEnd?.(record),
    },
    (method, path) => onRequestEnd?.({ method, path, status: 404 }),
  );
  const close = async (): Promise<void> => {
    delays.cancel();
    webhook.close();
    await Promise.all([app.close(), streams.close()]);
  };
  const listen = async (wanted: number, start: () => Promise<unknown>): Promise<void> => {
    try {
      await start();
    } catch (error) {
      await close();
      throw listenError(error as NodeJS.ErrnoException, wanted);
    }
  };
  // The streams first: an address of one can be asked for as soon as the other server listens.
  await listen(streamPort, () => streams.listen(streamPort));
  await listen(port, () => app.listen({ host: HOST, port }));
  const address = app.server.address() as AddressInfo;
  const url = `http://${HOST}:${address.port}`;
  return { url, apiId, apiSecret, ledger, faults, streams, webhook, close };
}
