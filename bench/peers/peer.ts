import type { Work } from '../work';

/** What is to be delivered, and to where. */
export interface Job {
  readonly work: Work[];
  readonly url: string;
  readonly apiId: string;
  readonly apiSecret: string;
  /** Requests in flight, for peers that can limit them. */
  readonly concurrency: number;
  /** Pace, for peers that have one. */
  readonly requestsPerSecond: number;
}

/** A way to send messages to ASAPP. */
export interface Peer {
  readonly name: string;
  /** Sends the work of a job; resolves with whether the run counts as successful for n8n. */
  deliver(job: Job): Promise<boolean>;
}
