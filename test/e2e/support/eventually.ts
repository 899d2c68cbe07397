import { setTimeout as sleep } from 'node:timers/promises';

/** The first result that is not undefined; throws if there is none after 30 s. `what` says what was waited for. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(100);
  }
  throw new Error(`Waited 30 s in vain for ${what}`);
}
