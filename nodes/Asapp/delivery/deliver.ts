import { sleep } from 'n8n-workflow';

import { Ending } from './ending';
import { Lanes } from './lanes';
import type { Pace } from './pace';

/** When to send again, in ms from now, and whether everyone on the same pace must hold still that long. */
export interface Repeat {
  after: number;
  pausesPace: boolean;
}

/** What is delivered and how. Jobs are numbers from 0 to `count` - 1. */
export interface Delivery<Outcome> {
  count: number;
  /** Jobs of one lane go one after another, in order; undefined is a lane of its own. */
  laneOf(job: number): string | undefined;
  /** Checks a job; returns how it ended without being sent, or the function that sends it once and never rejects. */
  prepare(job: number): { outcome: Outcome } | { send: () => Promise<Outcome> };
  /** Whether the outcome of the `attempts`-th sending may be followed by another one. */
  repeat(outcome: Outcome, attempts: number): Repeat | undefined;
  /** Whether nothing more may be sent after this outcome. */
  stopsAt(outcome: Outcome): boolean;
  /** Whether the job must never be sent again, not even when the whole delivery is run again. */
  isSettled(outcome: Outcome): boolean;
  /** Outcomes of earlier runs of the same delivery, which are kept; settled ones of this run are added. */
  memory: Map<number, Outcome>;
  maxConcurrency: number;
  pace: Pace;
  /** Ends waiting and sending at once. */
  signal?: AbortSignal | undefined;
}

/**
 * Delivers all jobs. Resolves with the outcome of each job when nothing is in flight any more; a job that was not sent,
 * because of a stop or the signal, has none.
 */
export async function deliver<Outcome>(delivery: Delivery<Outcome>): Promise<Array<Outcome | undefined>> {
  const run = new Run(delivery);
  try {
    return await run.outcomes;
  } finally {
    run.ending.dispose();
  }
}

class Run<Outcome> {
  readonly ending: Ending;
  readonly outcomes: Promise<Array<Outcome | undefined>>;
  private readonly results: Array<Outcome | undefined>;
  private readonly lanes: Lanes;
  private readonly resuming: Array<() => void> = [];
  private running = 0;
  private waitingToRepeat = 0;
  private isLooking = false;
  private finish: (outcomes: Array<Outcome | undefined>) => void = () => {};

  constructor(private readonly delivery: Delivery<Outcome>) {
    this.ending = new Ending(delivery.signal);
    this.results = new Array<Outcome | undefined>(delivery.count).fill(undefined);
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
      this.waitingToRepeat--;
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
    const isIdle = this.running === 0 && this.waitingToRepeat === 0;
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
      if (this.delivery.isSettled(outcome)) memory.set(job, outcome);
      if (this.delivery.stopsAt(outcome)) this.ending.end();
    }
    this.lanes.release(job);
    this.running--;
    this.advance();
  }

  /** Sends a job until it ends for good; undefined if it was never sent. */
  private async attempt(job: number): Promise<Outcome | undefined> {
    const prepared = this.delivery.prepare(job);
    if ('outcome' in prepared) return prepared.outcome;
    let outcome: Outcome | undefined;
    for (let attempts = 1; await this.delivery.pace.turn(this.ending); attempts++) {
      outcome = await prepared.send();
      const repeat = this.delivery.repeat(outcome, attempts);
      if (repeat === undefined) break;
      if (repeat.pausesPace) this.delivery.pace.pause(repeat.after);
      await this.waitToRepeat(repeat.after);
    }
    return outcome;
  }

  /** Others have the slot meanwhile; the lane stays taken, so that the order in it stays. */
  private async waitToRepeat(ms: number): Promise<void> {
    this.running--;
    this.waitingToRepeat++;
    this.advance();
    await this.ending.wait(ms);
    await new Promise<void>((resume) => {
      this.resuming.push(resume);
      this.advance();
    });
  }
}
