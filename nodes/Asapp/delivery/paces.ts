import { Pace } from './pace';

const paces = new Map<string, Pace>();

/**
 * Joins the pace of everything in this process that names the same key, at `rate` starts a second; call `leave` when
 * done. A key is kept only while its past matters, so give one that may be kept: no secret in a readable form.
 */
export function joinPace(key: string, rate: number): { pace: Pace; leave: () => void } {
  const pace = paces.get(key) ?? new Pace();
  paces.set(key, pace);
  pace.join(rate);
  const leave = () => {
    pace.leave(rate);
    forgetWhenPast(key, pace);
  };
  return { pace, leave };
}

/** The keys that are kept at the moment. */
export function keptPaces(): string[] {
  return [...paces.keys()];
}

function forgetWhenPast(key: string, pace: Pace): void {
  const { remaining } = pace;
  if (remaining === undefined) return;
  // A timer that keeps no process alive, unlike sleep.
  AbortSignal.timeout(Math.ceil(remaining) + 1).addEventListener('abort', () => {
    if (pace.remaining === 0 && paces.get(key) === pace) paces.delete(key);
    else if (paces.get(key) === pace) forgetWhenPast(key, pace);
  });
}
