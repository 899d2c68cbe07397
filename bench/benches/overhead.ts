import {
  jobFor,
  keptItsPromises,
  measurePeers,
  medianTime,
  withAsapp,
  type BenchContext,
  type BenchResult,
  type Measured,
  type Target,
} from '../bench';
import { median } from '../measure';
import { ratio, whole } from '../report/format';
import { messages } from '../work';

const CONCURRENCY = 10;
const PACE = 5_000;

/** What a message costs when the API costs nothing. */
export async function overhead(context: BenchContext): Promise<BenchResult[]> {
  const { peers, tls, quick } = context;
  const count = quick ? 200 : 2_000;
  const compared = [peers.ours, peers.helperPool, peers.declarative, peers.sequential, peers.axiosPool];
  return await withAsapp(tls === undefined ? {} : { tls }, async (asapp) => {
    const { url, secureUrl } = asapp.address;
    const results: BenchResult[] = [];
    for (const base of [url, secureUrl]) {
      if (base === undefined) continue;
      const scheme = new URL(base).protocol.replace(':', '');
      context.say(`  overhead, ${scheme} …`);
      // As many conversations as messages: order costs nobody time.
      const work = messages(count, count);
      const job = {
        ...jobFor(asapp, { work, concurrency: CONCURRENCY, requestsPerSecond: PACE }),
        url: base,
      };
      // A round varies by a tenth, which is what the helper's target leaves: only many of them tell. With a TLS
      // handshake a message, they take too long for that.
      const effort = scheme === 'https' ? { warmUp: 1 } : { warmUp: 2, rounds: 4 * context.rounds };
      results.push(report(scheme, count, await measurePeers(context, asapp, compared, job, effort)));
    }
    return results;
  });
}

function report(scheme: string, count: number, measured: readonly Measured[]): BenchResult {
  const [own] = measured as [Measured, ...Measured[]];
  const perSecond = (one: Measured) => (count / medianTime(one.samples)) * 1_000;
  return {
    title: `overhead, ${scheme}`,
    work: `${whole(count)} messages on loopback without latency, ${CONCURRENCY} in flight (the declarative twin sends all at once, the sequential node one). Rounds side by side after a warm-up; the ratio is the median of the rounds' own ratios.`,
    columns: [
      "this node's throughput / peer's",
      'peer',
      'messages a second',
      'processor time per message',
      'delivered',
    ],
    rows: measured.map((one) => [
      ratio(speedUp(own, one)),
      one.peer.name,
      whole(perSecond(one)),
      `${(median(one.samples.map(({ cpu }) => cpu)) / count).toFixed(2)} ms`,
      whole(Math.min(...one.samples.map(({ summary }) => summary.delivered))),
    ]),
    chart: {
      title: 'messages a second',
      bars: measured.map((one) => ({
        name: one.peer.name,
        value: perSecond(one),
        label: whole(perSecond(one)),
      })),
    },
    targets: [
      target(own, measured[1], 0.9),
      target(own, measured[2], 1.2),
      target(own, measured[3], 1.5),
      {
        text: 'all delivered once',
        measured: `in ${own.samples.filter((one) => keptItsPromises(one, count)).length} of ${own.samples.length} rounds`,
        isReached: own.samples.every((one) => keptItsPromises(one, count)),
      },
    ],
  };
}

/** Throughput of `own` over that of `other`, round by round: what disturbs a round disturbs both. */
function speedUp(own: Measured, other: Measured): number {
  return median(own.samples.map(({ ms }, round) => (other.samples[round]?.ms ?? NaN) / ms));
}

/** The same for the processor time of this process. */
function cpuRatio(own: Measured, other: Measured | undefined): number {
  return median(own.samples.map(({ cpu }, round) => (other?.samples[round]?.cpu ?? NaN) / cpu));
}

function target(own: Measured, other: Measured | undefined, atLeast: number): Target {
  const reached = other === undefined ? NaN : speedUp(own, other);
  return {
    text: `>= ${atLeast.toFixed(2)} x ${other?.peer.name ?? '?'}`,
    measured: `${reached.toFixed(3)} x (processor time ${cpuRatio(own, other).toFixed(3)} x)`,
    isReached: reached >= atLeast,
  };
}
