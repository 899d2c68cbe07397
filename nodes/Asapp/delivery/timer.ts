import * as n8n from 'n8n-workflow';

/** Up to 2.33, n8n's `sleep` knows no signal, and `sleepWithAbort` stands beside it; later there is only the one. */
const sleep = (n8n as { sleepWithAbort?: typeof n8n.sleep }).sleepWithAbort ?? n8n.sleep;

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
  const slept = sleep(ms, controller.signal).catch(() => {});
  return { over: Promise.race([slept, cut]), cut: () => controller.abort() };
}
