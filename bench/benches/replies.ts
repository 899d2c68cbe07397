import { jobFor, keptItsPromises, sample, withAsapp, type BenchContext, type BenchResult } from '../bench';
import { median, withMemory } from '../measure';
import { megabytes, whole } from '../report/format';
import { messages } from '../work';

/** What GenerativeAgent takes for each event, in ms. */
const EVENT_DELAY = 50;

/** What waiting adds to the time that GenerativeAgent takes itself. */
export async function replies(context: BenchContext): Promise<BenchResult[]> {
  const sizes = context.quick ? [1, 20] : [1, 20, 200];
  return await withAsapp({ generativeAgent: { eventDelay: EVENT_DELAY } }, async (asapp) => {
    const run = async (count: number) => {
      const work = messages(count, count);
      const job = jobFor(asapp, { work, concurrency: count, requestsPerSecond: 1_000 });
      let finishedAt = 0;
      const { result, memory } = await withMemory(() =>
        sample(asapp, async () => {
          const succeeded = await context.peers.oursWaiting.deliver(job);
          finishedAt = performance.timeOrigin + performance.now();
          return succeeded;
        }),
      );
      const { summary, succeeded } = result;
      return {
        lag: finishedAt - summary.lastEventAt,
        resident: memory.peakResident,
        streams: summary.streams,
        isWhole: succeeded && keptItsPromises(result, count),
      };
    };
    await run(1);
    const rounds = Math.max(context.rounds, 5);
    const measured = [];
    for (const count of sizes) {
      context.say(`  replies, ${count} …`);
      const runs = [];
      for (let round = 0; round < rounds; round++) runs.push(await run(count));
      measured.push({ count, runs });
    }
    const bars = measured.map(({ count, runs }) => {
      const lag = median(runs.map((one) => one.lag));
      return { name: `${whole(count)} at once`, value: lag, label: `${lag.toFixed(1)} ms` };
    });
    return [
      {
        title: 'replies',
        work: `Wait for Reply, one run with so many conversations that all wait at once; GenerativeAgent takes ${EVENT_DELAY} ms for each event. Added: from the last event being written by the local ASAPP to the end of the run, with the engine's own end of a run in it. Median of ${rounds} runs.`,
        columns: ['conversations', 'added', 'largest', 'streams a run', 'resident'],
        rows: measured.map(({ count, runs }, index) => [
          whole(count),
          bars[index]?.label ?? '',
          `${Math.max(...runs.map((one) => one.lag)).toFixed(1)} ms`,
          whole(Math.max(...runs.map((one) => one.streams))),
          megabytes(Math.max(...runs.map((one) => one.resident))),
        ]),
        chart: { title: 'added time', bars },
        targets: [
          {
            text: 'every reply heard, one stream a run',
            measured: measured.every(({ runs }) => runs.every((one) => one.isWhole && one.streams === 1))
              ? 'yes'
              : 'no',
            isReached: measured.every(({ runs }) => runs.every((one) => one.isWhole && one.streams === 1)),
          },
        ],
      },
    ];
  });
}
