import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { inspect } from 'node:util';

import { LoggerProxy } from 'n8n-workflow';

// n8n-core reads its log level once and its logger keeps the console it finds then, so this module is imported first.
process.env.N8N_LOG_LEVEL = 'debug';

let log = '';

const sink = new Writable({
  write(chunk, _encoding, done) {
    log += String(chunk);
    done();
  },
});
globalThis.console = new Console({ stdout: sink, stderr: sink });

/** Keeps what the engine logs, too; to be called when the package is loaded, as its loader sets the engine's log anew. */
export function keepEngineLog(): void {
  const keep = (...parts: unknown[]) => {
    log += `${parts.map((part) => inspect(part, { depth: Infinity })).join(' ')}\n`;
  };
  LoggerProxy.init({ debug: keep, info: keep, warn: keep, error: keep });
}

/** Everything that n8n has logged since the last call, at every level. */
export function takeLog(): string {
  const taken = log;
  log = '';
  return taken;
}
