import { setTimeout as sleep } from 'node:timers/promises';

import type { INodeParameters, IRun } from 'n8n-workflow';

import type { ProcessGroup } from '../../../scripts/n8n/processGroup';
import { executionsOf, readRun, type ExecutionSummary } from '../../e2e/support/runs';
import { batchWorkflow, callWebhook, endedRuns, messages, publishNew, type Message } from './batch';
import { begunBy, stored, type Stored } from './stored';
import { say, type QueueSuite } from './suite';
import { waitUntil } from './waitUntil';

/** Settings under which n8n notices a lost worker, and gives up waiting for a run, sooner than by default. */
export const HURRIED = {
  // 60, 10 and 30 s by default.
  QUEUE_WORKER_LOCK_DURATION: '10000',
  QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
  QUEUE_WORKER_STALLED_INTERVAL: '5000',
  // 30 s by default.
  N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '2',
  // 10 s by default.
  QUEUE_BULL_REDIS_TIMEOUT_THRESHOLD: '3000',
};

const CONVERSATIONS = 50;
const PER_CONVERSATION = 10;
/** How many messages {@link startRun} sends. */
export const MESSAGES = CONVERSATIONS * PER_CONVERSATION;
/** All of them are there, once and in order. */
export const WHOLE: Stored = { once: MESSAGES, twice: 0, missing: 0, outOfOrder: 0 };
/** How many of them ASAPP has when the fault strikes. */
const BEFORE_FAULT = 100;

/** A run in the middle of its messages. */
export interface RunUnderWay {
  batch: Message[];
  /** The number of the worker that has it. */
  worker: number;
}

/** Has a workflow of `batchWorkflow` send {@link MESSAGES}, and waits until ASAPP has `beforeFault` of them. */
export async function startRun(
  suite: QueueSuite,
  workflowId: string,
  beforeFault = BEFORE_FAULT,
): Promise<RunUnderWay> {
  const batch = messagesOf(workflowId);
  const before = begunBy(suite);
  const status = await callWebhook(suite, workflowId, batch);
  if (status !== 200) throw new Error(`The webhook of ${workflowId} answered ${status}`);
  await waitUntil(
    'the first messages',
    30_000,
    () => acceptedOf(suite, batch) >= beforeFault || undefined,
    10,
  );
  const worker = begunBy(suite).findIndex((count, index) => count > (before[index] ?? 0)) + 1;
  return { batch, worker };
}

function messagesOf(workflowId: string): Message[] {
  return messages(workflowId.toUpperCase(), CONVERSATIONS, PER_CONVERSATION);
}

function acceptedOf({ sandbox }: QueueSuite, [first]: Message[]): number {
  const prefix = first?.conversationId.replace(/C\d+$/, 'C') ?? '';
  return sandbox.ledger.messages.filter(({ conversationId }) => conversationId.startsWith(prefix)).length;
}

/** What a person sees of a run, and what ASAPP has. */
export interface Outcome {
  execution: ExecutionSummary;
  /** Seconds from the fault to the end that n8n shows. */
  seconds: number;
  stored: Stored;
  /** Whether n8n still has what the run began with, without which its Retry cannot send anything. */
  hasInput: boolean;
}

/** Waits for the end of the only run of a workflow. */
export async function outcomeOf(
  suite: QueueSuite,
  workflowId: string,
  { batch }: RunUnderWay,
  since = Date.now(),
): Promise<Outcome> {
  const [execution] = await endedRuns(suite, workflowId, 1);
  if (execution === undefined) throw new Error(`${workflowId} has no run`);
  const seconds = (Date.now() - since) / 1000;
  // n8n's server may be about to connect to its database again.
  const run = await waitUntil('the data of a run', 30_000, async () =>
    readRun(suite.n8n, execution.id).catch(() => undefined),
  );
  return { execution, seconds, stored: stored(suite.sandbox, batch), hasInput: hasInput(run) };
}

function hasInput({ data }: IRun): boolean {
  return (data.resultData.runData.Webhook ?? []).length > 0;
}

/** Presses n8n's Retry and waits for the run that this starts; its status, or why n8n refuses. */
export async function retry(suite: QueueSuite, workflowId: string, executionId: string): Promise<string> {
  const { length: before } = await executionsOf(suite.n8n, workflowId);
  try {
    await suite.n8n.api.request('POST', `/executions/${executionId}/retry`, { loadWorkflow: false });
  } catch (error) {
    return (error as Error).message;
  }
  return (await endedRuns(suite, workflowId, before + 1)).at(-1)?.status ?? '';
}

/** A fault that strikes a run in its middle. The worker is the one that has the run. */
export interface Fault {
  strike(suite: QueueSuite, worker: number): Promise<void>;
  /** Brings back what the fault has ended, once the run has ended. */
  repair?(suite: QueueSuite, worker: number): Promise<void>;
}

/** Stops the run that is shown as running, once n8n's server can say so. */
async function pressStop(suite: QueueSuite, workflowId: string): Promise<void> {
  await waitUntil('a run to stop', 30_000, async () => {
    const [latest] = await executionsOf(suite.n8n, workflowId).catch(() => []);
    if (latest?.status !== 'running') return undefined;
    return await suite.n8n.api.request('POST', `/executions/${latest.id}/stop`);
  });
}

/** Waits until each process of n8n says that it has its database and its queue again. */
async function untilAllReady(suite: QueueSuite): Promise<void> {
  for (const { url } of [suite.main, suite.worker(1), suite.worker(2)]) {
    await waitUntil(`the readiness of ${url}`, 60_000, async () => {
      const answer = await fetch(`${url}/healthz/readiness`).catch(() => undefined);
      return answer?.ok === true || undefined;
    });
  }
}

const kill = async (group: ProcessGroup): Promise<void> => {
  group.kill('SIGKILL');
  await group.ended;
};

/** What a person may meet, by name. */
export const FAULTS = {
  workerKilled: {
    strike: async (suite, worker) => await kill(suite.worker(worker)),
    repair: async (suite, worker) => await suite.restartWorker(worker),
  },
  workerStopped: {
    strike: async (suite, worker) => await suite.worker(worker).close(),
    repair: async (suite, worker) => await suite.restartWorker(worker),
  },
  mainStopped: {
    strike: async (suite) => {
      await suite.main.close();
      await suite.restartMain();
    },
  },
  redisRestarted: {
    strike: async (suite) => {
      await suite.redis.close();
      await sleep(1_000);
      await suite.restartRedis();
    },
  },
  postgresRestarted: {
    strike: async (suite) => {
      await suite.postgres.close();
      await sleep(1_000);
      await suite.restartPostgres();
    },
  },
  /** For longer than n8n waits: all of its processes end by themselves. */
  redisLost: {
    strike: async (suite) => {
      const processes = [suite.main, suite.worker(1), suite.worker(2)];
      await suite.redis.close();
      await Promise.all(processes.map(async ({ ended }) => await ended));
      await suite.restartRedis();
      await Promise.all([suite.restartMain(), suite.restartWorker(1), suite.restartWorker(2)]);
    },
  },
  /** For so long that n8n cannot store how the run ended: it is shown as running until somebody stops it. */
  postgresLost: {
    strike: async (suite) => {
      await suite.postgres.close();
      const all = messagesOf('postgresLost');
      await waitUntil('the last message', 30_000, () => acceptedOf(suite, all) >= MESSAGES || undefined);
      await sleep(3_000);
      await suite.restartPostgres();
      await pressStop(suite, 'postgresLost');
    },
    repair: untilAllReady,
  },
  stopButton: {
    strike: async (suite) => await pressStop(suite, 'stopButton'),
  },
} satisfies Record<string, Fault>;

/** The name of a fault, which is also that of the workflow that it strikes. */
export type FaultName = keyof typeof FAULTS;

/** Publishes a workflow, has the fault strike its run, and waits for its end; prints what came of it. */
export async function strikeRun(
  suite: QueueSuite,
  name: FaultName,
  parameters: INodeParameters = {},
): Promise<Outcome & RunUnderWay> {
  const fault: Fault = FAULTS[name];
  await publishNew(suite, batchWorkflow(name, parameters));
  const run = await startRun(suite, name);
  const since = Date.now();
  await fault.strike(suite, run.worker);
  const outcome = await outcomeOf(suite, name, run, since);
  await fault.repair?.(suite, run.worker);
  const { execution, seconds, stored: there } = outcome;
  say(
    `${name}: "${execution.status}" after ${seconds.toFixed(1)} s, ${there.once} of ${MESSAGES} delivered, ${there.twice} twice`,
  );
  return { ...outcome, ...run };
}
