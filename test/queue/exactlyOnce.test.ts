import { batchWorkflow, callWebhook, endedRuns, publishNew } from './support/batch';
import { HURRIED, MESSAGES, outcomeOf, retry, startRun, strikeRun, WHOLE } from './support/faults';
import { stored } from './support/stored';
import { say, useQueue } from './support/suite';

const suite = useQueue({ sandbox: { latency: 30 }, settings: HURRIED });

/** What a run delivered that was cut off. */
function expectCutOff({ once, twice, outOfOrder }: typeof WHOLE): void {
  expect({ twice, outOfOrder }).toEqual({ twice: 0, outOfOrder: 0 });
  expect(once).toBeLessThan(MESSAGES);
}

describe.each(['workerKilled', 'workerStopped'] as const)('%s in the middle of a run', (name) => {
  test('n8n has nothing left to retry; the same batch again, with Look Before Sending, completes it', async () => {
    // Slow enough not to be done before the worker is cut off.
    const options = { maxRequestsPerSecond: 40, lookBeforeSending: true };
    const { execution, batch, hasInput, stored: before } = await strikeRun(suite, name, { options });
    expect(execution.status).toBe('error');
    expectCutOff(before);
    expect(hasInput).toBe(false);
    expect(await retry(suite, name, execution.id)).toBe('error');
    expect(stored(suite.sandbox, batch)).toEqual(before);

    const startedAt = Date.now();
    expect(await callWebhook(suite, name, batch)).toBe(200);
    const runs = await endedRuns(suite, name, 3);
    say(`${name}: the same again took ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
    expect(runs.at(-1)?.status).toBe('success');
    expect(stored(suite.sandbox, batch)).toEqual(WHOLE);
  });
});

test('Redis lost for long: n8n ends itself; its Retry, once it is back, completes the run', async () => {
  const { execution, batch, hasInput, stored: before } = await strikeRun(suite, 'redisLost');
  expect(execution.status).toBe('crashed');
  expectCutOff(before);
  expect(hasInput).toBe(true);
  expect(await retry(suite, 'redisLost', execution.id)).toBe('success');
  expect(stored(suite.sandbox, batch)).toEqual(WHOLE);
});

test('PostgreSQL lost at the end of a run: all is delivered; Stop and Retry send nothing twice', async () => {
  const { execution, batch, stored: before } = await strikeRun(suite, 'postgresLost');
  expect(execution.status).toBe('canceled');
  expect(before).toEqual(WHOLE);
  say(`postgresLost: Retry ends as "${await retry(suite, 'postgresLost', execution.id)}"`);
  expect(stored(suite.sandbox, batch)).toEqual(WHOLE);
});

test("the Stop button: nothing more is sent; n8n's Retry completes the run", async () => {
  const { execution, batch, stored: before } = await strikeRun(suite, 'stopButton');
  expect(execution.status).toBe('canceled');
  expectCutOff(before);
  // n8n leaves the old error on this Retry, and may call it failed although every node succeeded.
  say(`stopButton: Retry ends as "${await retry(suite, 'stopButton', execution.id)}"`);
  expect(stored(suite.sandbox, batch)).toEqual(WHOLE);
});

test("an item that stops the workflow; n8n's Retry completes the run, and a second Retry sends nothing", async () => {
  const id = 'stoppedByItem';
  await publishNew(suite, batchWorkflow(id, { options: { maxRetries: 0 } }));
  const run = await startRun(suite, id, 50);
  const conversationId = run.batch[MESSAGES / 2]?.conversationId ?? '';
  suite.sandbox.faults.set({ fault: 'status', status: 404, conversationId, times: 1 });
  const { execution, stored: before } = await outcomeOf(suite, id, run);
  say(`${id}: "${execution.status}", ${before.once} of ${MESSAGES} delivered`);
  expect(execution.status).toBe('error');
  expectCutOff(before);
  expect(await retry(suite, id, execution.id)).toBe('success');
  expect(stored(suite.sandbox, run.batch)).toEqual(WHOLE);
  // Somebody presses it once more, and this Retry knows nothing of the other.
  await retry(suite, id, execution.id);
  expect(stored(suite.sandbox, run.batch)).toEqual(WHOLE);
});
