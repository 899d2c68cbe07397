const SECOND = 1_000;

/** Decides of each request whether it is served. What is refused does not count. */
export interface RateLimit {
  /** `now` is in ms and never goes back. */
  admit(now?: number): boolean;
  /** What a refused request is told. */
  readonly message: string;
}

/** A spike arrest: requests are served at even distances; `burst` of them may come at once after a rest. */
export interface SpikeArrest {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

/** Admits so many requests in any one second. */
export class CountedRateLimit implements RateLimit {
  readonly message = 'ERROR - Too many requests in one second';
  /** When the last requests were admitted, as a ring: the entry at {@link #next} is the oldest. */
  readonly #admittedAt: number[];
  #next = 0;

  constructor(requestsPerSecond: number) {
    check('requestsPerSecond', requestsPerSecond);
    this.#admittedAt = new Array<number>(requestsPerSecond).fill(-Infinity);
  }

  admit(now = performance.now()): boolean {
    if (now - (this.#admittedAt[this.#next] ?? -Infinity) < SECOND) return false;
    this.#admittedAt[this.#next] = now;
    this.#next = (this.#next + 1) % this.#admittedAt.length;
    return true;
  }
}

/** A bucket of `burst` tokens that fills evenly; each request takes one. */
export class SmoothedRateLimit implements RateLimit {
  readonly message = 'ERROR - Spike arrest violation';
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #filledAt = -Infinity;

  constructor({ requestsPerSecond, burst }: SpikeArrest) {
    check('requestsPerSecond', requestsPerSecond);
    check('burst', burst);
    this.#perMs = requestsPerSecond / SECOND;
    this.#burst = burst;
    this.#tokens = burst;
  }

  admit(now = performance.now()): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

function check(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new Error(`${name} must be a whole number from 1, not ${value}`);
  }
}

/** The limit by the options; of two, each has to admit a request, the counted one first. */
export function rateLimitOf(
  requestsPerSecond: number | undefined,
  spikeArrest: SpikeArrest | undefined,
): RateLimit[] {
  return [
    ...(requestsPerSecond === undefined ? [] : [new CountedRateLimit(requestsPerSecond)]),
    ...(spikeArrest === undefined ? [] : [new SmoothedRateLimit(spikeArrest)]),
  ];
}
