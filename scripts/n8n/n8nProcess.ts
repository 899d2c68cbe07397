import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { n8nEnvironment, type N8nPlace } from './environment';
import { freePort } from './ports';
import { startGroup, untilReady, type ProcessGroup } from './processGroup';

const END_WITH_PARENT = pathToFileURL(join(__dirname, 'endWithParent.mjs')).href;
const LONGEST_START_MS = 180_000;
/** n8n itself gives its running workflows 10 s. */
const LONGEST_STOP_MS = 15_000;

/** A started process of n8n. Closing it ends its task runner, too. */
export interface N8nServer extends ProcessGroup {
  url: string;
}

/**
 * Starts n8n's server and waits until it serves. Rejects with the end of its log if it does not come up, and when
 * `signal` asks to stop meanwhile; no process is left then.
 */
export async function startServer(place: N8nPlace, port: number, signal?: AbortSignal): Promise<N8nServer> {
  return await startProcess('n8n', place, ['start'], port, signal);
}

/**
 * Starts a worker of n8n, with room for `concurrency` executions at a time, and waits until it is ready; otherwise as
 * {@link startServer}. The settings of the place must lead to the queue; the address of the result tells its health only.
 */
export async function startWorker(
  place: N8nPlace,
  concurrency: number,
  signal?: AbortSignal,
): Promise<N8nServer> {
  const port = await freePort();
  const health = {
    QUEUE_HEALTH_CHECK_ACTIVE: 'true',
    QUEUE_HEALTH_CHECK_PORT: String(port),
    N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
  };
  const settings = { ...place.settings, ...health };
  const args = ['worker', `--concurrency=${concurrency}`];
  return await startProcess('A worker of n8n', { ...place, settings }, args, port, signal);
}

async function startProcess(
  title: string,
  place: N8nPlace,
  args: readonly string[],
  port: number,
  signal?: AbortSignal,
): Promise<N8nServer> {
  const [command, words, options] = await commandLine(place, args, port);
  const logFile = join(place.userFolder, 'n8n.log');
  const group = startGroup(command, words, { ...options, logFile, longestStopMs: LONGEST_STOP_MS });
  const url = `http://127.0.0.1:${port}`;
  const isReady = async (): Promise<boolean> =>
    (await fetch(`${url}/healthz/readiness`).catch(() => undefined))?.ok ?? false;
  await untilReady(title, group, isReady, { longestMs: LONGEST_START_MS, signal });
  return { ...group, url };
}

/** What a command of n8n printed, and its exit code; null if a signal ended it. */
export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs n8n's command line, e.g. `['import:workflow', '--input=file.json']`; a server may run meanwhile. */
export async function runCli(place: N8nPlace, args: readonly string[]): Promise<CliResult> {
  const [command, words, options] = await commandLine(place, args, await freePort());
  // A group of its own: Ctrl-C ends it with this process alone.
  const child = spawn(command, words, {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  const result: CliResult = { code: null, stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (result.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (result.stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { ...result, code };
}

async function commandLine(
  place: N8nPlace,
  args: readonly string[],
  port: number,
): Promise<[string, string[], { cwd: string; env: NodeJS.ProcessEnv }]> {
  const modules = join(place.installation, 'node_modules');
  return [
    join(modules, 'node/bin/node'),
    ['--import', END_WITH_PARENT, join(modules, 'n8n/bin/n8n'), ...args],
    {
      // n8n reads settings from a file .env of this folder.
      cwd: place.userFolder,
      env: n8nEnvironment(place, { port, brokerPort: await freePort() }),
    },
  ];
}
