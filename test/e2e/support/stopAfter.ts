import type { RunningN8n } from '../../../scripts/n8n/startN8n';

// jest loads the files of its global set-up and of its tear-down apart; `globalThis` is what they have in common.
const shared = globalThis as { e2eN8n?: RunningN8n };

/** Hands n8n from jest's set-up to its tear-down. */
export function keepForTeardown(n8n: RunningN8n): void {
  shared.e2eN8n = n8n;
}

/** Stops the n8n of all suites. */
export default async function stopAfter(): Promise<void> {
  await shared.e2eN8n?.close();
}
