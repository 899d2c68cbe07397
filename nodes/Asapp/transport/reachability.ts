/** For how many ms an answer of a host counts. */
const VALID_FOR = 10_000;

interface Check {
  readonly startedAt: number;
  readonly answer: Promise<unknown>;
}

const checks = new Map<string, Check>();

/**
 * Resolves when `ask` has got an answer from this host; one that is under way, or not older than 10 s, is not asked for
 * again. n8n's HTTP Request node asks before each of its requests, and hundreds of items would double what ASAPP counts
 * against its limit.
 *
 * @throws what `ask` throws; the next call then asks anew.
 */
export async function checkReachability(baseUrl: string, ask: () => Promise<unknown>): Promise<void> {
  const now = Date.now();
  for (const [host, { startedAt }] of checks) {
    if (now - startedAt > VALID_FOR) checks.delete(host);
  }
  const check = checks.get(baseUrl) ?? { startedAt: now, answer: keptUnlessFailed(baseUrl, ask()) };
  checks.set(baseUrl, check);
  await check.answer;
}

/** The same answer; a failure is forgotten. */
function keptUnlessFailed(baseUrl: string, answer: Promise<unknown>): Promise<unknown> {
  answer.catch(() => checks.delete(baseUrl));
  return answer;
}
