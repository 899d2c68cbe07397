import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startSandbox, type Sandbox, type WebhookTarget } from '../../sandbox';
import {
  connectSandbox,
  connectWebhook,
  importExamples,
  isPublished,
  numberedExamples,
  webhookUrl,
} from './examples';
import { parseOptions, USAGE, type Options } from './options';
import { requireFreePort } from './ports';
import type { RestApi } from './restApi';
import { secretsFile } from './queue/settings';
import { startQueue, type EndedProcess, type RunningQueue } from './queue/startQueue';
import { startN8n, type N8nOptions, type RunningN8n } from './startN8n';
import { claimFolder, databaseFolder, stateFolder } from './stateFolder';

/** What to undo at the end, the last one first. */
const cleanups: Array<() => void | Promise<void>> = [];

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(USAGE);
    return;
  }
  // What is wrong should be said before the long download.
  await withAdvice('--port', requireFreePort(options.port));
  await withAdvice('--sandbox-port', requireFreePort(options.sandboxPort));
  const { ensureN8n } = await import('./installation.mjs');
  const installation = await ensureN8n(say);

  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // The terminal and the script that started this process may both send the signal.
    process.on(signal, () => interruption.abort());
  }
  const interrupted = once(interruption.signal, 'abort');
  try {
    const { ended } = await start(options, installation, interruption.signal);
    await Promise.race([interrupted, ended]);
    if (!interruption.signal.aborted) {
      const { title, logFile } = await ended;
      throw new Error(`${title} ended by itself; ${logFile} says why`);
    }
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
  } finally {
    if (interruption.signal.aborted) say('\nStopping n8n …');
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
}

/** Starts all; `ended` settles when a process of n8n or one that it needs has ended. */
async function start(
  options: Options,
  installation: string,
  signal: AbortSignal,
): Promise<{ ended: Promise<EndedProcess> }> {
  const userFolder = stateFolder(options.workers > 0 ? 'queue' : 'regular');
  cleanups.push(claimFolder(userFolder, options.fresh));
  const sandbox = await withAdvice('--sandbox-port', startSandbox({ port: options.sandboxPort }));
  cleanups.push(async () => await sandbox.close());
  const tarball = await pack();
  const common = { installation, userFolder, tarball, port: options.port, signal };
  const queue = options.workers > 0 ? await startInQueueMode(common, options.workers) : undefined;
  const n8n = queue?.main ?? (await startInRegularMode(common));
  if (n8n.api !== undefined) {
    await connectSandbox(n8n.api, sandbox);
    const target = await connectWebhook(n8n.api, sandbox, webhookUrl(n8n.url));
    await importExamples(n8n.api, sandbox.url);
    cleanups.push(followPublication(n8n.api, sandbox, target));
  }
  say(welcome(n8n, sandbox.url, userFolder, queue));
  return { ended: queue?.ended ?? n8n.ended.then(() => ({ title: 'n8n', logFile: n8n.logFile })) };
}

async function startInRegularMode(options: N8nOptions): Promise<RunningN8n> {
  say('Starting n8n …');
  const n8n = await withAdvice('--port', startN8n(options));
  cleanups.push(async () => await n8n.close());
  return n8n;
}

async function startInQueueMode(options: N8nOptions, workers: number): Promise<RunningQueue> {
  const { ensureServerPrograms } = await import('./queue/serverPrograms.mjs');
  const programs = ensureServerPrograms(say);
  say(`Starting Redis, PostgreSQL, n8n and ${workers === 1 ? 'a worker' : `${workers} workers`} …`);
  const place = { programs, databaseFolder: databaseFolder(options.userFolder) };
  const queue = await withAdvice('--port', startQueue({ ...options, ...place, workers }));
  cleanups.push(async () => await queue.close());
  return queue;
}

const EVENTS_EXAMPLE = 'events-by-webhook';

/** Posts events only while there is somebody who takes them: n8n writes a line to its log for each that nobody does. */
function followPublication(api: RestApi, sandbox: Sandbox, target: WebhookTarget): () => void {
  const follow = async (): Promise<void> => {
    const isTaken = await isPublished(api, EVENTS_EXAMPLE).catch(() => false);
    if (isTaken) sandbox.webhook.set(target);
    else sandbox.webhook.clear();
  };
  sandbox.webhook.clear();
  const timer = setInterval(() => void follow(), 1_000);
  return () => clearInterval(timer);
}

async function pack(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-asapp-pack-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const { packAsPublished } = await import('../pack.mjs');
  return packAsPublished(folder);
}

function welcome(
  n8n: RunningN8n,
  sandboxUrl: string,
  userFolder: string,
  queue: RunningQueue | undefined,
): string {
  const signIn =
    n8n.api === undefined
      ? `  Sign in      with the login that you set in n8n. The credential and the examples were left alone,
               as this script cannot sign in; --fresh starts over.`
      : `  Email        ${n8n.email}
  Password     ${n8n.password}`;
  return `
n8n is at ${n8n.url}

${signIn}

  Local ASAPP  ${sandboxUrl} (the credential "ASAPP API" leads there; open it to see what arrives)
  Kept in      ${userFolder}
  Log          ${n8n.logFile}
${queue === undefined ? '' : addressesOf(queue)}
Examples, in reading order:
${exampleLinks(n8n.url, sandboxUrl)}

Ctrl-C stops everything. Your workflows are there again next time.`;
}

function addressesOf({ workers, redisPort, postgresPort, place }: RunningQueue): string {
  const lines = workers.map(
    ({ url, logFile }, index) => `  Worker ${index + 1}     ${url}/healthz, log in ${logFile}`,
  );
  return `
${lines.join('\n')}
  Redis        127.0.0.1:${redisPort}
  PostgreSQL   127.0.0.1:${postgresPort}
  Passwords    ${secretsFile(place.userFolder)}
`;
}

function exampleLinks(url: string, sandboxUrl: string): string {
  const examples = numberedExamples(sandboxUrl);
  const width = Math.max(...examples.map(({ name }) => name.length));
  return examples.map(({ id, name }) => `  ${name.padEnd(width)}  ${url}/workflow/${id}`).join('\n');
}

/** Adds to an error about a port with which option another one can be chosen. */
async function withAdvice<T>(option: string, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('Port ')) throw error;
    throw new Error(`${error.message}. Choose another one with ${option}, e.g. npm run n8n -- ${option} 0`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  const { exitCode } = error as { exitCode?: number };
  process.exitCode = exitCode ?? 1;
});
