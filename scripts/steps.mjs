// Runs commands one after another, or a group of them two at a time, and says how each one went.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endTogether } from './install.mjs';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Two are faster than one on two cores; more would only compete. */
const AT_ONCE = 2;

/** The JavaScript file behind a locally installed command, to be run by this Node. */
export function localBin(packageName, command = packageName) {
  const folder = join(ROOT, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}

/** A step that runs a JavaScript file with this Node. */
export function nodeStep(title, file, args = [], options = {}) {
  return { title, command: process.execPath, args: [file, ...args], ...options };
}

/**
 * Runs the steps in order and stops at the first that fails; resolves with its exit code, else 0.
 * An array among the steps is a group of independent ones. A group's output, and that of a step marked `quiet`,
 * is shown only on failure.
 */
export async function runSteps(steps) {
  for (const step of steps) {
    const code = Array.isArray(step) ? await runGroup(step) : await runStep(step, step.quiet);
    if (code !== 0) return code;
  }
  return 0;
}

/** Those already running when one fails may finish: they often tell a second thing to repair. */
async function runGroup(steps) {
  const waiting = [...steps];
  let failed = 0;
  const worker = async () => {
    while (failed === 0 && waiting.length > 0) {
      const code = await runStep(waiting.shift(), true);
      failed = failed || code;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return failed;
}

function runStep({ title, command, args }, quiet = false) {
  const startedAt = Date.now();
  if (!quiet) console.log(`\n${title}`);

  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
    const tie = endTogether(child);

    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));

    const finish = (code) => {
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(5);
      const lines = output.trim().split('\n');
      // A successful check's last line is its summary.
      const note = code === 0 ? lines.at(-1) : `exit code ${code}`;
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${seconds} s  ${title.padEnd(10)} ${note}`.trimEnd());
      if (code !== 0 && output.trim()) console.log(`\n${output.trim()}\n`);
      resolve(code);
    };
    child.once('error', (error) => {
      output += error.message;
      finish(1);
    });
    child.once('close', (code, signal) => finish(tie.exitCode(code, signal)));
  });
}
