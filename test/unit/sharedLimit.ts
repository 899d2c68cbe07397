import { afterAnswer, allowedCatchUp, allowedRate, isNews, UNLIMITED } from '../../nodes/Asapp/delivery/rate';
import type { RateLimit } from '../../sandbox/rateLimit';

/** Several processes that send through one limit, without real time: each event happens at its moment. */
export interface Simulation {
  readonly limit: RateLimit;
  readonly processes: number;
  /** Messages of each process, and how many of them may be on their way. */
  readonly messages: number;
  readonly concurrency: number;
  /** What is set as the rate in each. */
  readonly most: number;
  /** Share of the timers that come late by some ms, as in a busy process. */
  readonly stalls: number;
  readonly seed: number;
}

/** What came of it; `time` is in ms, `fairness` is Jain's index while all still sent. */
export interface SimulationEnd {
  readonly time: number;
  readonly refused: number;
  readonly failed: number;
  readonly fairness: number;
  /** The most starts of one process in any second. */
  readonly mostInOneSecond: number;
}

const WAITS = [1_000, 2_000, 4_000];
const MAX_RETRIES = 3;

/** mulberry32: random enough, and the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Item {
  tries: number;
}

/** Plays it to the end. Timers, network and answers have the jitter that was measured with the node. */
export function simulate(simulation: Simulation): SimulationEnd {
  const { limit, processes, messages, concurrency, most, stalls, seed } = simulation;
  const random = randomOf(seed);
  // By tenths of a ms; time never goes back, so the next one is found by looking on from the last.
  const events = new Map<number, Array<() => void>>();
  let tick = 0;
  let now = 0;
  const after = (ms: number, event: () => void) => {
    const at = Math.max(tick + 1, Math.round((now + ms) * 10));
    const others = events.get(at);
    if (others === undefined) events.set(at, [event]);
    else others.push(event);
  };
  let refused = 0;
  let failed = 0;

  const start = () => {
    const accepted: number[] = [];
    const starts: number[] = [];
    const queue: Item[] = Array.from({ length: messages }, () => ({ tries: 0 }));
    let state = UNLIMITED;
    let onTheirWay = 0;
    let nextStart = 0;
    let isServing = false;
    let left = messages;
    let finishedAt = 0;

    const serve = () => {
      if (isServing || queue.length === 0 || onTheirWay >= concurrency) return;
      isServing = true;
      // As in the pace: never more than was set in any one second.
      const oldest = starts[starts.length - most] ?? -Infinity;
      const wait = Math.max(0, nextStart - now, oldest + 1_025 - now);
      const late = wait === 0 ? 0 : Math.ceil(wait) - wait + random() * 0.6;
      after(wait + late + (random() < stalls ? random() * 25 : 0), () => {
        isServing = false;
        const item = queue.shift();
        if (item === undefined) return;
        const gap = 1_000 / allowedRate(state, most, now);
        nextStart = Math.max(nextStart, now - allowedCatchUp(state, now)) + gap;
        const isBunched = now - (starts.at(-1) ?? -Infinity) < gap * 0.7;
        starts.push(now);
        send(item, isBunched);
        serve();
      });
    };
    const send = (item: Item, isBunched: boolean) => {
      onTheirWay++;
      const startedAt = now;
      after(0.5 + random() * 1.5 + (random() < 0.03 ? random() * 8 : 0), () => {
        const isAccepted = limit.admit(now);
        after(100 + random() * 100, () => {
          onTheirWay--;
          if (isAccepted || (!isBunched && isNews(state, { startedAt }))) item.tries++;
          state = afterAnswer(state, { startedAt, at: now, isRefused: !isAccepted, isBunched }, most);
          if (isAccepted) accepted.push(now);
          else if (++refused > 0 && item.tries > MAX_RETRIES) failed++;
          else {
            const wait = WAITS[Math.max(0, Math.min(item.tries, WAITS.length) - 1)] ?? 0;
            after(wait * (1 + random() * 0.2), () => {
              queue.unshift(item);
              serve();
            });
            serve();
            return;
          }
          if (--left === 0) finishedAt = now;
          serve();
        });
      });
    };
    after(random() * 300, serve);
    return { accepted, starts, end: () => finishedAt };
  };

  const all = Array.from({ length: processes }, start);
  while (events.size > 0) {
    const due = events.get(++tick);
    if (due === undefined) continue;
    now = tick / 10;
    events.delete(tick);
    for (const event of due) event();
  }
  const firstEnd = Math.min(...all.map(({ end }) => end()));
  const shares = all.map(({ accepted }) => accepted.filter((at) => at <= firstEnd).length);
  const sum = shares.reduce((total, share) => total + share, 0);
  return {
    time: Math.max(...all.map(({ end }) => end())),
    refused,
    failed,
    fairness: sum ** 2 / (processes * shares.reduce((total, share) => total + share ** 2, 0)),
    mostInOneSecond: Math.max(...all.map(({ starts }) => mostInOneSecond(starts))),
  };
}

function mostInOneSecond(times: readonly number[]): number {
  let most = 0;
  let first = 0;
  times.forEach((time, index) => {
    while ((times[first] ?? time) <= time - 1_000) first++;
    most = Math.max(most, index - first + 1);
  });
  return most;
}
