import { CountedRateLimit, SmoothedRateLimit } from '../../sandbox/rateLimit';
import { simulate, type SimulationEnd } from './sharedLimit';

const SEEDS = [1, 2, 3, 4, 5, 6, 7];

type Limit = 'counted' | { burst: number };

/** Several plays of the same; times as multiples of the shortest possible one. */
function play(limit: Limit, requestsPerSecond: number, processes: number, messages: number, stalls: number) {
  const ideal = (processes * messages * 1_000) / requestsPerSecond + 150;
  const ends = SEEDS.map((seed) =>
    simulate({
      limit:
        limit === 'counted'
          ? new CountedRateLimit(requestsPerSecond)
          : new SmoothedRateLimit({ requestsPerSecond, burst: limit.burst }),
      processes,
      messages,
      concurrency: 30,
      most: 100,
      stalls,
      seed,
    }),
  );
  const times = ends.map(({ time }) => time / ideal).sort((a, b) => a - b);
  const worst = (of: (end: SimulationEnd) => number) => Math.max(...ends.map(of));
  return {
    median: times[Math.floor(times.length / 2)],
    worst: times.at(-1),
    refused: worst(({ refused }) => refused),
    failed: ends.reduce((sum, { failed }) => sum + failed, 0),
    fairness: Math.min(...ends.map(({ fairness }) => fairness)),
  };
}

describe.each([
  ['an idle machine', 0.02],
  ['a busy machine', 0.1],
])('on %s', (_name, stalls) => {
  // What is measured of the node itself is in bench/results.md; these are the bounds of the rule, with room for chance.
  test.each<[string, Limit, number, number, number, number]>([
    ['counted, 1 process', 'counted', 100, 1, 1_000, 1.05],
    ['smoothed, burst 5, 1 process', { burst: 5 }, 100, 1, 1_000, 1.1],
    ['smoothed, burst 2, 1 process', { burst: 2 }, 100, 1, 1_000, 1.3],
    ['smoothed, burst 1, 1 process', { burst: 1 }, 100, 1, 1_000, 1.9],
    ['counted, but 30, 1 process', 'counted', 30, 1, 450, 1.15],
    ['counted, 2 processes', 'counted', 100, 2, 1_000, 1.15],
    ['counted, 4 processes', 'counted', 100, 4, 500, 1.15],
    ['counted, 8 processes', 'counted', 100, 8, 250, 1.15],
    ['smoothed, burst 5, 4 processes', { burst: 5 }, 100, 4, 500, 1.15],
  ])('%s', (_limit, limit, requestsPerSecond, processes, messages, atMost) => {
    const played = play(limit, requestsPerSecond, processes, messages, stalls);
    expect(played.median).toBeLessThanOrEqual(atMost);
    expect(played.worst).toBeLessThanOrEqual(atMost + 0.15);
    // In all seven plays together, thousands of refusals lie behind this.
    expect(played.failed).toBeLessThanOrEqual(processes > 4 ? 2 : 0);
    expect(played.fairness).toBeGreaterThanOrEqual(0.9);
  });

  test('a counted limit that one process has for itself refuses nothing', () => {
    expect(play('counted', 100, 1, 1_000, stalls).refused).toBe(0);
  });
});
