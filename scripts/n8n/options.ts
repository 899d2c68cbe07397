import { parseArgs } from 'node:util';

/** Each takes 300 to 500 MB. */
const MOST_WORKERS = 16;

/** What `--help` prints. */
export const USAGE = `Usage: npm run n8n -- [options]

A whole n8n on this machine, with this package as a community node, the example workflows and a local ASAPP.
The first run brings n8n into a cache folder (2.8 GB). See docs/n8n.md.

  --port <number>          port of n8n, 0 for any free one (5678)
  --sandbox-port <number>  port of the local ASAPP, 0 for any free one (4010)
  --workers <number>       run n8n in queue mode with so many workers, with a Redis and a PostgreSQL of its own; see
                           docs/queue-mode.md (0)
  --fresh                  forget all workflows, credentials and executions of earlier runs first
  --help                   print this
`;

/** What a person asked for. */
export interface Options {
  port: number;
  sandboxPort: number;
  /** 0 for n8n's regular mode, in one process. */
  workers: number;
  fresh: boolean;
}

/** Reads the command line; `help` if that is all it asks for. Throws an Error with a line for people. */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '5678' },
      'sandbox-port': { type: 'string', default: '4010' },
      workers: { type: 'string', default: '0' },
      fresh: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    port: portOf('--port', values.port),
    sandboxPort: portOf('--sandbox-port', values['sandbox-port']),
    workers: workersOf(values.workers),
    fresh: values.fresh,
  };
}

function workersOf(text: string): number {
  if (!/^\d{1,2}$/.test(text) || Number(text) > MOST_WORKERS) {
    throw new Error(`--workers must be a number from 0 to ${MOST_WORKERS}, not "${text}"`);
  }
  return Number(text);
}

function portOf(option: string, text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new Error(`${option} must be a number from 0 to 65535, not "${text}"`);
  }
  return Number(text);
}
