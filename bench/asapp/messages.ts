import type { Latency, OutageDefinition, SpikeArrest } from '../../sandbox';

/** How the local ASAPP of a bench is started. */
export interface AsappOptions {
  /** Whether GenerativeAgent answers; its time for each event is in ms. */
  readonly generativeAgent?: { readonly eventDelay: number };
  readonly latency?: Latency;
  readonly requestsPerSecond?: number;
  readonly spikeArrest?: SpikeArrest;
  /** PEM files; with them a TLS proxy listens in front. */
  readonly tls?: { readonly key: string; readonly certificate: string };
}

/** Where it can be reached. */
export interface AsappAddress {
  readonly url: string;
  /** Undefined without {@link AsappOptions.tls}. */
  readonly secureUrl: string | undefined;
  readonly apiId: string;
  readonly apiSecret: string;
}

/** What the ledger says about one run, in numbers. A message is told from another by its text. */
export interface Summary {
  /** Different messages that were accepted. */
  readonly delivered: number;
  /** Messages that were accepted more than once. */
  readonly twice: number;
  /** Acceptances that came after one of a later message of the same conversation. */
  readonly outOfOrder: number;
  /** Requests that were in flight together with an earlier one of the same conversation. */
  readonly overlapping: number;
  /** Number of answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** When the last event was written to a stream, in ms since the epoch; 0 without events. */
  readonly lastEventAt: number;
  /** Streams that were asked for. */
  readonly streams: number;
  /** From the arrival of the first request to the end of the last answer, in ms. */
  readonly duration: number;
  /**
   * Jain's index of what was accepted from each worker until the first was done: 1 if all got the same. Workers are told
   * apart by the names of their conversations.
   */
  readonly fairness: number;
  /** When the planned outage was, in ms since the epoch. */
  readonly outage?: { readonly from: number; readonly to: number };
}

/** An outage that is to come, as soon as so many messages were accepted. */
export interface PlannedOutage {
  readonly outage: OutageDefinition & { readonly seconds: number };
  readonly afterMessages: number;
}

/** What the parent asks the child process, and what comes back. */
export type Question = 'summary' | 'reset' | PlannedOutage;
export type Answer = Summary | 'done';
