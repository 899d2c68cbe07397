import { jobFor, measurePeers, medianTime, withAsapp, type BenchContext, type BenchResult } from '../bench';
import { duration, ratio, whole } from '../report/format';
import { messages } from '../work';

const LATENCY = 150;
/** What the node does when nobody sets anything. */
const CONCURRENCY = 10;

/** An API that takes its time: the node has to send side by side. */
export async function latency(context: BenchContext): Promise<BenchResult[]> {
  const count = context.quick ? 50 : 200;
  const { oursWithDefaults, helperPool, axiosPool } = context.peers;
  return await withAsapp({ latency: LATENCY }, async (asapp) => {
    const job = jobFor(asapp, {
      work: messages(count, count),
      concurrency: CONCURRENCY,
      requestsPerSecond: 100,
    });
    const compared = [oursWithDefaults, helperPool, axiosPool];
    const measured = await measurePeers(context, asapp, compared, job);
    const ideal = (count / CONCURRENCY) * LATENCY;
    const times = measured.map(({ peer, samples }) => ({ name: peer.name, time: medianTime(samples) }));
    const own = (times[0]?.time ?? NaN) / ideal;
    return [
      {
        title: 'latency',
        work: `${whole(count)} messages in as many conversations, answers after ${LATENCY} ms; the node as it comes (Max Concurrency ${CONCURRENCY}). Ideal: ${duration(ideal)}.`,
        columns: ['time / ideal', 'peer', 'time'],
        rows: times.map(({ name, time }) => [ratio(time / ideal), name, duration(time)]),
        chart: {
          title: 'time',
          bars: times.map(({ name, time }) => ({ name, value: time, label: duration(time) })),
        },
        targets: [{ text: 'time <= 1.15 x ideal', measured: `${own.toFixed(3)} x`, isReached: own <= 1.15 }],
      },
    ];
  });
}
