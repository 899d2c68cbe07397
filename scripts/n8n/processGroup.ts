import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process with all that it starts, in a group of its own: Ctrl-C reaches it only through {@link close}. */
export interface ProcessGroup {
  pid: number | undefined;
  /** Everything it says. */
  logFile: string;
  /** Settles when the process has ended, whoever ended it; nothing of its group is left then. */
  ended: Promise<void>;
  isRunning(): boolean;
  /** Sends the first process this signal; SIGKILL goes to the whole group. */
  kill(signal: NodeJS.Signals): void;
  /** Asks the process to end, and ends the group if it takes too long. May be called twice. */
  close(): Promise<void>;
}

/** How to start a {@link ProcessGroup}. */
export interface GroupOptions extends Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'> {
  /** Emptied first. */
  logFile: string;
  /** What asks it to end; SIGTERM by default. */
  endWith?: NodeJS.Signals;
  longestStopMs: number;
}

/** Starts a command with a channel to this process, by which it can notice that this process is gone. */
export function startGroup(command: string, args: readonly string[], options: GroupOptions): ProcessGroup {
  const { logFile, endWith = 'SIGTERM', longestStopMs, ...others } = options;
  const log = openSync(logFile, 'w');
  const child = spawn(command, args, { ...others, stdio: ['ignore', log, log, 'ipc'], detached: true });
  closeSync(log);
  const ended = whenEnded(child);
  const isRunning = (): boolean =>
    child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const kill = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGKILL') killGroup(child);
    else child.kill(signal);
  };
  const close = async (): Promise<void> => {
    if (!isRunning()) return;
    const timer = setTimeout(() => killGroup(child), longestStopMs);
    kill(endWith);
    await ended;
    clearTimeout(timer);
  };
  return { pid: child.pid, logFile, ended, isRunning, kill, close };
}

/**
 * Waits until `isReady`. Rejects with the end of the group's log if it ends before or takes too long, and when `signal`
 * asks to stop; the group is closed then. `title` names it for people.
 */
export async function untilReady(
  title: string,
  group: ProcessGroup,
  isReady: () => Promise<boolean>,
  { longestMs, signal }: { longestMs: number; signal?: AbortSignal | undefined },
): Promise<void> {
  const deadline = Date.now() + longestMs;
  try {
    while (!(await isReady())) {
      signal?.throwIfAborted();
      if (!group.isRunning()) throw new Error(`${title} ended while it started`);
      if (Date.now() > deadline) throw new Error(`${title} was not ready after ${longestMs / 1000} s`);
      await sleep(200);
    }
  } catch (error) {
    await group.close();
    const { logFile } = group;
    const lastLines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
    throw new Error(`${(error as Error).message}. The end of its log, ${logFile}:\n${lastLines}`);
  }
}

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
