import {
  interleaved,
  jobFor,
  keptItsPromises,
  medianTime,
  sample,
  withAsapp,
  type BenchContext,
  type BenchResult,
  type Sample,
  type Target,
} from '../bench';
import { CONCURRENCY, LATENCY, MEAN_LATENCY, REST } from '../limitedApi';
import type { Peer } from '../peers';
import { duration, ratio, whole } from '../report/format';
import { idealTime, messages, split, type Work } from '../work';

const LIMIT = 100;

/** The sequential node is measured on so many messages, and its time is scaled. */
const SEQUENTIAL_MESSAGES = 40;

interface Case {
  readonly messages: number;
  readonly conversations: number;
  readonly executions: number;
}

interface Row {
  readonly peer: Peer;
  readonly samples: readonly Sample[];
}

/** An API that serves 100 requests a second, as ASAPP's does. */
export async function limited(context: BenchContext): Promise<BenchResult[]> {
  const large = { messages: 2_000, conversations: 200 };
  const small = { messages: 500, conversations: 50 };
  const cases: Case[] = context.quick
    ? [
        { messages: 150, conversations: 50, executions: 1 },
        { messages: 150, conversations: 50, executions: 20 },
      ]
    : [1, 20].flatMap((executions) => [
        { ...small, executions },
        { ...large, executions },
      ]);
  return await withAsapp({ latency: LATENCY, requestsPerSecond: LIMIT }, async (asapp) => {
    const results: BenchResult[] = [];
    for (const one of cases) {
      context.say(`  ${caseTitle(one)} …`);
      const { ours, httpRequest, declarative, helperPool, axiosPool, sequential } = context.peers;
      const compared = [ours, ...httpRequest, declarative, helperPool, axiosPool];
      const work = messages(one.messages, one.conversations);
      const task = (peer: Peer, all: Work[]) => () =>
        sample(asapp, () => deliverAtOnce(peer, split(all, one.executions)), REST);
      const deliverAtOnce = async (peer: Peer, parts: Work[][]) => {
        const jobs = parts.map((part) =>
          jobFor(asapp, { work: part, concurrency: CONCURRENCY, requestsPerSecond: LIMIT }),
        );
        return (await Promise.all(jobs.map((job) => peer.deliver(job)))).every(Boolean);
      };
      // Waiting is what is measured: few rounds are enough.
      const samples = await interleaved(
        Math.min(context.rounds, one.messages > 1_000 ? 2 : 3),
        compared.map((peer) => task(peer, work)),
      );
      const rows: Row[] = compared.map((peer, index) => ({ peer, samples: samples[index] ?? [] }));
      const slow =
        one.executions > 1 ? undefined : await task(sequential, work.slice(0, SEQUENTIAL_MESSAGES))();
      results.push(report(one, work, rows, slow));
    }
    return results;
  });
}

function caseTitle({ messages: count, conversations, executions }: Case): string {
  const at = executions === 1 ? '' : `, ${executions} executions at once`;
  return `limited API, ${whole(count)} messages in ${conversations} conversations${at}`;
}

function report(one: Case, work: Work[], rows: readonly Row[], slow: Sample | undefined): BenchResult {
  const ideal = idealTime(work, LIMIT, MEAN_LATENCY);
  const scaled = slow === undefined ? undefined : (slow.ms * one.messages) / SEQUENTIAL_MESSAGES;
  const [own] = rows;
  const bars = rows.map(({ peer, samples }) => {
    const delivered = worst(samples, ({ delivered: count }) => -count);
    return {
      name: peer.name,
      value: -delivered / one.messages,
      label: `${whole(-delivered)} delivered, ${duration(medianTime(samples))}`,
    };
  });
  return {
    title: caseTitle(one),
    work: `${LIMIT} requests a second, answers after ${LATENCY.min}-${LATENCY.max} ms; at most ${CONCURRENCY} in flight${one.executions === 1 ? '' : ' in each execution'}. Ideal: ${duration(ideal)}. Counts are the worst of ${rows[0]?.samples.length ?? 0} rounds, times the median.`,
    columns: ['peer', 'time / ideal', 'delivered', 'lost', 'twice', 'overlapping', '429', 'run', 'time'],
    rows: [
      ...rows.map((row) => rowOf(row, one, ideal)),
      ...(scaled === undefined
        ? []
        : [['sequential node*', ratio(scaled / ideal), '-', '-', '-', '-', '-', '-', duration(scaled)]]),
    ],
    chart: { title: 'delivered', bars },
    targets: own === undefined ? [] : targets(own, one, ideal),
    notes: slow === undefined ? [] : [`* measured on ${SEQUENTIAL_MESSAGES} messages and scaled.`],
  };
}

function rowOf({ peer, samples }: Row, { messages: count }: Case, ideal: number): string[] {
  const delivered = -worst(samples, (summary) => -summary.delivered);
  const time = medianTime(samples);
  return [
    peer.name,
    // Who lost something was not fast.
    delivered === count ? ratio(time / ideal) : '-',
    whole(delivered),
    whole(count - delivered),
    whole(worst(samples, ({ twice }) => twice)),
    whole(worst(samples, ({ overlapping }) => overlapping)),
    whole(worst(samples, ({ statuses }) => statuses['429'] ?? 0)),
    samples.every(({ succeeded }) => succeeded) ? 'succeeds' : 'fails',
    duration(time),
  ];
}

function worst(samples: readonly Sample[], measure: (summary: Sample['summary']) => number): number {
  return Math.max(...samples.map(({ summary }) => measure(summary)));
}

function targets({ samples }: Row, { messages: count }: Case, ideal: number): Target[] {
  const kept = samples.filter((one) => keptItsPromises(one, count)).length;
  const time = medianTime(samples) / ideal;
  return [
    {
      text: 'all delivered, none lost, twice, overlapping or out of order',
      measured: `in ${kept} of ${samples.length} rounds`,
      isReached: kept === samples.length,
    },
    { text: 'time <= 1.05 x ideal', measured: `${time.toFixed(3)} x`, isReached: time <= 1.05 },
  ];
}
