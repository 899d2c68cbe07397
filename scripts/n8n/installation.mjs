// Brings a whole n8n, and the Node it needs, into a cache folder of the user on first use.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';

import { endTogether, npmCommand, npmFailure } from '../install.mjs';

const N8N = '2.40.7';

/** What the folder is installed from; its marker holds the same text once everything is there. */
const MANIFEST = `${JSON.stringify({
  name: 'n8n-host',
  version: '1.0.0',
  private: true,
  dependencies: { n8n: N8N, node: '24.21.0' },
  // The lowest that n8n allows: with this one all of it was tried.
  overrides: { linkedom: '0.18.13' },
})}\n`;
const MARKER = 'complete.json';

/** An install that failed or was interrupted; `exitCode` is what the process should end with. */
export class InstallationError extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * The folder with n8n in it, installed if it is not there yet. Works beside that folder and renames when everything is
 * there, so that an interruption leaves nothing half done.
 *
 * @param {(line: string) => void} say
 * @param {string} folder
 * @returns {Promise<string>}
 * @throws InstallationError with a reason for people.
 */
export async function ensureN8n(say, folder = defaultFolder()) {
  removeAbandoned(folder);
  if (isComplete(folder)) return folder;
  if (existsSync(folder)) {
    say(`${folder} is not complete; removing it.`);
    rmSync(folder, { recursive: true, force: true });
  }
  const beside = partial(folder, process.pid);
  try {
    mkdirSync(beside, { recursive: true });
    await installInto(beside, say);
    rename(beside, folder);
  } catch (error) {
    if (error instanceof InstallationError) throw error;
    throw new InstallationError(`Could not install n8n: ${error.message}`);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
  return folder;
}

function defaultFolder() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'n8n-nodes-asapp', `n8n-${N8N}`);
}

function isComplete(folder) {
  try {
    return readFileSync(join(folder, MARKER), 'utf8') === MANIFEST;
  } catch {
    return false;
  }
}

async function installInto(folder, say) {
  const startedAt = Date.now();
  const binaries = join(folder, 'node_modules', 'node', 'bin');
  const withNode24 = { PATH: `${binaries}${delimiter}${process.env.PATH ?? ''}` };
  writeFileSync(join(folder, 'package.json'), MANIFEST);
  say(`n8n ${N8N} is not here yet. Bringing it into ${dirname(folder)} (2.8 GB, once, about 5 minutes) …`);
  await npm(folder, ['install', '--ignore-scripts'], 'n8n and its packages', say);
  // Of all install scripts only two are needed: the one that brings Node, and the database's.
  await npm(folder, ['rebuild', 'node', '--ignore-scripts=false'], 'Node for n8n', say);
  await npm(folder, ['rebuild', 'sqlite3', '--ignore-scripts=false'], "n8n's database", say, withNode24);
  say('Checking it …');
  await run(join(binaries, 'node'), ['-e', 'require("sqlite3"); require("n8n/package.json")'], folder, {});
  writeFileSync(join(folder, MARKER), MANIFEST);
  say(`n8n ${N8N} installed in ${seconds(startedAt)} s.`);
}

async function npm(folder, args, what, say, env = {}) {
  const [command, ...own] = npmCommand();
  const startedAt = Date.now();
  say(`Installing ${what} …`);
  const timer = setInterval(() => say(`Installing ${what} … ${seconds(startedAt)} s`), 15_000);
  try {
    // npm passes the settings of this package on in the environment; its prefix must not be that folder's.
    const clean = { npm_config_prefix: undefined, npm_config_local_prefix: undefined };
    await run(command, [...own, ...args, '--no-audit', '--no-fund'], folder, { ...clean, ...env });
  } finally {
    clearInterval(timer);
  }
}

function run(command, args, cwd, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: command === 'npm.cmd',
    });
    // npm would first finish what it has queued, which can take minutes.
    const tie = endTogether(child, 'SIGKILL');
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else if (tie.isInterrupted()) {
        reject(new InstallationError('Installing n8n was interrupted.', tie.exitCode(code, signal)));
      } else reject(new InstallationError(`Could not install n8n: ${npmFailure(output)}`));
    });
  });
}

/** Another process may have been faster; then its folder is as good. */
function rename(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!isComplete(to)) throw error;
  }
}

const partial = (folder, pid) => `${folder}.partial-${pid}`;

/** Removes what processes left that were ended too hard to do it themselves. */
function removeAbandoned(folder) {
  const prefix = partial(basename(folder), '');
  const parent = dirname(folder);
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(prefix) || isRunning(Number(name.slice(prefix.length)))) continue;
    rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const seconds = (startedAt) => Math.round((Date.now() - startedAt) / 1000);
