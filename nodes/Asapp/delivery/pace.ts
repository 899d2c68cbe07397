import { sleep } from 'n8n-workflow';

import type { Ending } from './ending';
import { startTimer, type Timer } from './timer';

/** Length of the window in which starts are counted, in ms. */
const WINDOW = 1_000;

/** Added to the window, in ms: between here and a server, starts can move together. */
const JITTER = 25;

/** Turns of the event loop that n8n's HTTP helper needs from a call to an open connection. */
const TURNS_TO_LEAVE = 2;

/** How far starts may catch up with the grid after a late timer, in ms. */
const CATCH_UP = 25;

/**
 * How fast requests may start: evenly spaced, and never more than the rate in any one second. All users of one pace
 * share it, first come, first served; while their rates differ, the lowest holds.
 */
export class Pace {
  private readonly rates: number[] = [];
  private readonly queue: Array<() => void> = [];
  private readonly starts: number[] = [];
  private granted = 0;
  private nextStart = 0;
  private isServing = false;
  private timer: Timer | undefined;

  /** Counts a user with its rate (starts a second, above 0). */
  join(rate: number): void {
    this.rates.push(rate);
  }

  /** Counts a user of {@link join} no more. */
  leave(rate: number): void {
    this.rates.splice(this.rates.indexOf(rate), 1);
  }

  /** How long this pace still matters when nobody joins it any more, in ms; undefined while somebody uses it. */
  get remaining(): number | undefined {
    if (this.rates.length > 0) return undefined;
    return Math.max(0, (this.starts.at(-1) ?? 0) + WINDOW + JITTER - now(), this.nextStart - now());
  }

  /**
   * Resolves when the caller may start one request, with a function to call at that very moment: a busy process can run
   * the caller late, and only the real start counts. Resolves with undefined if the caller's delivery ended first.
   */
  async turn(ending: Ending): Promise<(() => void) | undefined> {
    if (ending.isEnded) return undefined;
    if (this.queue.length === 0 && this.delay() <= 0) return this.grant();
    return await new Promise((resolve) => {
      const take = () => {
        stopListening();
        resolve(this.grant());
      };
      const stopListening = ending.onEnd(() => {
        this.queue.splice(this.queue.indexOf(take), 1);
        if (this.queue.length === 0) this.timer?.cut();
        resolve(undefined);
      });
      this.queue.push(take);
      void this.serve();
    });
  }

  /** Nothing starts for `ms` from now on; a longer pause that is under way stays. */
  pause(ms: number): void {
    this.nextStart = Math.max(this.nextStart, now() + ms);
  }

  private async serve(): Promise<void> {
    if (this.isServing) return;
    this.isServing = true;
    while (this.queue.length > 0) {
      const delay = this.delay();
      if (delay > 0) {
        this.timer = startTimer(Math.ceil(delay));
        await this.timer.over;
        continue;
      }
      this.queue.shift()?.();
    }
    this.isServing = false;
  }

  /** Time until the next start is allowed, in ms; 0 or less if it is. */
  private delay(): number {
    const windowStart = now() - WINDOW - JITTER;
    while (this.starts[0] !== undefined && this.starts[0] <= windowStart) this.starts.shift();
    const place = this.starts.length + this.granted - Math.max(1, Math.floor(this.rate));
    // Those that were granted and have not started yet count as starting now.
    const firstOfWindow = place < 0 ? windowStart : (this.starts[place] ?? now());
    return Math.max(this.nextStart - now(), firstOfWindow - windowStart);
  }

  private grant(): () => void {
    this.granted++;
    this.nextStart = Math.max(this.nextStart, now() - CATCH_UP) + 1_000 / this.rate;
    return () => void this.start();
  }

  /** A request leaves some turns of the event loop after it is started, in a busy process much later: that moment counts. */
  private async start(): Promise<void> {
    for (let turn = 0; turn < TURNS_TO_LEAVE; turn++) await sleep(0);
    this.granted--;
    this.starts.push(now());
  }

  private get rate(): number {
    return Math.min(...this.rates);
  }
}

const paces = new Map<string, Pace>();

/**
 * Joins the pace of everything in this process that names the same key, at `rate` starts a second; call `leave` when
 * done. A key is kept only while its past matters, so give one that may be kept: no secret in a readable form.
 */
export function joinPace(key: string, rate: number): { pace: Pace; leave: () => void } {
  const pace = paces.get(key) ?? new Pace();
  paces.set(key, pace);
  pace.join(rate);
  const leave = () => {
    pace.leave(rate);
    forgetWhenPast(key, pace);
  };
  return { pace, leave };
}

/** The keys that are kept at the moment. */
export function keptPaces(): string[] {
  return [...paces.keys()];
}

function forgetWhenPast(key: string, pace: Pace): void {
  const { remaining } = pace;
  if (remaining === undefined) return;
  // A timer that keeps no process alive, unlike sleep.
  AbortSignal.timeout(Math.ceil(remaining) + 1).addEventListener('abort', () => {
    if (pace.remaining === 0 && paces.get(key) === pace) paces.delete(key);
    else if (paces.get(key) === pace) forgetWhenPast(key, pace);
  });
}

/** Monotonic, so that setting the clock moves no request. */
function now(): number {
  return performance.now();
}
