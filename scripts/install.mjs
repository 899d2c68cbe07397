// Installs the dependencies when they are missing or outdated, so that a fresh clone needs no step but its command.
// Runs before anything is installed and on any Node: only built-in modules, no syntax newer than Node 14's.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LOCKFILE = join(ROOT, 'package-lock.json');
const MARKER = join(ROOT, 'node_modules', '.installed-from');
const OLDEST_NODE = [20, 19];

const NETWORK_CODE =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|EPROTO|ENETWORK)$/;

/** Ends the process with one line when Node is too old for the tools used here. */
export function requireNode() {
  const version = process.versions.node.split('.').map(Number);
  const difference = version[0] - OLDEST_NODE[0] || version[1] - OLDEST_NODE[1];
  if (difference >= 0) return;
  end(`Node ${OLDEST_NODE.join('.')} or newer is needed; this is Node ${process.versions.node}.`);
}

/** Makes node_modules what package-lock.json says; does nothing when it already is. */
export async function ensureInstalled() {
  const lockText = readLockfile();
  const hash = createHash('sha256').update(lockText).digest('hex');
  if (existsSync(MARKER) && readFileSync(MARKER, 'utf8').trim() === hash) return;

  const locked = JSON.parse(lockText).packages;
  if (!isInstalledByHand(locked)) {
    rmSync(MARKER, { force: true });
    await installWithProgress(locked);
  }
  writeFileSync(MARKER, hash + '\n');
}

/** The npm that started this process, else the one on the PATH, as [command, ...arguments]. */
export function npmCommand() {
  const npm = process.env.npm_execpath || '';
  if (/npm-cli\.c?js$/.test(npm)) return [process.execPath, npm];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

/**
 * Passes Ctrl-C and a request to terminate on to `child`, so that it does not outlive this process. The result turns
 * the child's `close` event into an exit code as a shell would, and knows of an interruption the child hides.
 * `killWith` replaces the signal for a child that does not heed it.
 */
export function endTogether(child, killWith) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  let received = null;
  const forward = (signal) => {
    received = signal;
    child.kill(killWith || signal);
  };
  signals.forEach((signal) => process.once(signal, forward));
  child.once('close', () => signals.forEach((signal) => process.off(signal, forward)));

  return {
    isInterrupted: () => received !== null,
    exitCode(code, signal) {
      const endedBy = received || signal;
      return endedBy ? 128 + constants.signals[endedBy] : code;
    },
  };
}

function readLockfile() {
  try {
    return readFileSync(LOCKFILE, 'utf8');
  } catch (error) {
    return end(`Could not install the dependencies: package-lock.json cannot be read (${error.code}).`);
  }
}

/** Whether a plain `npm ci` or `npm install` already brought everything: npm records what it installed. */
function isInstalledByHand(locked) {
  let installed;
  try {
    installed = JSON.parse(readFileSync(join(ROOT, 'node_modules', '.package-lock.json'), 'utf8')).packages;
  } catch {
    return false;
  }
  return Object.keys(locked).every((path) => {
    if (path === '') return true;
    // Optional packages are there only on the platform they are made for.
    if (!installed[path]) return Boolean(locked[path].optional);
    return (
      installed[path].version === locked[path].version &&
      installed[path].integrity === locked[path].integrity &&
      existsSync(join(ROOT, path, 'package.json'))
    );
  });
}

function installWithProgress(locked) {
  const startedAt = Date.now();
  const paths = Object.keys(locked).filter((path) => path !== '' && !locked[path].optional);
  const progress = process.stdout.isTTY ? barProgress(startedAt) : lineProgress(startedAt);
  const [command, ...npm] = npmCommand();
  const options = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  // Without a network npm would otherwise keep trying for minutes.
  const retries = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];

  return new Promise((resolve) => {
    const child = spawn(command, [...npm, ...options, ...retries], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: command === 'npm.cmd',
    });
    // npm would first finish what it has queued, which can take minutes.
    const tie = endTogether(child, 'SIGKILL');

    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    progress.show(0);
    const timer = setInterval(() => progress.show(shareWritten(paths, startedAt)), 500);

    child.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      clearInterval(timer);
      progress.stop();
      end(`Could not install the dependencies: npm could not be started (${error.code}).`);
    });
    child.once('close', (code, signal) => {
      clearInterval(timer);
      progress.stop();
      if (tie.isInterrupted() || signal) {
        end('Installing the dependencies was interrupted.', tie.exitCode(code, signal));
      }
      if (code !== 0) end(`Could not install the dependencies: ${npmFailure(output)}`);
      process.stdout.write(`Dependencies installed in ${seconds(startedAt)} s.\n`);
      resolve(undefined);
    });
  });
}

/** Share of the packages whose package.json is newer than the start: npm first removes what was there before. */
function shareWritten(paths, startedAt) {
  const written = paths.filter((path) => {
    const stats = statSync(join(ROOT, path, 'package.json'), { throwIfNoEntry: false });
    return stats && stats.ctimeMs >= startedAt;
  });
  return written.length / paths.length;
}

/** One line that rewrites itself. */
function barProgress(startedAt) {
  const width = 24;
  return {
    show(share) {
      const filled = Math.round(share * width);
      const bar = '#'.repeat(filled) + '-'.repeat(width - filled);
      const numbers = `${percent(share)} %  ${seconds(startedAt)} s`;
      process.stdout.write(`\r\x1b[2KInstalling dependencies [${bar}] ${numbers}`);
    },
    stop: () => process.stdout.write('\r\x1b[2K'),
  };
}

/** A line at the start and one for every fifth, for logs. */
function lineProgress(startedAt) {
  let next = 0;
  return {
    show(share) {
      if (percent(share) < next) return;
      const numbers = next === 0 ? '' : ` ${percent(share)} %, ${seconds(startedAt)} s`;
      process.stdout.write(`Installing dependencies ...${numbers}\n`);
      next = Math.floor(percent(share) / 20) * 20 + 20;
    },
    stop() {},
  };
}

// npm still has work to do after the last package is written.
const percent = (share) => Math.min(99, Math.floor(share * 100));

const seconds = (startedAt) => Math.round((Date.now() - startedAt) / 1000);

/** Why npm failed, from what it printed: one line that goes after "Could not …: ". */
export function npmFailure(output) {
  const errors = output
    .split(/\r?\n/)
    .map((line) => (/^npm (?:error|ERR!) ?(.*)$/.exec(line) || [])[1])
    .filter(Boolean);
  const code = (errors.map((line) => /^code (\S+)$/.exec(line)).find(Boolean) || [])[1] || '';

  if (NETWORK_CODE.test(code) || errors.some((line) => line.startsWith('network '))) {
    return `the npm registry could not be reached (${code || 'network'}). Check the network or the proxy settings, then run the command again.`;
  }
  if (code === 'EUSAGE') {
    return 'package-lock.json does not match package.json (EUSAGE). Run "npm install", then run the command again.';
  }
  if (code === 'ENOSPC') {
    return 'the disk is full (ENOSPC). Free some space, then run the command again.';
  }
  if (/^(EACCES|EPERM|EROFS)$/.test(code)) {
    return `npm may not write to this folder or to its own cache (${code}). Check the permissions, then run the command again.`;
  }
  const first = errors.find((line) => !line.startsWith('code ')) || output.trim().split('\n')[0];
  return `${first || 'npm gave no reason'}${code ? ` (${code})` : ''}`;
}

/**
 * Says why on stderr and ends the process; written synchronously, so that the line is never lost.
 *
 * @returns {never}
 */
function end(message, code = 1) {
  writeSync(2, message + '\n');
  process.exit(code);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  requireNode();
  ensureInstalled();
}
