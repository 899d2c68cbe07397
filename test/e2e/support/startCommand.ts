import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { signIn, type RestApi } from '../../../scripts/n8n/restApi';

const SCRIPT = resolve(__dirname, '../../../scripts/n8n.mjs');

/** `npm run n8n` while it runs. */
export interface Command {
  child: ChildProcess;
  /** All it printed so far. */
  output: () => string;
  /** Its exit code. */
  ended: Promise<number | null>;
}

/** `npm run n8n` once it has printed its addresses. */
export interface Started extends Command {
  url: string;
  sandboxUrl: string;
  /** Signed in with the login that it printed. */
  api: RestApi;
}

/** `npm run n8n` in a test: on free ports, with a state folder that is the test's own. */
export interface StartCommand {
  /** Below the state folder. */
  folder(name: 'n8n' | 'n8n-queue'): string;
  /** Runs it with these arguments. */
  run(...args: string[]): Command;
  /** As {@link run}, and waits until n8n is there. */
  started(...args: string[]): Promise<Started>;
  /** The processes that work in that folder or below it. */
  processesIn(folder: string): string[];
}

/** Gives each test a state folder; ends what the test has run. Call it outside of the tests. */
export function useStartCommand(): StartCommand {
  let state: string;
  let commands: Command[] = [];
  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'n8n-nodes-asapp-state-'));
  });
  afterEach(async () => {
    for (const { child, ended } of commands) {
      child.kill('SIGTERM');
      await ended;
    }
    commands = [];
    rmSync(state, { recursive: true, force: true, maxRetries: 5 });
  });

  const run = (...args: string[]): Command => {
    // jest's own settings are not for the TypeScript that this runs.
    const { NODE_OPTIONS: _options, NODE_ENV: _env, ...env } = process.env;
    const child = spawn(process.execPath, [SCRIPT, '--port', '0', '--sandbox-port', '0', ...args], {
      env: { ...env, XDG_STATE_HOME: state },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    const ended = once(child, 'close').then(([code]) => code as number | null);
    const command = { child, output: () => output, ended };
    commands.push(command);
    return command;
  };
  return {
    folder: (name) => join(state, 'n8n-nodes-asapp', name),
    run,
    started: async (...args) => {
      const running = run(...args);
      while (!running.output().includes('Ctrl-C stops everything')) {
        if (running.child.exitCode !== null) throw new Error(`It ended:\n${running.output()}`);
        await sleep(100);
      }
      const read = (pattern: RegExp): string => pattern.exec(running.output())?.[1] ?? '';
      const url = read(/^n8n is at (\S+)$/m);
      const api = await signIn(url, { email: read(/Email +(\S+)/), password: read(/Password +(\S+)/) });
      return { ...running, url, sandboxUrl: read(/Local ASAPP +(\S+)/), api };
    },
    processesIn: (folder) =>
      readdirSync('/proc').filter((pid) => {
        try {
          const place = /^\d+$/.test(pid) ? readlinkSync(`/proc/${pid}/cwd`) : '';
          return place === folder || place.startsWith(`${folder}/`);
        } catch {
          return false;
        }
      }),
  };
}
