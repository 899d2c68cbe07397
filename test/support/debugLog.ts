import { inspect } from 'node:util';

import { LoggerProxy } from 'n8n-workflow';

// n8n-core reads its log level once and its logger keeps the console it finds then, so this module is imported first.
process.env.N8N_LOG_LEVEL = 'debug';

const lines: string[] = [];

/** Keeps what is written instead of showing it. */
function keep(...parts: unknown[]): void {
  lines.push(
    parts.map((part) => (typeof part === 'string' ? part : inspect(part, { depth: Infinity }))).join(' '),
  );
}

for (const method of ['debug', 'info', 'log', 'warn', 'error'] as const) console[method] = keep;

/** Keeps what the engine logs, too; to be called when the package is loaded, as its loader sets the engine's log anew. */
export function keepEngineLog(): void {
  LoggerProxy.init({ debug: keep, info: keep, warn: keep, error: keep });
}

/** Everything that n8n has logged since the last call, at every level. */
export function takeLog(): string {
  return lines.splice(0).join('\n');
}
