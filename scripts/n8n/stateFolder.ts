import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The user folder of the n8n of `npm run n8n`: what a person makes in it is kept from run to run. In queue mode n8n has
 * another database, so it has another folder.
 */
export function stateFolder(mode: 'regular' | 'queue'): string {
  const state = process.env.XDG_STATE_HOME || join(homedir(), '.local/state');
  return join(state, 'n8n-nodes-asapp', mode === 'queue' ? 'n8n-queue' : 'n8n');
}

/**
 * Where the PostgreSQL of the n8n in a user folder keeps its data: there, but not for root, whose home the user of that
 * PostgreSQL may not enter.
 */
export function databaseFolder(userFolder: string): string {
  if (process.getuid?.() !== 0) return join(userFolder, 'postgres');
  const name = createHash('sha256').update(userFolder).digest('hex').slice(0, 12);
  return join('/var/lib/n8n-nodes-asapp', `postgres-${name}`);
}

/**
 * Claims the folder for this process, emptied first if it is to start `fresh`; the result gives it back.
 *
 * @throws Error with a line for people if another process uses it: two n8n would share one database.
 */
export function claimFolder(folder: string, fresh: boolean): () => void {
  const file = join(folder, 'running.pid');
  const owner = existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
  if (owner !== undefined && isRunning(owner)) {
    throw new Error(
      `npm run n8n is already running as process ${owner}. Stop it first; if it is another program, remove ${file}`,
    );
  }
  if (fresh) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${process.pid}\n`);
  return () => rmSync(file, { force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
