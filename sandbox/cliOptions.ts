import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { parseFaults } from './faultDefinition';
import type { SandboxOptions } from './index';
import { MAX_LATENCY, type Latency } from './latency';

/** What `--help` prints. */
export const USAGE = `Usage: npm run sandbox -- [options]

A local ASAPP on 127.0.0.1, for trying workflows and their failures. See docs/sandbox.md.

  --port <number>        port to listen on, 0 for any free one (4010)
  --api-id <text>        API id that requests must carry (sandbox-id)
  --api-secret <text>    API secret that requests must carry (sandbox-secret)
  --latency <ms>         hold back every answer; 50-200 draws from a range
  --requests-per-second <number>
                         answer 429 to more than this in any one second
  --faults <file.json>   JSON array of faults that are set from the start
  --help                 print this
`;

const DEFAULT_PORT = 4010;

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, not "${text}"`);
  }
  return Number(text);
}

function parseLatency(text: string): Latency {
  const [, first = '', second] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
  const min = Number(first);
  const max = Number(second ?? first);
  if (first === '' || max > MAX_LATENCY || min > max) {
    throw new Error(
      `--latency must be milliseconds up to ${MAX_LATENCY} or a range like 50-200, not "${text}"`,
    );
  }
  return min === max ? min : { min, max };
}

function parseRate(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new Error(`--requests-per-second must be a whole number from 1 to 999999, not "${text}"`);
  }
  return Number(text);
}

function readFaults(file: string): NonNullable<SandboxOptions['faults']> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`--faults: cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`--faults: ${file} is not JSON`);
  }
  try {
    return parseFaults(value);
  } catch (error) {
    throw new Error(`--faults: ${file}: ${(error as Error).message}`);
  }
}

/** Reads the command line; `help` if that is all it asks for. Throws an Error with a line for people. */
export function parseCommandLine(args: readonly string[]): SandboxOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      'api-id': { type: 'string' },
      'api-secret': { type: 'string' },
      latency: { type: 'string' },
      'requests-per-second': { type: 'string' },
      faults: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  return {
    port: values.port === undefined ? DEFAULT_PORT : parsePort(values.port),
    ...(values['api-id'] !== undefined && { apiId: values['api-id'] }),
    ...(values['api-secret'] !== undefined && { apiSecret: values['api-secret'] }),
    ...(values.latency !== undefined && { latency: parseLatency(values.latency) }),
    ...(values['requests-per-second'] !== undefined && {
      requestsPerSecond: parseRate(values['requests-per-second']),
    }),
    ...(values.faults !== undefined && { faults: readFaults(values.faults) }),
  };
}
