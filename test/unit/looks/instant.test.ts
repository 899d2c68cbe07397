import {
  digitsOf,
  instantAt,
  instantOf,
  microsecondsOf,
  neededDigits,
  stepOf,
} from '../../../nodes/Asapp/looks/instant';

const SECOND = 1_000_000_000_000n;
const TIME = BigInt(Date.UTC(2026, 0, 31, 9, 30, 0) / 1_000) * SECOND;

test.each([
  ['2026-01-31T09:30:00Z', 0n],
  ['2026-01-31t09:30:00z', 0n],
  ['2026-01-31 09:30:00', 0n],
  ['2026-01-31T09:30:00.1Z', SECOND / 10n],
  ['2026-01-31T09:30:00,25Z', SECOND / 4n],
  ['2026-01-31T09:30:00.000000000001Z', 1n],
  ['2026-01-31T09:30:00.0000000000019Z', 1n],
  ['2026-01-31T11:30:00+02:00', 0n],
  ['2026-01-31T11:30:00+0200', 0n],
  ['2026-01-31T04:00:00.5-05:30', SECOND / 2n],
])('%s is an instant', (time, beyond) => {
  expect(instantOf(time)).toBe(TIME + beyond);
});

test.each([
  'soon',
  '',
  '2026-01-31',
  '2026-13-31T09:30:00Z',
  '2026-01-31T09:30:00 o’clock',
  '2026-01-31T09:3:00Z',
])('%s is none', (time) => {
  expect(instantOf(time)).toBeUndefined();
});

test('spaces around a time are no matter', () => {
  expect(instantOf(' 2026-01-31T09:30:00Z ')).toBe(TIME);
  expect(digitsOf(' 2026-01-31T09:30:00.12Z ')).toBe(2);
});

test.each([
  ['2026-01-31T09:30:00Z', 0],
  ['2026-01-31T09:30:00.120Z', 3],
  ['2026-01-31T09:30:00.120456+01:00', 6],
  ['soon', 0],
])('%s shows digits of a second', (time, digits) => {
  expect(digitsOf(time)).toBe(digits);
});

test('an instant needs no digits behind the last that is not 0', () => {
  expect(neededDigits(TIME)).toBe(0);
  expect(neededDigits(TIME + SECOND / 10n)).toBe(1);
  expect(neededDigits(TIME + 10_203_000_000n)).toBe(6);
  expect(neededDigits(TIME + 1n)).toBe(12);
});

test('a clock tells milliseconds; the three digits behind them are a mark', () => {
  const instant = instantAt(1_234.9);
  expect(instant).toBe(1_234n * (SECOND / 1_000n));
  expect(microsecondsOf(instant)).toBe(0);
  expect(microsecondsOf(instant + 456_000_000n)).toBe(456);
  expect(microsecondsOf(instant + 456_999_999n)).toBe(456);
});

test('the fewer digits a time shows, the larger its step', () => {
  expect([0, 3, 6, 12, 15].map(stepOf)).toEqual([SECOND, 1_000_000_000n, 1_000_000n, 1n, 1n]);
});
