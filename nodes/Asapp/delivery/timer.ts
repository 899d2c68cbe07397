import { sleep } from 'n8n-workflow';

/** A wait that can be cut short: `over` resolves after `ms`, or when `cut` is called; it never rejects. */
export interface Timer {
  over: Promise<void>;
  cut(): void;
}

/** Starts a {@link Timer}; none is left running when it is cut, so that no process is kept alive by it. */
export function startTimer(ms: number): Timer {
  const controller = new AbortController();
  const cut = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  // An older n8n's sleep knows no signal; it then runs out by itself, and nobody waits for it.
  const slept = sleep(ms, controller.signal).catch(() => {});
  return { over: Promise.race([slept, cut]), cut: () => controller.abort() };
}
