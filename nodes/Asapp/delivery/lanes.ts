/** How many jobs are looked at before the caller gets a chance to do something else. */
const LOOK_AT_ONCE = 500;

/**
 * Hands out jobs so that those of one lane go one after another in their order, and those of different lanes side by
 * side. Jobs are numbers from 0; `nameOf` is asked once for each, undefined is a lane of its own.
 */
export class Lanes {
  private readonly waiting = new Map<string, number[]>();
  private readonly ready: number[] = [];
  private readonly laneOfTaken = new Map<number, string>();
  private next = 0;

  constructor(
    private readonly count: number,
    private readonly nameOf: (job: number) => string | undefined,
  ) {}

  /** Whether every job was handed out, or waits for one of its lane to be released. */
  get isLookedThrough(): boolean {
    return this.next === this.count;
  }

  /** A job that may run now, the first in order; undefined if there is none among those looked at. */
  take(): number | undefined {
    const released = this.ready.shift();
    if (released !== undefined) return released;
    for (let looks = 0; looks < LOOK_AT_ONCE && this.next < this.count; looks++) {
      const job = this.next++;
      const lane = this.nameOf(job);
      if (lane === undefined) return job;
      this.laneOfTaken.set(job, lane);
      const queue = this.waiting.get(lane);
      if (queue === undefined) {
        this.waiting.set(lane, []);
        return job;
      }
      queue.push(job);
    }
    return undefined;
  }

  /** The lane of a job that was handed out and is not done. */
  laneOf(job: number): string | undefined {
    return this.laneOfTaken.get(job);
  }

  /** Tells that a job is done; the next of its lane may run. */
  release(job: number): void {
    const lane = this.laneOfTaken.get(job);
    if (lane === undefined) return;
    this.laneOfTaken.delete(job);
    const next = this.waiting.get(lane)?.shift();
    if (next === undefined) this.waiting.delete(lane);
    else this.ready.push(next);
  }
}
