import { jobFor, withAsapp, type BenchContext, type BenchResult, type Target } from '../bench';
import type { AsappOptions, Summary } from '../asapp';
import { CONCURRENCY, LATENCY, MEAN_LATENCY, REST } from '../limitedApi';
import { median } from '../measure';
import { duration, ratio, whole } from '../report/format';
import { messages } from '../work';
import { Workers, type TaskEnd } from '../workers';

/** What is set as Max Requests per Second, in every process. */
const OPTION = 100;

interface Row {
  readonly name: string;
  readonly limit: AsappOptions;
  readonly requestsPerSecond: number;
  readonly processes: number;
  /** In all processes together. */
  readonly messages: number;
  readonly target: number;
  readonly refusals?: 'none';
}

interface Round {
  readonly time: number;
  readonly failed: number;
  readonly summary: Summary;
}

const counted = (requestsPerSecond: number) => ({ requestsPerSecond, limit: { requestsPerSecond } });
const smoothed = (requestsPerSecond: number, burst: number) => ({
  requestsPerSecond,
  limit: { spikeArrest: { requestsPerSecond, burst } },
});

const ROWS: readonly Row[] = [
  {
    name: 'counted, 1 process',
    ...counted(100),
    processes: 1,
    messages: 1_000,
    target: 1.05,
    refusals: 'none',
  },
  { name: 'smoothed, burst 5, 1 process', ...smoothed(100, 5), processes: 1, messages: 1_000, target: 1.1 },
  { name: 'smoothed, burst 2, 1 process', ...smoothed(100, 2), processes: 1, messages: 1_000, target: 1.3 },
  { name: 'smoothed, burst 1, 1 process', ...smoothed(100, 1), processes: 1, messages: 1_000, target: 1.8 },
  { name: 'counted, but 30, 1 process', ...counted(30), processes: 1, messages: 450, target: 1.15 },
  { name: 'counted, 2 processes', ...counted(100), processes: 2, messages: 2_000, target: 1.1 },
  { name: 'counted, 4 processes', ...counted(100), processes: 4, messages: 2_000, target: 1.12 },
  { name: 'counted, 8 processes', ...counted(100), processes: 8, messages: 2_000, target: 1.15 },
  {
    name: 'smoothed, burst 5, 4 processes',
    ...smoothed(100, 5),
    processes: 4,
    messages: 2_000,
    target: 1.15,
  },
];

/** A limit that processes share without knowing of each other, and limits that allow no bursts. */
export async function shared(context: BenchContext): Promise<BenchResult[]> {
  const rounds = Math.min(context.rounds, 3);
  const workers = await Workers.start(Math.max(...ROWS.map(({ processes }) => processes)));
  try {
    const measured: Array<{ row: Row; rounds: Round[] }> = ROWS.map((row) => ({ row, rounds: [] }));
    for (let round = 0; round < rounds; round++) {
      for (const { row, rounds: done } of measured) {
        const found = await measure(workers, row, context.quick ? 0.1 : 1);
        context.say(`  ${row.name}: ${ratio(found.time / idealOf(row))}`);
        done.push(found);
      }
    }
    return [report(measured)];
  } finally {
    await workers.stop();
  }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

function idealOf({ messages: count, requestsPerSecond }: Row): number {
  return (count / requestsPerSecond) * 1_000 + MEAN_LATENCY;
}

/** Each round has an ASAPP of its own, so that nothing is known of its limit. */
async function measure(workers: Workers, row: Row, share: number): Promise<Round> {
  const { processes, limit } = row;
  return await withAsapp({ latency: LATENCY, ...limit }, async (asapp) => {
    await asapp.reset();
    await pause(REST);
    const count = Math.round((row.messages / processes) * share);
    const tasks = Array.from({ length: processes }, (_, worker) => ({
      job: jobFor(asapp, {
        work: messages(count, count, (number) => `W${worker}C${number}`).map((work) => ({
          ...work,
          text: `${worker} ${work.text}`,
        })),
        concurrency: CONCURRENCY,
        requestsPerSecond: OPTION,
      }),
      options: {},
    }));
    const start = performance.timeOrigin + performance.now();
    const ends = await workers.run(tasks);
    return {
      time: (Math.max(...ends.map(({ finishedAt }) => finishedAt)) - start) / share,
      failed: ends.reduce((sum, { failed }: TaskEnd) => sum + failed, 0),
      summary: await asapp.summary(),
    };
  });
}

function report(measured: ReadonlyArray<{ row: Row; rounds: readonly Round[] }>): BenchResult {
  const cells = measured.map(({ row, rounds }) => {
    const times = rounds.map(({ time }) => time / idealOf(row));
    return {
      row,
      times,
      refused: rounds.map(({ summary }) => summary.statuses['429'] ?? 0),
      failed: Math.max(...rounds.map(({ failed }) => failed)),
      twice: Math.max(...rounds.map(({ summary }) => summary.twice + summary.outOfOrder)),
      fairness: Math.min(...rounds.map(({ summary }) => summary.fairness)),
    };
  });
  return {
    title: 'limits, and who shares them',
    work: `Analyze with Max Requests per Second ${OPTION} in every process, answers after ${LATENCY.min}-${LATENCY.max} ms, at most ${CONCURRENCY} in flight in each; each message in a conversation of its own. Counted: so many in any one second. Smoothed: a bucket of so many tokens that fills evenly. Ideal: messages / limit, and one answer. Each round starts without any knowledge of the limit. ${cells[0]?.times.length ?? 0} rounds.`,
    columns: ['limit', 'median', 'worst', '429 (median)', 'failed', 'twice or out of order', 'fairness'],
    rows: cells.map(({ row, times, refused, failed, twice, fairness }) => [
      `${row.name} (${whole(row.messages)} messages, ideal ${duration(idealOf(row))})`,
      ratio(median(times)),
      ratio(Math.max(...times)),
      whole(median(refused)),
      whole(failed),
      whole(twice),
      fairness.toFixed(3),
    ]),
    chart: {
      title: 'time / ideal',
      bars: cells.map(({ row, times }) => ({
        name: row.name,
        value: median(times),
        label: ratio(median(times)),
      })),
    },
    targets: cells.flatMap(({ row, times, refused, failed, fairness }): Target[] => [
      {
        text: `${row.name}: time <= ${row.target} x ideal`,
        measured: `${median(times).toFixed(3)} x, worst ${Math.max(...times).toFixed(3)} x`,
        isReached: median(times) <= row.target,
      },
      ...(row.refusals === 'none'
        ? [
            {
              text: `${row.name}: no 429`,
              measured: whole(Math.max(...refused)),
              isReached: Math.max(...refused) === 0,
            },
          ]
        : [{ text: `${row.name}: nothing failed`, measured: whole(failed), isReached: failed === 0 }]),
      ...(row.processes === 1
        ? []
        : [
            {
              text: `${row.name}: fairness >= 0.95 (Jain)`,
              measured: fairness.toFixed(3),
              isReached: fairness >= 0.95,
            },
          ]),
    ]),
  };
}
