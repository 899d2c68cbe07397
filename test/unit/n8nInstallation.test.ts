import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const MODULE = pathToFileURL(resolve(__dirname, '../../scripts/n8n/installation.mjs')).href;

/** Small packages under the names that the installation asks for; this Node plays the one that n8n needs. */
const PACKAGES = [
  { name: 'n8n', version: '2.40.7', dependencies: { sqlite3: '5.1.7' }, files: {} },
  { name: 'sqlite3', version: '5.1.7', files: { 'index.js': 'module.exports = {};' } },
  {
    name: 'node',
    version: '24.21.0',
    files: { 'bin/node': `#!/bin/sh\nexec "${process.execPath}" "$@"\n` },
  },
];

let folder: string;
let registry: Server;
let url: string;
/** Paths that were asked for; tarballs are held back while `holding`. */
let asked: string[] = [];
let holding = false;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'asapp-installation-test-'));
  for (const one of PACKAGES) pack(one);
  registry = createServer((request, response) => {
    const path = (request.url ?? '').slice(1);
    asked.push(path);
    if (path.endsWith('.tgz')) {
      if (!holding) response.end(readFileSync(join(folder, path)));
      return;
    }
    const found = PACKAGES.find(({ name }) => name === path);
    response.statusCode = found === undefined ? 404 : 200;
    response.end(JSON.stringify(found === undefined ? {} : packument(found)));
  }).listen(0, '127.0.0.1');
  await once(registry, 'listening');
  url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
});
afterAll(() => {
  registry.closeAllConnections();
  registry.close();
  rmSync(folder, { recursive: true, force: true });
});

let cache: string;
let target: string;
beforeEach(() => {
  asked = [];
  holding = false;
  cache = mkdtempSync(join(folder, 'cache-'));
  target = join(cache, 'n8n-nodes-asapp', 'n8n-2.40.7');
});

function pack({ name, files, ...manifest }: (typeof PACKAGES)[number]): void {
  const source = join(folder, `${name}-source`, 'package');
  mkdirSync(join(source, 'bin'), { recursive: true });
  writeFileSync(join(source, 'package.json'), JSON.stringify({ name, ...manifest }));
  for (const [path, text] of Object.entries(files)) writeFileSync(join(source, path), text, { mode: 0o755 });
  const tarball = join(folder, `${name}.tgz`);
  execFileSync('tar', ['-czf', tarball, '-C', join(source, '..'), 'package']);
}

function packument({ name, version, dependencies }: (typeof PACKAGES)[number]): object {
  const manifest = { name, version, dependencies, dist: { tarball: `${url}/${name}.tgz` } };
  return { name, 'dist-tags': { latest: version }, versions: { [version]: manifest } };
}

interface Ended {
  code: number | null;
  output: string;
}

/** Starts an installation in a process of its own, which prints what it says and the folder at last. */
function start(from = url): { child: ChildProcess; ended: Promise<Ended> } {
  const code = `
    const { ensureN8n } = await import(${JSON.stringify(MODULE)});
    await ensureN8n(console.log).then(console.log, (error) => {
      console.log(error.message);
      process.exitCode = error.exitCode;
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd: cache,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      XDG_CACHE_HOME: cache,
      npm_config_registry: from,
      npm_config_cache: join(cache, 'npm'),
      npm_config_fetch_retries: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = once(child, 'close').then(([exitCode]) => ({ code: exitCode as number | null, output }));
  return { child, ended };
}

const install = async (from?: string): Promise<Ended> => await start(from).ended;
const beside = (): string[] => readdirSync(join(cache, 'n8n-nodes-asapp'));

/** An installation that is complete, to begin with. */
let complete: string;
function beginComplete(): void {
  cpSync(complete, target, { recursive: true, verbatimSymlinks: true });
}

test('brings everything once', async () => {
  const { code, output } = await install();
  expect(code).toBe(0);
  expect(output).toMatch(/installed in \d+ s\.\n/);
  expect(output.trimEnd().split('\n').at(-1)).toBe(target);
  expect(beside()).toEqual(['n8n-2.40.7']);
  for (const name of ['n8n', 'node', 'sqlite3']) {
    expect(existsSync(join(target, 'node_modules', name, 'package.json'))).toBe(true);
  }

  asked = [];
  expect(await install()).toEqual({ code: 0, output: `${target}\n` });
  expect(asked).toEqual([]);
  complete = target;
});

test.each([
  ['missing', (marker: string) => rmSync(marker)],
  ['garbled', (marker: string) => writeFileSync(marker, '{')],
])('fetches again when the marker is %s', async (_how, spoil) => {
  beginComplete();
  spoil(join(target, 'complete.json'));
  const { code, output } = await install();
  expect(code).toBe(0);
  expect(output).toContain(`${target} is not complete; removing it.\n`);
  expect(asked).toContain('n8n');
  expect(readFileSync(join(target, 'complete.json'))).toEqual(readFileSync(join(complete, 'complete.json')));
});

test('says in one line that the registry cannot be reached, and leaves nothing', async () => {
  const { code, output } = await install('http://127.0.0.1:9');
  expect(code).toBe(1);
  expect(output.trimEnd().split('\n').at(-1)).toMatch(
    /^Could not install n8n: the npm registry could not be reached \(ECONNREFUSED\)\. Check the network/,
  );
  expect(beside()).toEqual([]);
});

test('leaves nothing when interrupted, and recovers', async () => {
  holding = true;
  const { child, ended } = start();
  while (!asked.some((path) => path.endsWith('.tgz'))) await new Promise((go) => setTimeout(go, 20));
  child.kill('SIGINT');
  expect(await ended).toMatchObject({
    code: 130,
    output: expect.stringContaining('Installing n8n was interrupted.\n') as string,
  });
  expect(beside()).toEqual([]);

  holding = false;
  expect(await install()).toMatchObject({ code: 0 });
});

test('removes what a process left that was ended too hard to do so, and not what another is at', async () => {
  // No process has a number that high.
  const abandoned = `n8n-2.40.7.partial-${2 ** 30}`;
  const busy = `n8n-2.40.7.partial-${process.pid}`;
  beginComplete();
  for (const name of [abandoned, busy]) mkdirSync(join(cache, 'n8n-nodes-asapp', name));
  await install();
  expect(beside().sort()).toEqual(['n8n-2.40.7', busy]);
});
