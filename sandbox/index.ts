import type { AddressInfo } from 'node:net';

import { CallTransfers, CALL_TIMES, type CallTimes } from './calls/callTransfers';
import { Conversations, nextId } from './conversations/conversations';
import { Reads, type ReadSettings } from './conversations/reads';
import type { Fault } from './faultDefinition';
import { FaultStore } from './faults';
import type { AgentEvent } from './generativeAgent/agentEvent';
import { GenerativeAgent } from './generativeAgent/generativeAgent';
import { Delays, type Latency } from './latency';
import { Ledger } from './ledger';
import type { SandboxParts } from './operations/handler';
import { Outage } from './outage';
import { rateLimitOf, type SpikeArrest } from './rateLimit';
import { createServer } from './server';
import { loadSpecification, packagedSpecification } from './specification';
import type { Misbehaviour } from './streams/misbehaviour';
import { Streams } from './streams/streams';
import { Webhook, type WebhookTarget } from './webhook';

export type { ConnectionRecord, EventRecord, StreamRecord, WebhookCall } from './eventBooks';
export type { CallTimes, CallTransfers } from './calls/callTransfers';
export type { Conversations, KeptConversation, KeptMessage } from './conversations/conversations';
export type { Reads, ReadSettings } from './conversations/reads';
export type { Fault, FaultName } from './faultDefinition';
export type { FaultStore } from './faults';
export type { Latency } from './latency';
export type { AcceptedMessage, Conversation, Ledger, RequestRecord } from './ledger';
export type { Outage, OutageDefinition } from './outage';
export type { SpikeArrest } from './rateLimit';
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
  /** A smoothed limit, as ASAPP's own is: requests that come closer together get 429. No limit by default. */
  readonly spikeArrest?: SpikeArrest;
  /** Whether a change of a conversation gets 409 while another one is under way there; false by default. */
  readonly refuseOverlaps?: boolean;
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
  /** What is different about reading messages; see docs/sandbox.md. */
  readonly reads?: ReadSettings;
  /** When calls that are handed over go on by themselves. */
  readonly callTimes?: Partial<CallTimes>;
  /** The file of the specification that is served; that of this package by default. */
  readonly specification?: string;
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
  readonly conversations: Conversations;
  readonly reads: Reads;
  readonly callTransfers: CallTransfers;
  readonly outage: Outage;
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

/** The memory and the actors by the options; nothing listens yet. */
function partsOf(options: SandboxOptions, delays: Delays): SandboxParts & { readonly webhook: Webhook } {
  const { eventDelay = 50, streamUrlLifetime = 30_000, pingInterval = 15_000 } = options;
  const ledger = new Ledger();
  const conversations = new Conversations();
  const callTransfers = new CallTransfers({ ...CALL_TIMES, ...options.callTimes });
  const reads = new Reads();
  const streams = new Streams({ ledger, delays, urlLifetime: streamUrlLifetime, pingInterval });
  const webhook = new Webhook(ledger);
  ledger.onClear(() => conversations.clear());
  ledger.onClear(() => callTransfers.clear());
  if (options.reads) reads.set(options.reads);
  for (const misbehaviour of options.misbehaviours ?? []) streams.misbehave(misbehaviour);
  if (options.webhook) webhook.set(options.webhook);
  const say = (event: AgentEvent, streamId: string | undefined): void => {
    if (event.type === 'reply' && event.messageId !== undefined) {
      conversations.addReply(event.conversationId, event.messageId, event.text, reads.replyRole);
    }
    webhook.say(event, streams.say(event, streamId));
  };
  const generativeAgent =
    options.generativeAgent === false
      ? undefined
      : new GenerativeAgent({
          ledger,
          delays,
          eventDelay,
          nextMessageId: nextId,
          externalIdOf: (conversationId) => conversations.externalIdOf(conversationId),
          onEvent: say,
        });
  return { ledger, conversations, reads, callTransfers, streams, webhook, generativeAgent };
}

/**
 * Starts a local ASAPP on 127.0.0.1. Rejects with a message for people if a fault or an option is invalid or a
 * port cannot be used.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, streamPort = 0, apiId = 'sandbox-id', apiSecret = 'sandbox-secret' } = options;
  const { requestsPerSecond, spikeArrest, onRequestEnd } = options;
  const specification =
    options.specification === undefined ? packagedSpecification() : loadSpecification(options.specification);
  const faults = new FaultStore(specification);
  const delays = new Delays();
  const outage = new Outage();
  for (const fault of options.faults ?? []) faults.set(fault);
  const parts = partsOf(options, delays);
  const { ledger, conversations, reads, callTransfers, streams, webhook } = parts;
  const app = await createServer(
    {
      ...parts,
      specification,
      apiId,
      apiSecret,
      faults,
      delays,
      latency: options.latency,
      rateLimits: rateLimitOf(requestsPerSecond, spikeArrest),
      refuseOverlaps: options.refuseOverlaps === true,
      outage,
      onEnd: (record) => onRequestEnd?.(record),
    },
    (method, path) => onRequestEnd?.({ method, path, status: 404 }),
  );
  const close = async (): Promise<void> => {
    delays.cancel();
    webhook.close();
    outage.dispose();
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
  outage.listens(app.server, HOST, address.port);
  const url = `http://${HOST}:${address.port}`;
  return {
    url,
    apiId,
    apiSecret,
    ledger,
    faults,
    conversations,
    reads,
    callTransfers,
    outage,
    streams,
    webhook,
    close,
  };
}
