import { sleep } from 'n8n-workflow';

/** Length of the window in which starts are counted, in ms. */
const WINDOW = 1_000;

/** Added to the window, in ms: between here and a server, starts can move together. */
const JITTER = 25;

/** Turns of the event loop that n8n's HTTP helper needs from a call to an open connection. */
const TURNS_TO_LEAVE = 2;

/** Closer together than this share of the gap that the rate asks for, two requests are a burst. */
const BUNCHED = 0.7;

/** How a request left; known some turns after it was started, long before its answer. */
export interface Departure {
  isBunched: boolean;
}

/** When requests may start: evenly spaced, and never more in any one second than the most that is allowed. */
export class Spacing {
  private readonly starts: number[] = [];
  private granted = 0;
  private next = 0;

  /** How long what was started, or a pause, still matters, in ms. */
  get remaining(): number {
    return Math.max(0, (this.starts.at(-1) ?? 0) + WINDOW + JITTER - now(), this.next - now());
  }

  /** Time until the next start is allowed, in ms; 0 or less if it is. `most` is how many may start in one second. */
  delay(most: number): number {
    const windowStart = now() - WINDOW - JITTER;
    while (this.starts[0] !== undefined && this.starts[0] <= windowStart) this.starts.shift();
    const place = this.starts.length + this.granted - Math.max(1, Math.floor(most));
    // Those that were granted and have not started yet count as starting now.
    const firstOfWindow = place < 0 ? windowStart : (this.starts[place] ?? now());
    return Math.max(this.next - now(), firstOfWindow - windowStart);
  }

  /** Nothing starts for `ms` from now on; a longer pause that is under way stays. */
  pause(ms: number): void {
    this.next = Math.max(this.next, now() + ms);
  }

  /**
   * Takes the next place in the grid of `rate` starts a second; a late one is made up for by at most `catchUp` ms. Call
   * what it returns at the very start.
   */
  take(rate: number, catchUp: number): () => Departure {
    this.granted++;
    const gap = 1_000 / rate;
    this.next = Math.max(this.next, now() - catchUp) + gap;
    return () => {
      const departure = { isBunched: false };
      void this.leave(departure, gap);
      return departure;
    };
  }

  /** A request leaves some turns of the event loop after it is started, in a busy process much later: that moment counts. */
  private async leave(departure: Departure, gap: number): Promise<void> {
    for (let turn = 0; turn < TURNS_TO_LEAVE; turn++) await sleep(0);
    this.granted--;
    const at = now();
    departure.isBunched = at - (this.starts.at(-1) ?? -Infinity) < gap * BUNCHED;
    this.starts.push(at);
  }
}

/** Monotonic, so that setting the clock moves no request. */
export function now(): number {
  return performance.now();
}
