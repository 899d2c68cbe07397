import { jobFor, keptItsPromises, sample, withAsapp, type BenchContext, type BenchResult } from '../bench';
import { cleanHeap, withMemory } from '../measure';
import { duration, megabytes, whole } from '../report/format';
import { messages } from '../work';

/** Every so many conversations fail once: with ten messages each, that is 2 % of the messages. */
const FAULTY = 5;
/** Among those, every so many with a 429, which holds everyone up for a second. */
const RATE_LIMITED = 50;

/** A large run in which much goes wrong for a while. */
export async function faults(context: BenchContext): Promise<BenchResult[]> {
  const count = context.quick ? 1_000 : 50_000;
  const conversations = count / 10;
  return await withAsapp({}, async (asapp) => {
    const work = messages(count, conversations, nameOf);
    const job = jobFor(asapp, { work, concurrency: 20, requestsPerSecond: 5_000 });
    const heapBefore = cleanHeap();
    const { result, memory } = await withMemory(() => sample(asapp, () => context.peers.ours.deliver(job)));
    const { delivered, twice, overlapping, outOfOrder, statuses } = result.summary;
    const isKept = keptItsPromises(result, count) && result.succeeded;
    return [
      {
        title: 'a large run with faults',
        work: `${whole(count)} messages in ${whole(conversations)} conversations, 20 in flight; 2 % of the messages are answered with 503 or 429 (one in ${RATE_LIMITED} of them, Retry-After 1 s) the first time.`,
        columns: [
          'delivered',
          'lost',
          'twice',
          'overlapping',
          'out of order',
          '503',
          '429',
          'heap',
          'resident',
          'time',
        ],
        rows: [
          [
            whole(delivered),
            whole(count - delivered),
            whole(twice),
            whole(overlapping),
            whole(outOfOrder),
            whole(statuses['503'] ?? 0),
            whole(statuses['429'] ?? 0),
            megabytes(memory.peakHeap),
            megabytes(memory.peakResident),
            duration(result.ms),
          ],
        ],
        chart: { title: '', bars: [] },
        targets: [
          {
            text: 'complete, nothing lost, twice, overlapping or out of order',
            measured: isKept ? 'yes' : 'no',
            isReached: isKept,
          },
        ],
        notes: [
          `Heap in use before the run: ${megabytes(heapBefore)} (n8n's engine and the items among them).`,
        ],
      },
    ];
  });
}

/** The special conversation ids of docs/sandbox.md. */
function nameOf(conversation: number): string {
  if (conversation % FAULTY !== 0) return `BENCH${conversation}`;
  const isLimited = (conversation / FAULTY) % RATE_LIMITED === 0;
  return `FAULT${isLimited ? '429TIMES1RETRYAFTER1' : '503TIMES1'}ID${conversation}`;
}
