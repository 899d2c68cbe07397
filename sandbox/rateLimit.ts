const SECOND = 1_000;

/** Admits so many requests in any one second; what it refuses does not count. */
export class RateLimit {
  /** When the last requests were admitted, as a ring: the entry at {@link #next} is the oldest. */
  readonly #admittedAt: number[];
  #next = 0;

  constructor(requestsPerSecond: number) {
    if (!Number.isInteger(requestsPerSecond) || requestsPerSecond < 1) {
      throw new Error(`requestsPerSecond must be a whole number from 1, not ${requestsPerSecond}`);
    }
    this.#admittedAt = new Array<number>(requestsPerSecond).fill(-Infinity);
  }

  /** Whether a request that arrives now is served. `now` is in ms and never goes back. */
  admit(now = performance.now()): boolean {
    if (now - (this.#admittedAt[this.#next] ?? -Infinity) < SECOND) return false;
    this.#admittedAt[this.#next] = now;
    this.#next = (this.#next + 1) % this.#admittedAt.length;
    return true;
  }
}
