import { LocalAsapp, type AsappOptions, type Summary } from './asapp';
import { median, timed } from './measure';
import type { Job, Peer, Peers } from './peers';

/** What every bench gets. */
export interface BenchContext {
  readonly peers: Peers;
  /** How often each peer is measured; benches that take long measure less often. */
  readonly rounds: number;
  /** Less work, to see whether everything runs; the numbers mean nothing. */
  readonly quick: boolean;
  /** Undefined when there is no openssl. */
  readonly tls: AsappOptions['tls'];
  say(line: string): void;
}

/** A promise in numbers, and what was measured. */
export interface Target {
  readonly text: string;
  readonly measured: string;
  readonly isReached: boolean;
}

/** What a bench found out. */
export interface BenchResult {
  readonly title: string;
  /** The work, in a sentence or two. */
  readonly work: string;
  readonly columns: readonly string[];
  readonly rows: ReadonlyArray<readonly string[]>;
  /** Bars of the chart: the first is this node. */
  readonly chart: { readonly title: string; readonly bars: readonly Bar[] };
  readonly targets: readonly Target[];
  readonly notes?: readonly string[];
}

/** One bar of a chart; `label` is shown behind it. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly label: string;
}

/** One measured delivery. */
export interface Sample {
  readonly ms: number;
  /** Processor time of this process, in ms: the local ASAPP has its own, and other programs do not disturb it much. */
  readonly cpu: number;
  /** Whether n8n counts the run as successful. */
  readonly succeeded: boolean;
  readonly summary: Summary;
}

/** Delivers once and asks the local ASAPP what arrived. */
export async function sample(
  asapp: LocalAsapp,
  deliver: () => Promise<boolean>,
  pause = 50,
): Promise<Sample> {
  await asapp.reset();
  await new Promise((resolve) => setTimeout(resolve, pause));
  let succeeded = false;
  const before = process.cpuUsage();
  const ms = await timed(async () => {
    succeeded = await deliver();
  });
  const { user, system } = process.cpuUsage(before);
  return { ms, cpu: (user + system) / 1_000, succeeded, summary: await asapp.summary() };
}

/** Starts a local ASAPP for the time of `task`. */
export async function withAsapp<Result>(
  options: AsappOptions,
  task: (asapp: LocalAsapp) => Promise<Result>,
): Promise<Result> {
  const asapp = await LocalAsapp.start(options);
  try {
    return await task(asapp);
  } finally {
    await asapp.stop();
  }
}

/** Runs the tasks round by round, each round starting with another one, and hands over what they measured. */
export async function interleaved<Result>(
  rounds: number,
  tasks: ReadonlyArray<() => Promise<Result>>,
): Promise<Result[][]> {
  const results: Result[][] = tasks.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (let step = 0; step < tasks.length; step++) {
      const index = (round + step) % tasks.length;
      const result = await (tasks[index] as () => Promise<Result>)();
      results[index]?.push(result);
    }
  }
  return results;
}

/** The median time of some samples, in ms. */
export function medianTime(samples: readonly Sample[]): number {
  return median(samples.map(({ ms }) => ms));
}

/** A job for the local ASAPP. */
export function jobFor(asapp: LocalAsapp, rest: Omit<Job, 'url' | 'apiId' | 'apiSecret'>): Job {
  const { url, apiId, apiSecret } = asapp.address;
  return { url, apiId, apiSecret, ...rest };
}

/** All messages of a job were delivered once, in order, none beside another of its conversation. */
export function keptItsPromises({ summary }: Sample, messages: number): boolean {
  const { delivered, twice, overlapping, outOfOrder } = summary;
  return delivered === messages && twice + overlapping + outOfOrder === 0;
}

/** A peer with the samples of all its rounds. */
export interface Measured {
  readonly peer: Peer;
  readonly samples: readonly Sample[];
}

/** Measures peers side by side on the same job. */
export async function measurePeers(
  context: BenchContext,
  asapp: LocalAsapp,
  peers: readonly Peer[],
  job: Job,
  { rounds = context.rounds, warmUp = 1 } = {},
): Promise<Measured[]> {
  const tasks = peers.map((peer) => () => sample(asapp, () => peer.deliver(job)));
  await interleaved(warmUp, tasks);
  const samples = await interleaved(rounds, tasks);
  return peers.map((peer, index) => ({ peer, samples: samples[index] ?? [] }));
}
