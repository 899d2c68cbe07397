import { batchWorkflow, publishNew } from './support/batch';
import { HURRIED, MESSAGES, outcomeOf, startRun, strikeRun, WHOLE } from './support/faults';
import { useQueue } from './support/suite';

const suite = useQueue({ sandbox: { latency: 30 }, settings: HURRIED });

test('a worker that is asked to end finishes what takes no longer than it may', async () => {
  const id = 'workerStoppedInTime';
  await publishNew(suite, batchWorkflow(id));
  const run = await startRun(suite, id, MESSAGES - 50);
  const since = Date.now();
  await suite.worker(run.worker).close();
  const { execution, stored } = await outcomeOf(suite, id, run, since);
  await suite.restartWorker(run.worker);
  expect(execution.status).toBe('success');
  expect(stored).toEqual(WHOLE);
});

test.each(['mainStopped', 'redisRestarted', 'postgresRestarted'] as const)(
  '%s in the middle of a run: it goes on in its worker',
  async (name) => {
    const { execution, stored } = await strikeRun(suite, name);
    expect(execution.status).toBe('success');
    expect(stored).toEqual(WHOLE);
    const processes = [suite.main, suite.worker(1), suite.worker(2)];
    expect(processes.filter((group) => !group.isRunning())).toEqual([]);
  },
);
