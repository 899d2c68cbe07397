import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { n8nEnvironment, type N8nPlace } from './environment';
import { freePort } from './ports';

const END_WITH_PARENT = pathToFileURL(join(__dirname, 'endWithParent.mjs')).href;
const LONGEST_START_MS = 180_000;
/** n8n itself gives its running workflows 10 s. */
const LONGEST_STOP_MS = 15_000;

/** A started server of n8n. */
export interface N8nServer {
  url: string;
  /** The process of the server. */
  pid: number | undefined;
  /** Everything n8n says. */
  logFile: string;
  /** Settles when the process has ended, whoever ended it. */
  ended: Promise<void>;
  /** Ends n8n and its task runner; nothing is left behind. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts n8n's server and waits until it serves. Rejects with the end of its log if it does not come up, and when
 * `signal` asks to stop meanwhile; no process is left then.
 */
export async function startServer(place: N8nPlace, port: number, signal?: AbortSignal): Promise<N8nServer> {
  const logFile = join(place.userFolder, 'n8n.log');
  const log = openSync(logFile, 'w');
  const child = spawnN8n(place, ['start'], port, await freePort(), log);
  closeSync(log);
  const ended = whenEnded(child);
  const close = async (): Promise<void> => {
    if (isRunning(child)) await stop(child, ended);
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilReady(url, child, signal);
  } catch (error) {
    await close();
    const lastLines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
    throw new Error(`${(error as Error).message}. The end of its log, ${logFile}:\n${lastLines}`);
  }
  return { url, pid: child.pid, logFile, ended, close };
}

/** What a command of n8n printed, and its exit code; null if a signal ended it. */
export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs n8n's command line, e.g. `['import:workflow', '--input=file.json']`; a server may run meanwhile. */
export async function runCli(place: N8nPlace, args: readonly string[]): Promise<CliResult> {
  const child = spawnN8n(place, args, await freePort(), await freePort(), 'pipe');
  const result: CliResult = { code: null, stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (result.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (result.stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { ...result, code };
}

function spawnN8n(
  place: N8nPlace,
  args: readonly string[],
  port: number,
  brokerPort: number,
  output: number | 'pipe',
): ChildProcess {
  const modules = join(place.installation, 'node_modules');
  return spawn(
    join(modules, 'node/bin/node'),
    ['--import', END_WITH_PARENT, join(modules, 'n8n/bin/n8n'), ...args],
    {
      // n8n reads settings from a file .env of this folder.
      cwd: place.userFolder,
      env: n8nEnvironment(place, { port, brokerPort }),
      stdio: ['ignore', output, output, 'ipc'],
      // A group of its own: Ctrl-C reaches it through close() alone, and its task runner can be ended with it.
      detached: true,
    },
  );
}

/** Settles when the process is gone, and with it the rest of its group. */
async function whenEnded(child: ChildProcess): Promise<void> {
  await new Promise((resolve) => {
    child.once('close', resolve);
    child.once('error', resolve);
  });
  killGroup(child);
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

function isRunning({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

async function untilReady(url: string, child: ChildProcess, signal?: AbortSignal): Promise<void> {
  const deadline = Date.now() + LONGEST_START_MS;
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    if (!isRunning(child)) throw new Error('n8n ended while it started');
    const answer = await fetch(`${url}/healthz/readiness`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(200);
  }
  throw new Error(`n8n was not ready after ${LONGEST_START_MS / 1000} s`);
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  const timer = setTimeout(() => killGroup(child), LONGEST_STOP_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(timer);
}
