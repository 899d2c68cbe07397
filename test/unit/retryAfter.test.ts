import { retryAfterOf } from '../../nodes/Asapp/transport/retryAfter';

const NOW = Date.UTC(2026, 10, 25, 12, 0, 0);
beforeAll(() => {
  jest.spyOn(Date, 'now').mockReturnValue(NOW);
});
afterAll(() => {
  jest.restoreAllMocks();
});

test.each([
  ['1', 1_000],
  ['0', 0],
  ['1.5', 1_500],
  ['60.5', 60_500],
  [' 2 ', 2_000],
  ['Wed, 25 Nov 2026 12:00:03 GMT', 3_000],
  ['Wednesday, 25-Nov-26 12:00:03 GMT', 3_000],
  ['Wed Nov 25 12:00:03 2026', 3_000],
])('%j is %i ms', (value, ms) => {
  expect(retryAfterOf({ 'retry-after': value })).toBe(ms);
  expect(retryAfterOf({ 'retry-after': [value] })).toBe(ms);
});

test.each([
  ...['', '-1', '1, 1', '1e3', '0x10', 'soon', '1 s', 'Infinity', 'NaN', '1.', '.5'],
  ...['2026-11-25T12:00:03Z', '25 Nov 2026 12:00:03', 'Wed, 25 Nov 2026 12:00:03 +0100', 'Nov 2027'],
  ...['Wed, 25 Nov 2026 11:59:59 GMT', 'Sun, 06 Nov 1994 08:49:37 GMT', 'Wed, 99 Nov 2026 12:00:03 GMT'],
])('%j is not read', (value) => {
  expect(retryAfterOf({ 'retry-after': value })).toBeUndefined();
});

test('a header that comes twice is not read', () => {
  expect(retryAfterOf({ 'retry-after': ['1', '2'] })).toBeUndefined();
  expect(retryAfterOf({})).toBeUndefined();
});

test("a date counts from the answer's own, whatever the clock here says", () => {
  const date = 'Sun, 06 Nov 1994 08:49:37 GMT';
  expect(retryAfterOf({ date, 'retry-after': 'Sun, 06 Nov 1994 08:49:42 GMT' })).toBe(5_000);
  expect(retryAfterOf({ date, 'retry-after': 'Sun, 06 Nov 1994 08:49:36 GMT' })).toBeUndefined();
  expect(retryAfterOf({ date: 'today', 'retry-after': 'Wed, 25 Nov 2026 12:00:03 GMT' })).toBe(3_000);
});
