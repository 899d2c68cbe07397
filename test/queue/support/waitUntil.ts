import { setTimeout as sleep } from 'node:timers/promises';

/** The first result that is not undefined; throws if there is none in time. `what` says what was waited for. */
export async function waitUntil<T>(
  what: string,
  withinMs: number,
  look: () => T | undefined | Promise<T | undefined>,
  everyMs = 250,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(everyMs);
  }
  throw new Error(`Waited ${withinMs / 1000} s in vain for ${what}`);
}
