import {
  afterAnswer,
  afterIdle,
  allowedCatchUp,
  allowedRate,
  isLearned,
  isNews,
  UNLIMITED,
  type RateState,
} from '../../nodes/Asapp/delivery/rate';

const MOST = 100;

/** The state after answers that came at these times, each to a request that had started 150 ms before. */
function after(state: RateState, isRefused: boolean, ...times: number[]): RateState {
  return times.reduce(
    (before, at) => afterAnswer(before, { startedAt: at - 150, at, isRefused, isBunched: false }, MOST),
    state,
  );
}

/** So many accepted within the second before 1,000. */
function accepted(count: number): RateState {
  return after(UNLIMITED, false, ...Array.from({ length: count }, (_, index) => (index * 1_000) / count));
}

test('the rate is what was set until something is refused', () => {
  expect(allowedRate(UNLIMITED, MOST, 0)).toBe(100);
  expect(allowedRate(accepted(50), MOST, 1_000)).toBe(100);
  expect(isLearned(UNLIMITED, MOST, 0)).toBe(false);
});

test('a refusal lowers it to four fifths, and no second one of the same round does', () => {
  const once = after(UNLIMITED, true, 1_000);
  expect(allowedRate(once, MOST, 1_000)).toBeCloseTo(80);
  const sameRound = after(once, true, 1_010, 1_050, 1_149);
  expect(allowedRate(sameRound, MOST, 1_150)).toBe(allowedRate(once, MOST, 1_150));
  expect(isNews(once, { startedAt: 1_000 })).toBe(false);
  expect(isNews(once, { startedAt: 1_001 })).toBe(true);
  expect(allowedRate(after(once, true, 1_151), MOST, 1_151)).toBeCloseTo(64.2, 0);
});

test('it is not lowered below nine tenths of what was accepted in the last second', () => {
  const state = after(accepted(95), true, 1_000);
  expect(allowedRate(state, MOST, 1_000)).toBeGreaterThan(84);
  expect(allowedRate(state, MOST, 1_000)).toBeLessThan(87);
});

test('however much is refused, it stays at one a second, or at what was set if that is less', () => {
  let state = UNLIMITED;
  for (let at = 0; at < 20_000; at += 200) state = after(state, true, at);
  expect(allowedRate(state, MOST, 19_800)).toBeCloseTo(1);
  let slow = UNLIMITED;
  for (let at = 0; at < 20_000; at += 200) {
    slow = afterAnswer(slow, { startedAt: at - 150, at, isRefused: true, isBunched: false }, 0.5);
  }
  expect(allowedRate(slow, 0.5, 20_000)).toBe(0.5);
});

test('it climbs slowly at first, then faster, and never above what was set', () => {
  const state = after(UNLIMITED, true, 1_000);
  const rates = [0, 1, 2, 3, 4, 5, 100].map((seconds) => allowedRate(state, MOST, 1_000 + seconds * 1_000));
  const steps = rates.slice(1, 4).map((rate, index) => rate - (rates[index] ?? 0));
  expect(rates[1]).toBeCloseTo(82);
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  expect(rates.at(-1)).toBe(100);
  expect(allowedRate(state, 50, 1_000)).toBe(50);
});

test('time in which nobody sends counts a twentieth', () => {
  const state = after(UNLIMITED, true, 1_000);
  const later = afterIdle(state, 20_000);
  expect(allowedRate(later, MOST, 21_000)).toBeCloseTo(allowedRate(state, MOST, 2_000));
  expect(isLearned(afterIdle(state, 600_000), MOST, 601_000)).toBe(false);
});

test('each round with a refusal halves what is caught up, and time without one gives it back', () => {
  expect(allowedCatchUp(UNLIMITED, 0)).toBe(25);
  const twice = after(UNLIMITED, true, 1_000, 1_200);
  expect(allowedCatchUp(twice, 1_200)).toBeCloseTo(6.25, 1);
  expect(allowedCatchUp(twice, 61_200)).toBeCloseTo(12.5, 1);
  expect(allowedCatchUp(twice, 601_200)).toBe(25);
  const often = after(UNLIMITED, true, ...Array.from({ length: 20 }, (_, index) => index * 200));
  expect(allowedCatchUp(often, 3_800)).toBeCloseTo(1);
});

test('what left too close behind another says nothing of the rate, only of bursts', () => {
  const state = afterAnswer(UNLIMITED, { startedAt: 850, at: 1_000, isRefused: true, isBunched: true }, MOST);
  expect(allowedRate(state, MOST, 1_000)).toBe(100);
  expect(allowedCatchUp(state, 1_000)).toBeCloseTo(12.5);
  expect(isLearned(state, MOST, 1_000)).toBe(true);
});
