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
import { startN8n, type RunningN8n } from './startN8n';
import { claimFolder, stateFolder } from './stateFolder';

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
    const n8n = await start(options, installation, interruption.signal);
    await Promise.race([interrupted, n8n.ended]);
    if (!interruption.signal.aborted) throw new Error(`n8n ended by itself; ${n8n.logFile} says why`);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
  } finally {
    if (interruption.signal.aborted) say('\nStopping n8n …');
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
}

async function start(options: Options, installation: string, signal: AbortSignal): Promise<RunningN8n> {
  const userFolder = stateFolder();
  cleanups.push(claimFolder(userFolder, options.fresh));
  const sandbox = await withAdvice('--sandbox-port', startSandbox({ port: options.sandboxPort }));
  cleanups.push(async () => await sandbox.close());
  say('Starting n8n …');
  const tarball = await pack();
  const starting = startN8n({ installation, userFolder, tarball, port: options.port, signal });
  const n8n = await withAdvice('--port', starting);
  cleanups.push(async () => await n8n.close());
  if (n8n.api !== undefined) {
    await connectSandbox(n8n.api, sandbox);
    const target = await connectWebhook(n8n.api, sandbox, webhookUrl(n8n.url));
    await importExamples(n8n.api, sandbox.url);
    cleanups.push(followPublication(n8n.api, sandbox, target));
  }
  say(welcome(n8n, sandbox.url, userFolder));
  return n8n;
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

function welcome(n8n: RunningN8n, sandboxUrl: string, userFolder: string): string {
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

Examples, in reading order:
${exampleLinks(n8n.url, sandboxUrl)}

Ctrl-C stops everything. Your workflows are there again next time.`;
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
