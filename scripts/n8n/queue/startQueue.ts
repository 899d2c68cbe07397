import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { installCommunityPackage } from '../communityPackage';
import type { N8nPlace } from '../environment';
import { startWorker, type N8nServer } from '../n8nProcess';
import { freePort } from '../ports';
import type { ProcessGroup } from '../processGroup';
import { startN8n, type N8nOptions, type RunningN8n } from '../startN8n';
import { startPostgres, startRedis, type ServerPlace, type ServerPrograms } from './servers';
import { hasQueueSecrets, queueSecrets, queueSettings } from './settings';

/** n8n advises 5 or more executions at a time in each worker. */
const CONCURRENCY = 5;

/** How to start an n8n in queue mode. */
export interface QueueOptions extends N8nOptions {
  workers: number;
  programs: ServerPrograms;
  /** Where PostgreSQL keeps its data; as root, `nobody` must be able to reach it. */
  databaseFolder: string;
}

/** An n8n in queue mode: each of its processes can be ended and started again on the same data. */
export interface QueueN8n {
  redisPort: number;
  postgresPort: number;
  /** Where n8n's command line works on the same data. */
  place: N8nPlace;
  startRedis(): Promise<ProcessGroup>;
  startPostgres(): Promise<ProcessGroup>;
  /** The server, which takes webhooks, holds streams and hands out executions. Needs Redis and PostgreSQL. */
  startMain(): Promise<RunningN8n>;
  /** A worker, from 1. Needs a main that has run. */
  startWorker(number: number): Promise<N8nServer>;
}

/** Prepares an n8n in queue mode in its folders; nothing is started yet. */
export async function prepareQueue(options: QueueOptions): Promise<QueueN8n> {
  const { programs, databaseFolder, tarball, signal, port, installation, userFolder } = options;
  mkdirSync(userFolder, { recursive: true, mode: 0o700 });
  // Nobody can read the data of an n8n whose secrets are gone.
  if (!hasQueueSecrets(userFolder)) rmSync(databaseFolder, { recursive: true, force: true });
  const secrets = queueSecrets(userFolder);
  const ports = { redis: await freePort(), postgres: await freePort() };
  const settings = { ...queueSettings(ports, secrets), ...options.settings };
  const place = { installation, userFolder, settings };
  const server = (folder: string, name: 'redis' | 'postgres'): ServerPlace => {
    return { programs, folder, port: ports[name], password: secrets[`${name}Password`], signal };
  };
  return {
    redisPort: ports.redis,
    postgresPort: ports.postgres,
    place,
    startRedis: async () => await startRedis(server(join(userFolder, 'redis'), 'redis')),
    startPostgres: async () => await startPostgres(server(databaseFolder, 'postgres')),
    startMain: async () => await startN8n({ ...place, tarball, port, ...(signal ? { signal } : {}) }),
    startWorker: async (number) => {
      const folder = join(userFolder, `worker-${number}`);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      await installCommunityPackage(tarball, folder);
      return await startWorker({ ...place, userFolder: folder }, CONCURRENCY, signal);
    },
  };
}

/** A process that is no more. */
export interface EndedProcess {
  title: string;
  logFile: string;
}

/** A running n8n in queue mode. */
export interface RunningQueue extends QueueN8n {
  main: RunningN8n;
  workers: N8nServer[];
  redis: ProcessGroup;
  postgres: ProcessGroup;
  /** Settles when any of the processes has ended. */
  ended: Promise<EndedProcess>;
  /** Ends workers, main, Redis and PostgreSQL, in this order. */
  close(): Promise<void>;
}

/** Starts all of it. Rejects with a message for people; nothing is left running then. */
export async function startQueue(options: QueueOptions): Promise<RunningQueue> {
  const queue = await prepareQueue(options);
  const servers: ProcessGroup[] = [];
  const workers: N8nServer[] = [];
  let main: RunningN8n | undefined;
  const close = async (): Promise<void> => {
    await Promise.all(workers.map(async (worker) => await worker.close()));
    await main?.close();
    await Promise.all(servers.map(async (server) => await server.close()));
  };
  try {
    const startingRedis = queue.startRedis();
    const startingPostgres = queue.startPostgres();
    await allOf([startingRedis, startingPostgres], servers);
    const [redis, postgres] = [await startingRedis, await startingPostgres];
    // The first to come up makes n8n's tables.
    main = await queue.startMain();
    const numbers = Array.from({ length: options.workers }, (_, index) => index + 1);
    await allOf(
      numbers.map(async (number) => await queue.startWorker(number)),
      workers,
    );
    const named: Array<[string, ProcessGroup]> = [
      ['Redis', redis],
      ['PostgreSQL', postgres],
      ['n8n', main],
      ...workers.map((worker, index): [string, ProcessGroup] => [`Worker ${index + 1}`, worker]),
    ];
    const ended = Promise.race(
      named.map(async ([title, { ended, logFile }]) => await ended.then(() => ({ title, logFile }))),
    );
    return { ...queue, main, workers, redis, postgres, ended, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Waits for each of them, so that all that came up are in `started` even if one did not. */
async function allOf<T extends ProcessGroup>(starting: Array<Promise<T>>, started: T[]): Promise<void> {
  const results = await Promise.allSettled(starting);
  for (const result of results) if (result.status === 'fulfilled') started.push(result.value);
  // Each has settled, so this only throws the reason of the first that failed.
  await Promise.all(starting);
}
