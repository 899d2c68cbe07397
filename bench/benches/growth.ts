import { jobFor, keptItsPromises, sample, withAsapp, type BenchContext, type BenchResult } from '../bench';
import { median, withMemory, type Memory } from '../measure';
import type { Peer } from '../peers';
import { megabytes, ratio, whole } from '../report/format';
import { messages } from '../work';

interface Run {
  readonly perItem: number;
  readonly cpuPerItem: number;
  readonly memory: Memory;
  readonly isComplete: boolean;
}

/** Whether many items cost more each than few. */
export async function growth(context: BenchContext): Promise<BenchResult[]> {
  const sizes = context.quick ? [200, 1_000] : [1_000, 10_000, 50_000];
  const compared = [context.peers.ours, context.peers.helperPool];
  return await withAsapp({}, async (asapp) => {
    const run = async (peer: Peer, count: number): Promise<Run> => {
      const job = jobFor(asapp, {
        work: messages(count, count / 10),
        concurrency: 10,
        requestsPerSecond: 5_000,
      });
      const { result, memory } = await withMemory(() => sample(asapp, () => peer.deliver(job)));
      return {
        perItem: result.ms / count,
        cpuPerItem: result.cpu / count,
        memory,
        isComplete: keptItsPromises(result, count),
      };
    };
    const [smallest = 0] = sizes;
    for (const peer of compared) for (let times = 0; times < 4; times++) await run(peer, smallest);
    const runs = new Map<string, Run[]>();
    for (const size of sizes) {
      context.say(`  growth, ${whole(size)} …`);
      for (const peer of compared) {
        const key = `${peer.name} ${size}`;
        const many = Math.max(1, Math.min(9, Math.round(10_000 / size)));
        for (let times = 0; times < many; times++) add(runs, key, await run(peer, size));
        // The machine is not the same all the time: the small run stands beside each larger one.
        if (size !== smallest)
          for (let times = 0; times < 5; times++)
            add(runs, `${peer.name} ${smallest}`, await run(peer, smallest));
      }
    }
    return [report(compared, sizes, runs)];
  });
}

function add(runs: Map<string, Run[]>, key: string, run: Run): void {
  runs.set(key, [...(runs.get(key) ?? []), run]);
}

function report(peers: readonly Peer[], sizes: readonly number[], runs: Map<string, Run[]>): BenchResult {
  const [smallest = 0] = sizes;
  const largest = sizes.at(-1) ?? 0;
  const of = (peer: Peer, size: number) => runs.get(`${peer.name} ${size}`) ?? [];
  const time = (peer: Peer, size: number) => median(of(peer, size).map(({ perItem }) => perItem));
  const cpu = (peer: Peer, size: number) => median(of(peer, size).map(({ cpuPerItem }) => cpuPerItem));
  const [own] = peers as [Peer, ...Peer[]];
  const all = peers.flatMap((peer) => sizes.map((size) => ({ peer, size })));
  const growthOf = time(own, largest) / time(own, smallest);
  const isComplete = sizes.every((size) => of(own, size).every((run) => run.isComplete));
  return {
    title: 'growth',
    work: `Runs of ${sizes.map(whole).join(', ')} messages, ten in each conversation, without latency, 10 in flight. The bare helper keeps neither order nor pace; it shows what the engine, its HTTP helper and the local ASAPP do as runs grow.`,
    columns: [
      `time per item / at ${whole(smallest)}`,
      'peer',
      'messages',
      'per item',
      'processor time',
      'heap',
      'resident',
    ],
    rows: all.map(({ peer, size }) => {
      const memory = of(peer, size).map((run) => run.memory);
      const heap = Math.max(...memory.map(({ peakHeap }) => peakHeap));
      return [
        ratio(time(peer, size) / time(peer, smallest)),
        peer.name,
        whole(size),
        `${time(peer, size).toFixed(3)} ms`,
        `${cpu(peer, size).toFixed(3)} ms`,
        megabytes(heap),
        megabytes(Math.max(...memory.map(({ peakResident }) => peakResident))),
      ];
    }),
    chart: {
      title: 'time per item',
      bars: all.map(({ peer, size }) => ({
        name: `${peer.name}, ${whole(size)}`,
        value: time(peer, size),
        label: `${time(peer, size).toFixed(3)} ms`,
      })),
    },
    targets: [
      {
        text: `time per item at ${whole(largest)} <= 1.15 x at ${whole(smallest)}`,
        measured: `${growthOf.toFixed(3)} x (processor time ${(cpu(own, largest) / cpu(own, smallest)).toFixed(3)} x)`,
        isReached: growthOf <= 1.15,
      },
      {
        text: 'all delivered once, in order',
        measured: isComplete ? 'yes' : 'no',
        isReached: isComplete,
      },
    ],
  };
}
