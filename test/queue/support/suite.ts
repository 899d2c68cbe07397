import { startSandbox, type Sandbox, type SandboxOptions } from '../../../sandbox';
import { connectSandbox } from '../../../scripts/n8n/examples';
import { runCli, type N8nServer } from '../../../scripts/n8n/n8nProcess';
import { freePort } from '../../../scripts/n8n/ports';
import type { ProcessGroup } from '../../../scripts/n8n/processGroup';
import type { ServerPrograms } from '../../../scripts/n8n/queue/servers';
import { startQueue, type RunningQueue } from '../../../scripts/n8n/queue/startQueue';
import type { RunningN8n } from '../../../scripts/n8n/startN8n';
import { placeOfRun, variable, type E2eN8n } from '../../e2e/support/n8n';

/** What a suite may set. */
export interface QueueSuiteOptions {
  sandbox?: SandboxOptions;
  /** Settings of n8n, beside those of `npm run n8n -- --workers`. */
  settings?: NodeJS.ProcessEnv;
}

/** An n8n with two workers and a sandbox; it is there once the tests run. */
export interface QueueSuite {
  readonly n8n: E2eN8n;
  /** Where the credential of the examples leads. */
  readonly sandbox: Sandbox;
  readonly main: RunningN8n;
  readonly redis: ProcessGroup;
  readonly postgres: ProcessGroup;
  /** The worker of this number, 1 or 2. */
  worker(number: number): N8nServer;
  /** Each starts again what has ended, where it was and on its data. */
  restartWorker(number: number): Promise<void>;
  restartMain(): Promise<void>;
  restartRedis(): Promise<void>;
  restartPostgres(): Promise<void>;
}

const WORKERS = 2;

/** Gives a suite an n8n with two workers. Call it outside of the tests. */
export function useQueue({ sandbox: sandboxOptions, settings }: QueueSuiteOptions = {}): QueueSuite {
  let sandbox: Sandbox;
  let queue: RunningQueue;
  beforeAll(async () => {
    const startedAt = Date.now();
    sandbox = await startSandbox(sandboxOptions);
    queue = await startQueue({
      ...placeOfRun(),
      programs: JSON.parse(variable('QUEUE_PROGRAMS')) as ServerPrograms,
      databaseFolder: variable('QUEUE_DATABASE_FOLDER'),
      port: await freePort(),
      workers: WORKERS,
      ...(settings === undefined ? {} : { settings }),
    });
    if (queue.main.api === undefined) throw new Error('n8n does not know its owner any more');
    await connectSandbox(queue.main.api, sandbox);
    say(`n8n and ${WORKERS} workers are ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  }, 300_000);
  afterAll(async () => {
    await Promise.all((queue?.workers ?? []).map(async (worker) => await worker.close()));
    for (const group of [queue?.main, queue?.postgres, queue?.redis]) await group?.close();
    await sandbox?.close();
  }, 60_000);

  return {
    get n8n() {
      const { main, place } = queue;
      if (main.api === undefined) throw new Error('n8n does not know its owner any more');
      return {
        ...main,
        ...place,
        api: main.api,
        runCli: async (args: readonly string[]) => await runCli(place, args),
      };
    },
    get sandbox() {
      return sandbox;
    },
    get main() {
      return queue.main;
    },
    get redis() {
      return queue.redis;
    },
    get postgres() {
      return queue.postgres;
    },
    worker: (number) => {
      const worker = queue.workers[number - 1];
      if (worker === undefined) throw new Error(`There is no worker ${number}`);
      return worker;
    },
    restartWorker: async (number) => {
      queue.workers[number - 1] = await queue.startWorker(number);
    },
    restartMain: async () => {
      queue.main = await queue.startMain();
    },
    restartRedis: async () => {
      queue.redis = await queue.startRedis();
    },
    restartPostgres: async () => {
      queue.postgres = await queue.startPostgres();
    },
  };
}

/** Prints a line of figures among the results. */
export function say(line: string): void {
  process.stdout.write(`  ${line}\n`);
}
