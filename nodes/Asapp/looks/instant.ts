const PICOSECONDS_PER_MILLISECOND = 1_000_000_000n;

/** The most digits of a second that ASAPP takes. */
const MOST_DIGITS = 12;

/** A point in time in picoseconds since 1970: ASAPP takes up to twelve digits of a second. */
export type Instant = bigint;

const TIME = /(.*?:\d{2}:\d{2})(?:[.,](\d+))?(Z|[+-]\d{2}:?\d{2})?$/i;

/** The instant that a time of ASAPP's means, without a zone in UTC; undefined if it is none. */
export function instantOf(time: string): Instant | undefined {
  const [, clock, fraction = '', zone = 'Z'] = TIME.exec(time.trim()) ?? [];
  const whole = clock === undefined ? NaN : Date.parse(clock.replace(' ', 'T') + zone);
  if (Number.isNaN(whole)) return undefined;
  const digits = fraction.slice(0, MOST_DIGITS).padEnd(MOST_DIGITS, '0');
  return BigInt(whole) * PICOSECONDS_PER_MILLISECOND + BigInt(digits);
}

/** The instant of a clock's milliseconds. */
export function instantAt(milliseconds: number): Instant {
  return BigInt(Math.trunc(milliseconds)) * PICOSECONDS_PER_MILLISECOND;
}

/** How many digits of a second a time shows. */
export function digitsOf(time: string): number {
  return TIME.exec(time.trim())?.[2]?.length ?? 0;
}

/** How many digits of a second a time needs: those behind the last that is not 0 say nothing. */
export function neededDigits(instant: Instant): number {
  const fraction = String(instant % (PICOSECONDS_PER_MILLISECOND * 1_000n)).padStart(MOST_DIGITS, '0');
  return fraction.replace(/0+$/, '').length;
}

/** The three digits behind the milliseconds. */
export function microsecondsOf(instant: Instant): number {
  return Number((instant / 1_000_000n) % 1_000n);
}

/** The length of the smallest step that so many digits of a second can show. */
export function stepOf(digits: number): Instant {
  return 10n ** BigInt(MOST_DIGITS - Math.min(digits, MOST_DIGITS));
}
