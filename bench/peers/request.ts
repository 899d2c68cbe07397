import type { Work } from '../work';

/** The path of Analyze. */
export const ANALYZE = '/generativeagent/v1/analyze';

/** The body of Analyze for a message, sent now. */
export function analyzeBody({ conversationId, customer, text }: Work) {
  return {
    conversationId,
    message: {
      text,
      sender: { role: 'customer', externalId: customer },
      timestamp: new Date().toISOString(),
    },
  };
}

/** Runs `task` for every entry, at most `concurrency` at the same time; results in the order of the entries. */
export async function inPool<Entry, Result>(
  entries: readonly Entry[],
  concurrency: number,
  task: (entry: Entry) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(entries.length);
  let next = 0;
  const worker = async () => {
    while (next < entries.length) {
      const index = next++;
      results[index] = await task(entries[index] as Entry);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}
