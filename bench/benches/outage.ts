import { jobFor, withAsapp, type BenchContext, type BenchResult, type Target } from '../bench';
import type { PlannedOutage } from '../asapp';
import { CONCURRENCY, LATENCY } from '../limitedApi';
import { median } from '../measure';
import { duration, whole } from '../report/format';
import { messages } from '../work';
import { Workers } from '../workers';

const LIMIT = 100;
const MESSAGES = 600;
const SECONDS = 20;

/** Nobody listens to so many, for so long. */
const UNHEARD = 10_000;
const PATIENCE = 5;

const OUTAGES: ReadonlyArray<{ name: string; outage: PlannedOutage['outage'] }> = [
  { name: '503', outage: { how: 'status', status: 503, seconds: SECONDS } },
  { name: 'refused', outage: { how: 'refused', seconds: SECONDS } },
  { name: '500', outage: { how: 'status', status: 500, seconds: SECONDS } },
  { name: '502 of a gateway', outage: { how: 'html', status: 502, seconds: SECONDS } },
  { name: 'reset', outage: { how: 'reset', seconds: SECONDS } },
];

interface Round {
  readonly delivered: number;
  readonly failed: number;
  readonly inDoubt: number;
  readonly into: number;
  /** From the end of the outage to the end of the run, in ms. */
  readonly after: number;
  readonly twice: number;
  readonly hints: readonly string[];
}

/** ASAPP is down in the middle of a run, or all the time. */
export async function outage(context: BenchContext): Promise<BenchResult[]> {
  const rounds = Math.min(context.rounds, 3);
  const workers = await Workers.start(1);
  try {
    const rows: Array<{ name: string; rounds: Round[] }> = OUTAGES.map(({ name }) => ({ name, rounds: [] }));
    const unheard: Array<{ ms: number; connections: number; failed: number }> = [];
    for (let round = 0; round < rounds; round++) {
      for (const [index, { name, outage: kind }] of OUTAGES.entries()) {
        const seconds = context.quick ? 3 : SECONDS;
        const found = await through(workers, { outage: { ...kind, seconds }, afterMessages: MESSAGES / 2 });
        context.say(`  ${name}: ${JSON.stringify(found)}`);
        rows[index]?.rounds.push(found);
      }
      const found = await toNobody(workers, context.quick ? 1_000 : UNHEARD);
      context.say(`  nobody listens: ${JSON.stringify(found)}`);
      unheard.push(found);
    }
    return [report(rows), reportUnheard(unheard)];
  } finally {
    await workers.stop();
  }
}

async function through(workers: Workers, planned: PlannedOutage): Promise<Round> {
  return await withAsapp({ latency: LATENCY, requestsPerSecond: LIMIT }, async (asapp) => {
    await asapp.reset();
    await asapp.plan(planned);
    const job = jobFor(asapp, {
      work: messages(MESSAGES, MESSAGES),
      concurrency: CONCURRENCY,
      requestsPerSecond: LIMIT,
    });
    const [end] = await workers.run([{ job, options: {} }]);
    const { outage: times = { from: 0, to: 0 }, twice } = await asapp.summary();
    const {
      delivered = 0,
      failed = 0,
      inDoubt = 0,
      finishedAt = 0,
      connectedAt = [],
      hints = [],
    } = end ?? {};
    return {
      delivered,
      failed: failed - inDoubt,
      inDoubt,
      into: connectedAt.filter((at) => at >= times.from && at < times.to).length,
      after: finishedAt - times.to,
      twice,
      hints,
    };
  });
}

async function toNobody(workers: Workers, count: number) {
  // An ASAPP that has ended: its port is free.
  const address = await withAsapp({}, async (asapp) => asapp.address);
  const job = {
    url: address.url,
    apiId: address.apiId,
    apiSecret: address.apiSecret,
    work: messages(count, count),
    concurrency: CONCURRENCY,
    requestsPerSecond: LIMIT,
  };
  const start = performance.timeOrigin + performance.now();
  const [end] = await workers.run([{ job, options: { maxOutage: PATIENCE } }]);
  return {
    ms: (end?.finishedAt ?? NaN) - start,
    connections: end?.connectedAt.length ?? NaN,
    failed: end?.failed ?? NaN,
  };
}

function report(rows: ReadonlyArray<{ name: string; rounds: readonly Round[] }>): BenchResult {
  const most = (rounds: readonly Round[], of: (round: Round) => number) => Math.max(...rounds.map(of));
  return {
    title: `an outage of ${SECONDS} s`,
    work: `${MESSAGES} messages in as many conversations, ${LIMIT} a second, answers after ${LATENCY.min}-${LATENCY.max} ms; when half of them were accepted, ASAPP is down for ${SECONDS} s. Counts are the worst of ${rows[0]?.rounds.length ?? 0} rounds.`,
    columns: ['outage', 'failed', 'in doubt', 'twice', 'connections into it', 'over after its end', 'worst'],
    rows: rows.map(({ name, rounds }) => [
      name,
      whole(most(rounds, ({ failed }) => failed)),
      whole(most(rounds, ({ inDoubt }) => inDoubt)),
      whole(most(rounds, ({ twice }) => twice)),
      whole(most(rounds, ({ into }) => into)),
      duration(median(rounds.map(({ after }) => after))),
      duration(most(rounds, ({ after }) => after)),
    ]),
    chart: { title: '', bars: [] },
    targets: rows.flatMap(({ name, rounds }): Target[] => {
      const failed = most(rounds, (round) => round.failed + (name === 'reset' ? 0 : round.inDoubt));
      const into = most(rounds, (round) => round.into);
      const after = most(rounds, (round) => round.after);
      return [
        { text: `${name}: nothing failed`, measured: whole(failed), isReached: failed === 0 },
        { text: `${name}: <= 60 connections into it`, measured: whole(into), isReached: into <= 60 },
        {
          text: `${name}: over within 12 s of its end`,
          measured: duration(after),
          isReached: after <= 12_000,
        },
      ];
    }),
    notes: rows.flatMap(({ rounds }) => (rounds[0]?.hints ?? []).slice(0, 1)),
  };
}

function reportUnheard(
  rounds: ReadonlyArray<{ ms: number; connections: number; failed: number }>,
): BenchResult {
  const ms = Math.max(...rounds.map((round) => round.ms));
  const connections = Math.max(...rounds.map((round) => round.connections));
  return {
    title: 'nobody listens',
    work: `${whole(UNHEARD)} messages to a port where nobody listens, Max Outage ${PATIENCE}. Worst of ${rounds.length} rounds.`,
    columns: ['time', 'connections', 'failed'],
    rows: [[duration(ms), whole(connections), whole(Math.min(...rounds.map(({ failed }) => failed)))]],
    chart: { title: '', bars: [] },
    targets: [
      { text: 'done within 12 s', measured: duration(ms), isReached: ms <= 12_000 },
      { text: '<= 60 connections', measured: whole(connections), isReached: connections <= 60 },
    ],
  };
}
