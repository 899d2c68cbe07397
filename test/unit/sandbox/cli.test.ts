import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import axios from 'axios';

import { parseCommandLine } from '../../../sandbox/cliOptions';
import { ANALYZE, analysis, until } from './client';
import { ask, listen, runsEnded } from './streamClient';

const SCRIPT = resolve(__dirname, '../../../scripts/sandbox.mjs');

interface Run {
  readonly child: ChildProcess;
  stdout: string;
  stderr: string;
  readonly exitCode: Promise<number | null>;
}

const running: ChildProcess[] = [];
const folder = mkdtempSync(join(tmpdir(), 'sandbox-cli-'));

function run(...args: string[]): Run {
  const child = spawn(process.execPath, [SCRIPT, ...args]);
  running.push(child);
  const exitCode = new Promise<number | null>((done) => child.on('close', done));
  const result: Run = { child, stdout: '', stderr: '', exitCode };
  child.stdout.on('data', (chunk: Buffer) => (result.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (result.stderr += chunk.toString()));
  return result;
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

afterAll(() => {
  for (const child of running) if (child.exitCode === null) child.kill();
  rmSync(folder, { recursive: true });
});

it('runs until it is told to stop, and logs one line for each request', async () => {
  const faults = file('ok.json', '[{"fault":"html","status":502,"operation":"health"}]');
  const webhook = ['--webhook-url', 'http://127.0.0.1:9/hidden', '--webhook-secret-header', 'x-key:hidden'];
  const cli = run(
    '--port',
    '0',
    '--api-id',
    'me',
    '--api-secret',
    'top-secret',
    '--faults',
    faults,
    ...webhook,
  );
  await until(() => cli.stdout.includes('(1 set)') || cli.child.exitCode !== null);
  const url = /ASAPP sandbox at (\S+)/.exec(cli.stdout)?.[1] ?? '';
  expect(cli.stdout).toContain(`Base URL    ${url}`);
  expect(cli.stdout).toContain('API ID      me');
  expect(cli.stdout).toContain('API Secret  top-secret');
  expect(cli.stdout).toContain(`${url}/sandbox/ledger`);
  expect(cli.stdout).toMatch(/Streams +http:\/\/127\.0\.0\.1:\d+ /);
  expect(cli.stdout).toContain('Webhook http://127.0.0.1:9\n');
  expect(cli.stdout).not.toContain('hidden');
  const banner = cli.stdout;

  const client = axios.create({
    baseURL: url,
    proxy: false,
    validateStatus: () => true,
    headers: { 'asapp-api-id': 'me', 'asapp-api-secret': 'top-secret' },
  });
  await client.get('/v1/health');
  await client.post(ANALYZE, analysis('C0NV'));
  await client.post(ANALYZE, analysis('two\nlines'));
  await client.post(ANALYZE, analysis('FAULTRESETAFTERREADING')).catch(() => undefined);
  await client.get('/v2');
  const lines = [
    'GET /v1/health - 502, fault html',
    `POST ${ANALYZE} C0NV 200`,
    `POST ${ANALYZE} two%0Alines 404`,
    `POST ${ANALYZE} FAULTRESETAFTERREADING fault resetAfterReading`,
    'GET /v2 - 404',
  ];
  await until(() => cli.stdout.includes('GET /v2'));
  expect(cli.stdout.slice(banner.length).trim().split('\n')).toEqual(lines);

  cli.child.kill('SIGTERM');
  expect(await cli.exitCode).toBe(0);
  await expect(client.get('/v1/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(cli.stderr).toBe('');
});

it('says in one line that the port is in use', async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const cli = run('--port', String(port));
  expect(await cli.exitCode).toBe(1);
  expect(cli.stderr).toBe(`Port ${port} of 127.0.0.1 is already in use\n`);
  server.close();
});

it('answers on the streams as its options say', async () => {
  const misbehaviours = file('misbehaviours.json', '[{"repeat":2}]');
  const cli = run('--port', '0', '--event-delay', '0', '--misbehaviours', misbehaviours);
  await until(() => cli.stdout.includes('Webhook none') || cli.child.exitCode !== null);
  const url = /ASAPP sandbox at (\S+)/.exec(cli.stdout)?.[1] ?? '';
  const sandbox = { url, apiId: 'sandbox-id', apiSecret: 'sandbox-secret' };
  const stream = await listen(sandbox);
  await ask(sandbox, 'A', 'Hello', { streamId: stream.streamId });
  await runsEnded(stream, 'A', 2);
  expect(stream.events).toHaveLength(8);
  cli.child.kill('SIGTERM');
  expect(await cli.exitCode).toBe(0);
  expect(await stream.ended).toBe('ECONNRESET');
});

it('says in one line what is wrong with the command line', async () => {
  const cli = run('--prot', '1');
  expect(await cli.exitCode).toBe(1);
  expect(cli.stderr).toMatch(/^Unknown option '--prot'.*\n$/);
});

it('prints its options for --help', async () => {
  const cli = run('--help');
  expect(await cli.exitCode).toBe(0);
  for (const option of ['--faults <file.json>', '--stream-port <number>', '--webhook-url <url>']) {
    expect(cli.stdout).toContain(option);
  }
});

describe('the command line', () => {
  it.each<[string[], object]>([
    [[], { port: 4010 }],
    [['--port', '0'], { port: 0 }],
    [['--latency', '20'], { port: 4010, latency: 20 }],
    [['--requests-per-second', '100'], { port: 4010, requestsPerSecond: 100 }],
    [['--spike-arrest', '100/5'], { port: 4010, spikeArrest: { requestsPerSecond: 100, burst: 5 } }],
    [['--refuse-overlaps'], { port: 4010, refuseOverlaps: true }],
    [['--latency', '20-50'], { port: 4010, latency: { min: 20, max: 50 } }],
    [['--event-delay', '0', '--stream-port', '4011'], { port: 4010, eventDelay: 0, streamPort: 4011 }],
    [
      ['--webhook-url', 'http://127.0.0.1/a', '--webhook-secret-header', 'X-Key: a:b'],
      {
        port: 4010,
        webhook: { url: 'http://127.0.0.1/a', secret: { in: 'header', name: 'X-Key', value: 'a:b' } },
      },
    ],
    [
      ['--webhook-url', 'https://localhost/', '--webhook-secret-query', 'key:a'],
      {
        port: 4010,
        webhook: { url: 'https://localhost/', secret: { in: 'query', name: 'key', value: 'a' } },
      },
    ],
    [
      ['--misbehaviours', file('crlf.json', '[{"lineEnd":"crlf"}]')],
      { port: 4010, misbehaviours: [{ lineEnd: 'crlf' }] },
    ],
    [
      ['--time-digits', '3', '--redact', '\\d', '--visible-after', '500', '--reply-role', 'agent'],
      { port: 4010, reads: { timeDigits: 3, redact: '\\d', visibleAfter: 500, replyRole: 'agent' } },
    ],
    [['--api-id', 'a', '--api-secret', 'b'], { port: 4010, apiId: 'a', apiSecret: 'b' }],
  ])('%j is read', (args, options) => {
    expect(parseCommandLine(args)).toEqual(options);
  });

  it.each<[string[], RegExp]>([
    [['--port', 'http'], /^--port must be a number from 0 to 65535, not "http"$/],
    [['--port', '65536'], /^--port /],
    [['--requests-per-second', '0'], /^--requests-per-second .*"0"$/],
    [['--latency', 'slow'], /^--latency .*"slow"$/],
    [['--latency', '50-20'], /^--latency /],
    [['--latency', '600001'], /^--latency /],
    [['extra'], /extra/],
    [['--event-delay', 'long'], /^--event-delay .*"long"$/],
    [['--stream-port', 'x'], /^--stream-port must be a number/],
    [['--webhook-secret-header', 'a:b'], /needs --webhook-url$/],
    [['--webhook-url', 'nowhere'], /^--webhook: url: /],
    [['--webhook-url', 'http://127.0.0.1', '--webhook-secret-header', 'a b:c'], /^--webhook: secret\.name: /],
    [
      ['--webhook-url', 'http://127.0.0.1', '--webhook-secret-query', 'nocolon'],
      /^--webhook-secret-query must/,
    ],
    [
      [
        '--webhook-url',
        'http://127.0.0.1',
        '--webhook-secret-query',
        'a:b',
        '--webhook-secret-header',
        'a:b',
      ],
      /exclude each other$/,
    ],
    [['--time-digits', '13'], /^--time-digits: /],
    [['--visible-after', 'soon'], /^--visible-after: /],
    [['--redact', '('], /^--redact: is no regular expression$/],
    [['--reply-role', 'bot'], /^--reply-role: /],
    [['--misbehaviours', file('odd.json', '[{"repaet":1}]')], /misbehaviour 1: .*'repaet'/],
    [['--faults', join(folder, 'none.json')], /^--faults: cannot read .*none\.json \(ENOENT\)$/],
    [['--faults', file('text.json', 'no')], /^--faults: .*text\.json is not JSON$/],
    [['--faults', file('object.json', '{}')], /expected an array of faults$/],
    [['--faults', file('bad.json', '[{"fault":"status","status":1}]')], /fault 1: status: /],
  ])('%j is refused', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});
