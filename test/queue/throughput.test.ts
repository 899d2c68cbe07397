import { startSandbox } from '../../sandbox';
import { connectSandbox } from '../../scripts/n8n/examples';
import { counts, itemsAt } from '../support/runData';
import { readRun } from '../e2e/support/runs';
import { batchWorkflow, callWebhook, endedRuns, messages, publishNew, type Message } from './support/batch';
import { memoryOf, peakDuring } from './support/resources';
import { begunBy, executionsBegun, requests, stored } from './support/stored';
import { say, useQueue } from './support/suite';

const ITEMS = 10_000;
const LIMIT = 100;
const WORKERS = 2;
const CALLS = 20;
const PER_CALL = 50;

/** ASAPP's limit is one for the key, and each worker has a pace of its own: docs/queue-mode.md. */
const SHARE = { maxRequestsPerSecond: LIMIT / WORKERS };

const suite = useQueue({ sandbox: { requestsPerSecond: LIMIT, latency: 50 } });

interface Measured {
  seconds: number;
  /** What the webhook answered, without repetitions. */
  answers: number[];
  statuses: string[];
  ids: string[];
}

/** Calls the webhook with all batches at once and waits for the runs. */
async function run(id: string, batches: Message[][]): Promise<Measured> {
  const startedAt = Date.now();
  const answers = await Promise.all(batches.map(async (batch) => await callWebhook(suite, id, batch)));
  const runs = await endedRuns(suite, id, batches.length);
  const all = batches.flat();
  const accepted = all.flatMap(({ conversationId }) => suite.sandbox.ledger.messagesOf(conversationId));
  const last = Math.max(...accepted.map(({ acceptedAt }) => acceptedAt));
  return {
    seconds: (last - startedAt) / 1000,
    answers: [...new Set(answers)],
    statuses: [...new Set(runs.map(({ status }) => status))],
    ids: runs.map(({ id: execution }) => execution),
  };
}

test('1,000 messages of 20 webhook calls arrive once and in order', async () => {
  await publishNew(suite, batchWorkflow('throughput', { options: SHARE }));
  const batches = Array.from({ length: CALLS }, (_, call) => messages(`OWN${call}`, 10, PER_CALL / 10));
  const before = begunBy(suite);
  const { seconds, answers, statuses } = await run('throughput', batches);
  const all = batches.flat();
  const { refused, overlapping } = requests(suite.sandbox, all);
  const byWorker = begunBy(suite).map((count, index) => count - (before[index] ?? 0));
  const ideal = all.length / LIMIT;
  say(
    `1,000 messages, 20 calls: ${seconds.toFixed(1)} s (ideal ${ideal}), ${refused} x 429, ${overlapping} requests overlapped, executions by worker ${byWorker.join(' and ')}`,
  );
  expect([answers, statuses]).toEqual([[200], ['success']]);
  expect(stored(suite.sandbox, all)).toEqual({ once: all.length, twice: 0, missing: 0, outOfOrder: 0 });
  expect(overlapping).toBe(0);
  expect(byWorker.every((count) => count > 0)).toBe(true);
  expect(seconds).toBeLessThan(ideal * 2);
});

test('conversations that several executions share: all arrives once, but requests overlap', async () => {
  await publishNew(suite, batchWorkflow('shared', { options: SHARE }));
  const batches = Array.from({ length: CALLS }, (_, call) =>
    messages('SHARED', 10, 3).map((message) => ({ ...message, text: `Call ${call}: ${message.text}` })),
  );
  const { seconds, statuses, ids } = await run('shared', batches);
  const all = batches.flat();
  const { total, overlapping } = requests(suite.sandbox, all);
  const between = await overlappingBetweenWorkers(all, ids);
  say(
    `600 messages, 20 calls, 10 conversations of all: ${seconds.toFixed(1)} s, ${overlapping} of ${total} requests overlapped another of their conversation, ${between} of them one of the other worker`,
  );
  expect(statuses).toEqual(['success']);
  // Each call is in order by itself; nothing is promised between them.
  for (const batch of batches) {
    expect(stored(suite.sandbox, batch)).toEqual({
      once: batch.length,
      twice: 0,
      missing: 0,
      outOfOrder: 0,
    });
  }
});

test('the same where ASAPP refuses what overlaps: nothing arrives twice, and what was refused says so', async () => {
  const { api } = suite.n8n;
  const refusing = await startSandbox({ requestsPerSecond: LIMIT, latency: 50, refuseOverlaps: true });
  try {
    await connectSandbox(api, refusing);
    const check = { name: 'Check First', errors: ['inDoubt', 'replyTimeout', 'conflict'] };
    const errorHandling = { errorHandling: 'branches', errorBranches: { branch: [check] } };
    await publishNew(suite, batchWorkflow('refused', { ...errorHandling, options: SHARE }));
    const batches = Array.from({ length: CALLS }, (_, call) =>
      messages('REFUSED', 10, 3).map((message) => ({ ...message, text: `Call ${call}: ${message.text}` })),
    );
    const startedAt = Date.now();
    await Promise.all(batches.map(async (batch) => await callWebhook(suite, 'refused', batch)));
    const runs = await endedRuns(suite, 'refused', CALLS, 170_000);
    const seconds = (Date.now() - startedAt) / 1000;
    const all = batches.flat();
    const conflicts = all
      .map(({ conversationId }) => conversationId)
      .filter((id, index, ids) => ids.indexOf(id) === index)
      .flatMap((id) => refusing.ledger.requestsOf(id))
      .filter(({ status }) => status === 409).length;
    const { once, twice, missing } = stored(refusing, all);
    const looks = refusing.ledger.requests.filter(({ operation }) => operation === 'getMessages').length;
    say(
      `600 messages, 20 calls, 10 conversations, 409 to what overlaps: ${seconds.toFixed(1)} s, ${conflicts} x 409, ${once} stored, ${missing} not, ${looks} looks`,
    );
    expect(runs.every(({ status }) => status === 'success')).toBe(true);
    expect({ twice, missing }).toEqual({ twice: 0, missing: conflicts });
    const onCheckFirst = await Promise.all(
      runs.map(async ({ id }) => counts(await readRun(suite.n8n, id), 'Analyze')[0]?.[2] ?? 0),
    );
    expect(onCheckFirst.reduce((sum, count) => sum + count, 0)).toBe(conflicts);
  } finally {
    await connectSandbox(api, suite.sandbox);
    await refusing.close();
  }
});

/** How many requests were under way together with one of the other worker; each text names its call. */
async function overlappingBetweenWorkers(all: Message[], ids: string[]): Promise<number> {
  const { ledger } = suite.sandbox;
  const callOf = (text: string): string => /Call \d+:/.exec(text)?.[0] ?? '';
  const workers = new Map<string, number>();
  const begun = executionsBegun(suite);
  for (const id of ids) {
    const [first] = itemsAt(await readRun(suite.n8n, id), 'Messages');
    workers.set(
      callOf(String(first?.text)),
      begun.findIndex((executions) => executions.includes(id)),
    );
  }
  const bySequence = new Map(ledger.requests.map((request) => [request.sequence, request]));
  const workerOf = (sequence: number): number | undefined =>
    workers.get(callOf(bySequence.get(sequence)?.rawBody ?? ''));
  const conversations = new Set(all.map(({ conversationId }) => conversationId));
  return [...conversations]
    .flatMap((id) => ledger.requestsOf(id))
    .filter(({ sequence, inFlightWith }) =>
      inFlightWith.some((other) => workerOf(other) !== workerOf(sequence)),
    ).length;
}

test('workers wait for the replies of their own conversations', async () => {
  await publishNew(suite, batchWorkflow('waiting', { waitForReply: true, options: SHARE }));
  const batches = Array.from({ length: CALLS }, (_, call) => messages(`WAIT${call}`, 5, 2));
  const { seconds, statuses, ids } = await run('waiting', batches);
  const all = batches.flat();
  const { refused } = requests(suite.sandbox, all);
  say(`Wait for Reply, 200 messages, 20 calls: ${seconds.toFixed(1)} s, ${refused} x 429`);
  expect(statuses).toEqual(['success']);
  expect(stored(suite.sandbox, all)).toEqual({ once: all.length, twice: 0, missing: 0, outOfOrder: 0 });
  const items = (
    await Promise.all(ids.map(async (id) => itemsAt(await readRun(suite.n8n, id), 'Analyze')))
  ).flat();
  expect(items).toHaveLength(all.length);
  for (const item of items) {
    const [said] = suite.sandbox.ledger
      .messagesOf(String(item.conversationId))
      .filter(({ messageId }) => messageId === item.messageId);
    expect(item).toMatchObject({ outcome: 'reply' });
    expect(item.reply).toContain(`You asked "${said?.text ?? ''}". It is done.`);
  }
});

test(`a run of ${ITEMS} items without a limit`, async () => {
  const { api } = suite.n8n;
  const unlimited = await startSandbox();
  try {
    await connectSandbox(api, unlimited);
    const options = { maxConcurrency: 50, maxRequestsPerSecond: 5_000 };
    await publishNew(suite, batchWorkflow('sizing', { options }));
    const batch = messages('SIZING', 500, ITEMS / 500);
    const groups = [suite.main, suite.worker(1), suite.worker(2)];
    const before = groups.map(memoryOf);
    const begunBefore = begunBy(suite);
    expect(await callWebhook(suite, 'sizing', batch)).toBe(200);
    const ended = endedRuns(suite, 'sizing', 1);
    const peaks = await Promise.all(groups.map(async (group) => await peakDuring(group, ended)));
    expect((await ended).map(({ status }) => status)).toEqual(['success']);
    expect(stored(unlimited, batch)).toEqual({ once: ITEMS, twice: 0, missing: 0, outOfOrder: 0 });
    const accepted = unlimited.ledger.messages.map(({ acceptedAt }) => acceptedAt);
    const seconds = (Math.max(...accepted) - Math.min(...accepted)) / 1000;
    const worker = begunBy(suite).findIndex((count, index) => count > (begunBefore[index] ?? 0)) + 1;
    say(
      `${ITEMS} items in one worker: ${Math.round(ITEMS / seconds)} a second, main ${before[0]} to ${peaks[0]} MB, worker ${before[worker]} to ${peaks[worker]} MB`,
    );
  } finally {
    await connectSandbox(api, suite.sandbox);
    await unlimited.close();
  }
});
