import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { parseReadSettings, type ReadSettings } from './conversations/reads';
import { parseFaults } from './faultDefinition';
import type { SandboxOptions } from './index';
import { MAX_LATENCY, type Latency } from './latency';
import type { SpikeArrest } from './rateLimit';
import { parseMisbehaviours } from './streams/misbehaviour';
import { parseWebhookTarget, type WebhookTarget } from './webhook';

/** What `--help` prints. */
export const USAGE = `Usage: npm run sandbox -- [options]

A local ASAPP on 127.0.0.1, for trying workflows and their failures. See docs/sandbox.md.

  --port <number>        port to listen on, 0 for any free one (4010)
  --api-id <text>        API id that requests must carry (sandbox-id)
  --api-secret <text>    API secret that requests must carry (sandbox-secret)
  --latency <ms>         hold back every answer; 50-200 draws from a range
  --requests-per-second <number>
                         answer 429 to more than this in any one second
  --spike-arrest <number>
                         answer 429 to what does not come at even distances, so
                         many a second; 100/5 lets 5 come at once
  --refuse-overlaps      answer 409 to a change of a conversation while another
                         one is under way there
  --faults <file.json>   JSON array of faults that are set from the start
  --event-delay <ms>     how long GenerativeAgent takes before each event (50);
                         20-500 draws from a range
  --stream-port <number> port of the event streams, 0 for any free one (0)
  --misbehaviours <file.json>
                         JSON array of misbehaviours of streams, set from the start
  --webhook-url <url>    post every event there as well
  --webhook-secret-header <name:value>
                         header that goes along with them
  --webhook-secret-query <name:value>
                         query parameter that goes along with them
  --time-digits <number> digits of a second that a time keeps when it is read
  --redact <pattern>     black out what the pattern finds when a text is read
  --visible-after <ms>   show a message only so long after it was stored
  --reply-role <role>    role of a stored reply: agent, customer or system (system)
  --help                 print this
`;

const DEFAULT_PORT = 4010;

function parsePort(option: string, text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new Error(`${option} must be a number from 0 to 65535, not "${text}"`);
  }
  return Number(text);
}

function parseLatency(option: string, text: string): Latency {
  const [, first = '', second] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
  const min = Number(first);
  const max = Number(second ?? first);
  if (first === '' || max > MAX_LATENCY || min > max) {
    throw new Error(
      `${option} must be milliseconds up to ${MAX_LATENCY} or a range like 50-200, not "${text}"`,
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

function parseSpikeArrest(text: string): SpikeArrest {
  const [, rate = '', burst = '1'] = /^([1-9]\d{0,5})(?:\/([1-9]\d{0,5}))?$/.exec(text) ?? [];
  if (rate === '') {
    throw new Error(
      `--spike-arrest must be a whole number from 1 to 999999, or two like 100/5, not "${text}"`,
    );
  }
  return { requestsPerSecond: Number(rate), burst: Number(burst) };
}

/** What a JSON file says, checked by `parse`. */
function readFile<Value>(option: string, file: string, parse: (value: unknown) => Value): Value {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${option}: cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${option}: ${file} is not JSON`);
  }
  try {
    return parse(value);
  } catch (error) {
    throw new Error(`${option}: ${file}: ${(error as Error).message}`);
  }
}

/** A secret from `name:value`. The message does not repeat it. */
function parseSecret(place: 'header' | 'query', text: string): NonNullable<WebhookTarget['secret']> {
  const colon = text.indexOf(':');
  if (colon < 1 || colon === text.length - 1) {
    throw new Error(`--webhook-secret-${place} must be a name and a value with a colon between them`);
  }
  return { in: place, name: text.slice(0, colon), value: text.slice(colon + 1).trim() };
}

interface WebhookArguments {
  readonly 'webhook-url'?: string | undefined;
  readonly 'webhook-secret-header'?: string | undefined;
  readonly 'webhook-secret-query'?: string | undefined;
}

function parseWebhook(values: WebhookArguments): WebhookTarget | undefined {
  const { 'webhook-url': url, 'webhook-secret-header': header, 'webhook-secret-query': query } = values;
  if (header !== undefined && query !== undefined) {
    throw new Error('--webhook-secret-header and --webhook-secret-query exclude each other');
  }
  if (url === undefined) {
    if (header === undefined && query === undefined) return undefined;
    throw new Error('a secret of the webhook needs --webhook-url');
  }
  const secret =
    header !== undefined
      ? parseSecret('header', header)
      : query !== undefined
        ? parseSecret('query', query)
        : undefined;
  try {
    return parseWebhookTarget({ url, ...(secret && { secret }) });
  } catch (error) {
    throw new Error(`--webhook: ${(error as Error).message}`);
  }
}

/** One setting of {@link ReadSettings}. The message names the option instead of the field. */
function parseRead(option: string, field: keyof ReadSettings, value: unknown): ReadSettings {
  try {
    return parseReadSettings({ [field]: value });
  } catch (error) {
    throw new Error((error as Error).message.replace(field, `--${option}`));
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
      'spike-arrest': { type: 'string' },
      'refuse-overlaps': { type: 'boolean' },
      faults: { type: 'string' },
      'event-delay': { type: 'string' },
      'stream-port': { type: 'string' },
      misbehaviours: { type: 'string' },
      'webhook-url': { type: 'string' },
      'webhook-secret-header': { type: 'string' },
      'webhook-secret-query': { type: 'string' },
      'time-digits': { type: 'string' },
      redact: { type: 'string' },
      'visible-after': { type: 'string' },
      'reply-role': { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  const reads: ReadSettings = {
    ...(values['time-digits'] !== undefined &&
      parseRead('time-digits', 'timeDigits', Number(values['time-digits']))),
    ...(values.redact !== undefined && parseRead('redact', 'redact', values.redact)),
    ...(values['visible-after'] !== undefined &&
      parseRead('visible-after', 'visibleAfter', Number(values['visible-after']))),
    ...(values['reply-role'] !== undefined && parseRead('reply-role', 'replyRole', values['reply-role'])),
  };
  const webhook = parseWebhook(values);
  return {
    port: values.port === undefined ? DEFAULT_PORT : parsePort('--port', values.port),
    ...(values['api-id'] !== undefined && { apiId: values['api-id'] }),
    ...(values['api-secret'] !== undefined && { apiSecret: values['api-secret'] }),
    ...(values.latency !== undefined && { latency: parseLatency('--latency', values.latency) }),
    ...(values['requests-per-second'] !== undefined && {
      requestsPerSecond: parseRate(values['requests-per-second']),
    }),
    ...(values['spike-arrest'] !== undefined && { spikeArrest: parseSpikeArrest(values['spike-arrest']) }),
    ...(values['refuse-overlaps'] === true && { refuseOverlaps: true }),
    ...(values.faults !== undefined && { faults: readFile('--faults', values.faults, parseFaults) }),
    ...(values['event-delay'] !== undefined && {
      eventDelay: parseLatency('--event-delay', values['event-delay']),
    }),
    ...(values['stream-port'] !== undefined && {
      streamPort: parsePort('--stream-port', values['stream-port']),
    }),
    ...(values.misbehaviours !== undefined && {
      misbehaviours: readFile('--misbehaviours', values.misbehaviours, parseMisbehaviours),
    }),
    ...(webhook !== undefined && { webhook }),
    ...(Object.keys(reads).length > 0 && { reads }),
  };
}
