import { inspect } from 'node:util';

import type { IRun } from 'n8n-workflow';

/** A secret in every form in which it could get out. */
export function formsOf(secret: string): string[] {
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
  ];
}

/** Everything that an execution leaves behind: what it stores, and `log`. */
export function traceOf({ data }: IRun, log: string): string {
  // The stack of an execution names the node with its parameters, which are the workflow itself.
  const { resultData } = data;
  return [
    inspect(resultData, {
      depth: Infinity,
      showHidden: true,
      getters: true,
      maxStringLength: null,
      maxArrayLength: null,
    }),
    JSON.stringify(resultData),
    inspect(resultData.error, { depth: Infinity, showHidden: true }),
    String(resultData.error?.stack),
    log,
  ].join('\n');
}

/** Fails with the surroundings of the first of `parts` that is in `trace`. */
export function expectNoneOf(parts: string[], trace: string): void {
  for (const part of parts) {
    const at = trace.indexOf(part);
    if (at !== -1) throw new Error(`${part} is in ${trace.slice(Math.max(0, at - 200), at + 200)}`);
  }
}
