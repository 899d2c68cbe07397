import { sleep } from 'n8n-workflow';

import { sendUntilFinal, type RepeatRules, type Sending, type Waiting } from './attempts';
import { Ending } from './ending';
import { Lanes } from './lanes';
import { takeLane, type Release, type SharedLane } from './sharedLanes';

/** A job that was looked at: how it ended without being sent, or what sends it. */
export type Prepared<Outcome> = { outcome: Outcome } | (Sending<Outcome> & Preparation<Outcome>);

/** What a job needs before it is first sent. */
export interface Preparation<Outcome> {
  /** The lane that other deliveries of this process go in as well. */
  lane?: SharedLane | undefined;
  /** Resolves, once the lane is taken, with how the job ended long ago; undefined if it is to be sent. */
  known?(): Promise<Outcome | undefined>;
}

/** What is delivered and how. Jobs are numbers from 0 to `count` - 1. */
export interface Delivery<Outcome> extends RepeatRules<Outcome> {
  count: number;
  /** Jobs of one lane go one after another, in order; undefined is a lane of its own. */
  laneOf(job: number): string | undefined;
  /** Looks at a job right before it would be sent; never rejects. */
  prepare(job: number, waiting: Waiting): Promise<Prepared<Outcome>>;
  /** Whether nothing more may be sent after this outcome. */
  stopsAt(outcome: Outcome): boolean;
  /** Whether the job must never be sent again, not even when the whole delivery is run again. */
  isSettled(outcome: Outcome): boolean;
  /** Outcomes of earlier runs of the same delivery, which are kept; settled ones of this run are added. */
  memory: Map<number, Outcome>;
  maxConcurrency: number;
  /** Ends waiting and sending at once. */
  signal?: AbortSignal | undefined;
}

/**
 * Delivers all jobs. Resolves with the outcome of each job when nothing is in flight any more; a job that was not sent,
 * because of a stop or the signal, has none.
 */
export async function deliver<Outcome>(delivery: Delivery<Outcome>): Promise<Array<Outcome | undefined>> {
  const scheduler = new Scheduler(delivery);
  try {
    return await scheduler.outcomes;
  } finally {
    scheduler.ending.dispose();
  }
}

class Scheduler<Outcome> {
  readonly ending: Ending;
  private readonly waiting: Waiting;
  readonly outcomes: Promise<Array<Outcome | undefined>>;
  private readonly results: Array<Outcome | undefined>;
  private readonly lanes: Lanes;
  private readonly resuming: Array<() => void> = [];
  private readonly failedInLane = new Map<string, number[]>();
  private running = 0;
  private withoutSlots = 0;
  private isLooking = false;
  private finish: (outcomes: Array<Outcome | undefined>) => void = () => {};

  constructor(private readonly delivery: Delivery<Outcome>) {
    this.ending = new Ending(delivery.signal);
    this.waiting = {
      ending: this.ending,
      wait: async (ms) => await this.withoutSlot(this.ending.wait(ms)),
    };
    this.results = Array.from({ length: delivery.count }, (_, job) => delivery.memory.get(job));
    this.lanes = new Lanes(delivery.count, (job) => delivery.laneOf(job));
    this.outcomes = new Promise((resolve) => {
      this.finish = resolve;
    });
    this.ending.onEnd(() => this.advance());
    this.advance();
  }

  /** Starts what may start now, and finishes when nothing is left. */
  private advance(): void {
    const { isEnded } = this.ending;
    while (this.resuming.length > 0 && (isEnded || this.hasSlot)) {
      this.withoutSlots--;
      this.running++;
      this.resuming.shift()?.();
    }
    while (!isEnded && this.hasSlot) {
      const job = this.lanes.take();
      if (job === undefined) break;
      this.running++;
      void this.run(job);
    }
    if (!isEnded && this.hasSlot && !this.lanes.isLookedThrough) this.lookFurther();
    const isIdle = this.running === 0 && this.withoutSlots === 0;
    if (isIdle && (this.ending.isEnded || this.lanes.isLookedThrough)) this.finish(this.results);
  }

  private get hasSlot(): boolean {
    return this.running < this.delivery.maxConcurrency;
  }

  /** Looks at more jobs a little later, so that a long list of busy lanes does not block the process. */
  private lookFurther(): void {
    if (this.isLooking) return;
    this.isLooking = true;
    void sleep(0).then(() => {
      this.isLooking = false;
      this.advance();
    });
  }

  private async run(job: number): Promise<void> {
    const { memory } = this.delivery;
    const outcome = await (memory.get(job) ?? this.attempt(job));
    this.results[job] = outcome;
    if (outcome !== undefined) {
      this.remember(job, outcome);
      if (this.delivery.stopsAt(outcome)) this.ending.end();
    }
    this.lanes.release(job);
    this.running--;
    this.advance();
  }

  /** Settled jobs stay as they are; so does one that failed before them in their lane, as it would now come too late. */
  private remember(job: number, outcome: Outcome): void {
    const { memory, isSettled } = this.delivery;
    const lane = this.lanes.laneOf(job);
    if (isSettled(outcome)) memory.set(job, outcome);
    if (lane === undefined) return;
    const failed = this.failedInLane.get(lane) ?? [];
    if (!isSettled(outcome)) {
      failed.push(job);
      this.failedInLane.set(lane, failed);
      return;
    }
    this.failedInLane.delete(lane);
    for (const earlier of failed) {
      const kept = this.results[earlier];
      if (kept !== undefined) memory.set(earlier, kept);
    }
  }

  /** Sends a job until it ends for good; undefined if it was never sent. */
  private async attempt(job: number): Promise<Outcome | undefined> {
    const prepared = await this.delivery.prepare(job, this.waiting);
    if ('outcome' in prepared) return prepared.outcome;
    const release = prepared.lane === undefined ? () => {} : await this.take(prepared.lane);
    if (release === undefined) return undefined;
    try {
      const known = await prepared.known?.();
      return known ?? (await sendUntilFinal(prepared, this.delivery, this.waiting));
    } finally {
      release();
    }
  }

  private async take(lane: SharedLane): Promise<Release | undefined> {
    const release = takeLane(lane, this.ending);
    return release instanceof Promise ? await this.withoutSlot(release) : release;
  }

  /** Others have the slot meanwhile; the lanes stay taken, so that the order in them stays. */
  private async withoutSlot<T>(task: Promise<T>): Promise<T> {
    this.running--;
    this.withoutSlots++;
    this.advance();
    const result = await task;
    await new Promise<void>((resume) => {
      this.resuming.push(resume);
      this.advance();
    });
    return result;
  }
}
