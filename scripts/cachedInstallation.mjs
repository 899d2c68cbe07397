// Installs packages that are too large for node_modules into a cache folder of the user, on first use.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { endTogether, npmCommand, npmFailure } from './install.mjs';

/** Holds the text of the package.json once everything is there. */
const MARKER = 'complete.json';

/** An install that failed or was interrupted; `exitCode` is what the process should end with. */
export class InstallationError extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * What to install: `title` is its name for people, `size` what it costs them, and `manifest` the package.json, as an
 * object. `finish` does what npm does not, in the folder that is not yet in its place.
 *
 * @typedef {object} Installation
 * @property {string} title
 * @property {string} size
 * @property {string} folder
 * @property {object} manifest
 * @property {(folder: string, say: Say) => Promise<void>} [finish]
 *
 * @typedef {(line: string) => void} Say
 */

/** A folder for this package in the user's cache. */
export function cacheFolder(...names) {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'n8n-nodes-asapp', ...names);
}

/**
 * Installs what is not there yet and returns the folder. Works beside that folder and renames when everything is there,
 * so that an interruption leaves nothing half done.
 *
 * @param {Installation} installation
 * @param {Say} say
 * @returns {Promise<string>}
 * @throws InstallationError with a reason for people.
 */
export async function ensureCached({ title, size, folder, manifest, finish }, say) {
  const text = `${JSON.stringify(manifest)}\n`;
  removeAbandoned(folder);
  if (isComplete(folder, text)) return folder;
  if (existsSync(folder)) {
    say(`${folder} is not complete; removing it.`);
    rmSync(folder, { recursive: true, force: true });
  }
  const startedAt = Date.now();
  const beside = partial(folder, process.pid);
  try {
    mkdirSync(beside, { recursive: true });
    writeFileSync(join(beside, 'package.json'), text);
    say(`${title} is not here yet. Bringing it into ${dirname(folder)} (${size}) …`);
    await npm(beside, ['install', '--ignore-scripts'], `${title} and its packages`, say);
    await finish?.(beside, say);
    writeFileSync(join(beside, MARKER), text);
    rename(beside, folder, text);
    say(`${title} installed in ${seconds(startedAt)} s.`);
  } catch (error) {
    if (error instanceof Interruption) {
      throw new InstallationError(`Installing ${title} was interrupted.`, error.exitCode);
    }
    throw new InstallationError(`Could not install ${title}: ${error.message}`);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
  return folder;
}

/** Runs npm in `folder` and says now and then that `what` is being installed. */
export async function npm(folder, args, what, say, env = {}) {
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

/** Runs a command to its end, or to the end of this process. */
export function run(command, args, cwd, env = {}) {
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
      if (code === 0) resolve(undefined);
      else if (tie.isInterrupted()) reject(new Interruption(tie.exitCode(code, signal)));
      else reject(new Error(npmFailure(output)));
    });
  });
}

class Interruption extends Error {
  constructor(exitCode) {
    super('interrupted');
    this.exitCode = exitCode;
  }
}

function isComplete(folder, text) {
  try {
    return readFileSync(join(folder, MARKER), 'utf8') === text;
  } catch {
    return false;
  }
}

/** Another process may have been faster; then its folder is as good. */
function rename(from, to, text) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!isComplete(to, text)) throw error;
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
