import { Spacing } from '../../nodes/Asapp/delivery/spacing';

/** A clock that stands still until it is moved, in ms. */
let time = 0;
beforeEach(() => {
  time = 5_000;
  jest.spyOn(performance, 'now').mockImplementation(() => time);
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** Starts a request now, and waits until it has left. */
async function start(spacing: Spacing, rate: number, catchUp = 0): Promise<boolean> {
  const departure = spacing.take(rate, catchUp)();
  // It has left after two turns of the event loop.
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  return departure.isBunched;
}

test('starts are as far apart as the rate asks for', async () => {
  const spacing = new Spacing();
  expect(spacing.delay(100)).toBeLessThanOrEqual(0);
  await start(spacing, 50);
  expect(spacing.delay(100)).toBe(20);
  time += 20;
  expect(spacing.delay(100)).toBe(0);
});

test('the most of a second is kept for 25 ms longer, as starts move together on their way', async () => {
  const spacing = new Spacing();
  await start(spacing, 1_000);
  time += 10;
  await start(spacing, 1_000);
  expect(spacing.delay(2)).toBe(1_015);
  expect(spacing.delay(3)).toBeLessThanOrEqual(1);
  time += 1_015;
  expect(spacing.delay(2)).toBeLessThanOrEqual(0);
});

test('what was granted and has not started counts, too', () => {
  const spacing = new Spacing();
  spacing.take(1_000, 0);
  spacing.take(1_000, 0);
  expect(spacing.delay(2)).toBe(1_025);
});

test('less than one a second is one at a time', async () => {
  const spacing = new Spacing();
  await start(spacing, 1_000);
  expect(spacing.delay(0.5)).toBe(1_025);
});

test('a pause holds everything, and a shorter one does not end it', () => {
  const spacing = new Spacing();
  spacing.pause(300);
  spacing.pause(100);
  expect(spacing.delay(100)).toBe(300);
  expect(spacing.remaining).toBe(300);
});

test('who comes late makes up for so much and no more', () => {
  const spacing = new Spacing();
  spacing.take(100, 0);
  time += 100;
  // Places 30, 20 and 10 ms ago, and one now.
  for (let late = 0; late < 4; late++) {
    expect(spacing.delay(1_000)).toBeLessThanOrEqual(0);
    spacing.take(100, 30);
  }
  expect(spacing.delay(1_000)).toBe(10);
});

test('requests closer together than the gap are a burst', async () => {
  const spacing = new Spacing();
  expect(await start(spacing, 100)).toBe(false);
  time += 6;
  expect(await start(spacing, 100)).toBe(true);
  time += 8;
  expect(await start(spacing, 100)).toBe(false);
});

test('seven tenths of the gap are no burst', async () => {
  const spacing = new Spacing();
  await start(spacing, 100);
  time += 7;
  expect(await start(spacing, 100)).toBe(false);
});

test('a request counts from when it has left, not from when it was started', async () => {
  const spacing = new Spacing();
  const departure = spacing.take(1_000, 0)();
  expect(departure.isBunched).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 0));
  time += 40;
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(spacing.remaining).toBe(1_025);
});

test('what was started matters for a second and the margin', async () => {
  const spacing = new Spacing();
  await start(spacing, 1_000);
  expect(spacing.remaining).toBe(1_025);
  time += 2_000;
  expect(spacing.remaining).toBe(0);
});
