import type { AddressInfo } from 'node:net';

import type { Fault } from './faultDefinition';
import { FaultStore } from './faults';
import { Delays, type Latency } from './latency';
import { Ledger } from './ledger';
import { RateLimit } from './rateLimit';
import { createServer } from './server';
import { loadSpecification } from './specification';

export type { Fault, FaultName, Operation } from './faultDefinition';
export type { FaultStore } from './faults';
export type { Latency } from './latency';
export type { AcceptedMessage, Conversation, Ledger, RequestRecord } from './ledger';

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
  /** Breaks all connections and ends the server; nothing is left behind. May be called twice. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

function listenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') return new Error(`Port ${port} of ${HOST} is already in use`);
  if (error.code === 'EACCES') return new Error(`Port ${port} of ${HOST} may not be used by this user`);
  return error;
}

/**
 * Starts a local ASAPP on 127.0.0.1. Rejects with a message for people if a fault or an option is invalid or the
 * port cannot be used.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, apiId = 'sandbox-id', apiSecret = 'sandbox-secret', onRequestEnd } = options;
  const { requestsPerSecond } = options;
  const ledger = new Ledger();
  const faults = new FaultStore();
  const delays = new Delays();
  for (const fault of options.faults ?? []) faults.set(fault);
  const app = await createServer(
    {
      specification: loadSpecification(),
      apiId,
      apiSecret,
      ledger,
      faults,
      delays,
      latency: options.latency,
      rateLimit: requestsPerSecond === undefined ? undefined : new RateLimit(requestsPerSecond),
      onEnd: (record) => onRequestEnd?.(record),
    },
    (method, path) => onRequestEnd?.({ method, path, status: 404 }),
  );
  const close = async (): Promise<void> => {
    delays.cancel();
    await app.close();
  };
  try {
    await app.listen({ host: HOST, port });
  } catch (error) {
    await close();
    throw listenError(error as NodeJS.ErrnoException, port);
  }
  const address = app.server.address() as AddressInfo;
  return { url: `http://${HOST}:${address.port}`, apiId, apiSecret, ledger, faults, close };
}
