import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { dirname, join } from 'node:path';

import { startGroup, untilReady, type ProcessGroup } from '../processGroup';

const END_WITH_PARENT = join(__dirname, 'endWithParent.mjs');
const HOST = '127.0.0.1';
const LONGEST_START_MS = 60_000;
const LONGEST_STOP_MS = 20_000;
/** `nobody` and `nogroup`: PostgreSQL refuses to run as root. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/** The role and the database of n8n. */
export const POSTGRES = { user: 'n8n', database: 'postgres' };

/** What `ensureServerPrograms` gives: see there. */
export interface ServerPrograms {
  redisServer: string;
  postgresFolder: string;
  libraries?: string;
}

/** Where a server keeps its things, and how it is reached. */
export interface ServerPlace {
  programs: ServerPrograms;
  folder: string;
  /** On 127.0.0.1. */
  port: number;
  password: string;
  signal?: AbortSignal | undefined;
}

/** Starts a Redis. Jobs in its queue outlive it. Rejects with the end of its log. */
export async function startRedis(place: ServerPlace): Promise<ProcessGroup> {
  const { programs, folder, port, password, signal } = place;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const settings = {
    bind: HOST,
    port,
    dir: folder,
    requirepass: password,
    save: '',
    appendonly: 'yes',
    'maxmemory-policy': 'noeviction',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${JSON.stringify(String(value))}\n`);
  // A file, as every user may read arguments.
  const file = join(folder, 'redis.conf');
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  const group = startTied(place, 'redis.log', 'SIGTERM', undefined, [programs.redisServer, file]);
  await untilReady('Redis', group, async () => await redisAnswers(port, password), {
    longestMs: LONGEST_START_MS,
    signal,
  });
  return group;
}

/**
 * Starts a PostgreSQL with the role and the database of {@link POSTGRES}; what is in it outlives it. As root it runs as
 * `nobody`, who must be able to reach the folder. Rejects with the end of its log.
 */
export async function startPostgres(place: ServerPlace): Promise<ProcessGroup> {
  const { programs, folder, port, signal } = place;
  const user = process.getuid?.() === 0 ? NOBODY : undefined;
  // Whoever it is must get through the folders above.
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  if (!existsSync(data)) initialize(place, data, user);
  const settings = [`listen_addresses=${HOST}`, `port=${port}`, 'unix_socket_directories='];
  const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  const command = [join(programs.postgresFolder, 'postgres'), ...args];
  // SIGINT: connections are ended, not waited for.
  const group = startTied(place, 'postgres.log', 'SIGINT', user, command);
  const isReady = async (): Promise<boolean> => {
    const words = ['--quiet', '-h', HOST, '-p', String(port)];
    return (
      spawnSync(join(programs.postgresFolder, 'pg_isready'), words, { env: environment(programs) }).status ===
      0
    );
  };
  await untilReady('PostgreSQL', group, isReady, { longestMs: LONGEST_START_MS, signal });
  return group;
}

type User = typeof NOBODY | undefined;

/** Makes the files of a new PostgreSQL; an interruption leaves nothing half done. */
function initialize({ programs, folder, password }: ServerPlace, data: string, user: User): void {
  const partial = `${data}.partial`;
  rmSync(partial, { recursive: true, force: true });
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) chownSync(passwordFile, user.uid, user.gid);
  const how = ['--username', POSTGRES.user, '--auth', 'scram-sha-256', '--pwfile', passwordFile];
  const text = ['--encoding', 'UTF8', '--locale', 'C'];
  const { status, stderr, error } = spawnSync(
    join(programs.postgresFolder, 'initdb'),
    ['-D', partial, ...how, ...text, '--no-sync'],
    { ...user, cwd: folder, env: environment(programs), encoding: 'utf8' },
  );
  rmSync(passwordFile, { force: true });
  if (status !== 0) throw new Error(`Could not set PostgreSQL up: ${error?.message ?? stderr.trim()}`);
  renameSync(partial, data);
}

/** Starts a command that ends when this process is gone, however that ended. */
function startTied(
  { programs, folder }: ServerPlace,
  log: string,
  endWith: NodeJS.Signals,
  user: User,
  command: string[],
): ProcessGroup {
  const args = [END_WITH_PARENT, JSON.stringify({ endWith, ...user }), ...command];
  return startGroup(process.execPath, args, {
    cwd: folder,
    env: environment(programs),
    logFile: join(folder, log),
    endWith,
    longestStopMs: LONGEST_STOP_MS,
  });
}

/** Nothing of what is set for another PostgreSQL or for this process's Node. */
function environment({ libraries }: ServerPrograms): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    LC_ALL: 'C',
    ...(libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries }),
  };
}

async function redisAnswers(port: number, password: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = createConnection({ host: HOST, port });
    const end = (isReady: boolean): void => {
      socket.destroy();
      resolve(isReady);
    };
    socket.once('error', () => end(false));
    socket.setTimeout(1_000, () => end(false));
    socket.write(`AUTH ${password}\r\nPING\r\n`);
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
      // While it reads its files it answers -LOADING.
      if (answer.split('\r\n').length > 2) end(answer.includes('+PONG'));
    });
  });
}
