import type { INodeParameters } from 'n8n-workflow';

import { activateTrigger, type Activation, type ActiveTrigger } from '../../support/activeTrigger';
import { useAsapp } from '../../support/asapp';
import { keepEngineLog, takeLog } from '../../support/debugLog';

const STREAM = 'n8n-support';

const asapp = useAsapp();
const open: ActiveTrigger[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (trigger) => await trigger.deactivate()));
});

async function activate(options: INodeParameters, how: Partial<Activation> = {}): Promise<ActiveTrigger> {
  const parameters = { streamId: STREAM, options };
  const trigger = await activateTrigger(asapp.nodePackage, {
    parameters,
    credential: asapp.credential(),
    keepsRunning: true,
    ...how,
  });
  open.push(trigger);
  return trigger;
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((wait) => setTimeout(wait, 5));
};
const pause = async (ms = 50) => await new Promise((wait) => setTimeout(wait, ms));

function burst(count: number, from = 0): void {
  for (let index = from; index < from + count; index++) {
    asapp.sandbox.streams.emit(STREAM, { type: 'reply', generativeAgentMessageId: String(index) });
  }
}

const ids = ({ emitted }: ActiveTrigger) => emitted.map(([items]) => items?.[0]?.json.eventId);
const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));

test.each([
  ['10 unless something else is said', {}, 10],
  ['as many as Max Executions says', { maxExecutions: 3 }, 3],
  ['one, so that they keep the order of the events', { maxExecutions: 1 }, 1],
])('executions that run at the same time: %s', async (_what, options, most) => {
  const trigger = await activate(options);
  burst(25);
  await until(() => trigger.emitted.length === most);
  await pause();
  expect(trigger.emitted).toHaveLength(most);
  for (let ended = 1; ended <= 25; ended++) {
    trigger.endOne();
    await until(() => trigger.emitted.length === Math.min(25, most + ended));
  }
  expect(ids(trigger)).toEqual(numbers(25));
});

test('Max Executions 0: all at once, as n8n would', async () => {
  const trigger = await activate({ maxExecutions: 0 });
  burst(50);
  await until(() => trigger.emitted.length === 50);
});

test('a thousand waiting events are told once, and when the workflow is stopped how many are lost', async () => {
  keepEngineLog();
  const trigger = await activate({ maxExecutions: 1 });
  burst(1_500);
  await until(() => trigger.emitted.length === 1);
  await pause(300);
  await trigger.deactivate();
  const log = takeLog();
  expect(log.match(/has 1000 events waiting, as 1 executions are running/g)).toHaveLength(1);
  expect(log).toMatch(/was stopped while 1499 events waited; they are lost/);
});

test('an event that cannot start an execution is told, and takes neither the others nor a place with it', async () => {
  const trigger = await activate(
    { maxExecutions: 2 },
    {
      keepsRunning: false,
      onEmit: ([items]) => {
        if (Number(items?.[0]?.json.eventId) % 2 === 0) throw new Error('no room');
      },
    },
  );
  burst(10);
  await until(() => trigger.emitted.length === 5 && trigger.failures.length === 5);
  expect(ids(trigger)).toEqual(['1', '3', '5', '7', '9']);
  expect(trigger.failures[0]?.message).toBe('An event of "Trigger" could not start the workflow: no room');
});

test.each([
  [{ maxExecutions: -1 }, "'Max Executions' must be a whole number from 0 to 1000"],
  [{ maxExecutions: 1.5 }, "'Max Executions' must be a whole number from 0 to 1000"],
  [{ silenceLimit: 'soon' }, "'Silence Limit' must be a whole number from 0 to 86400"],
])('%j stops the activation', async (options, words) => {
  await expect(activate(options as INodeParameters)).rejects.toThrow(words);
});

test('Silence Limit is in seconds: a stream that says nothing is connected anew', async () => {
  await activate({ silenceLimit: 1 });
  const connections = () => asapp.sandbox.ledger.connections.length;
  const startedAt = performance.now();
  await until(() => connections() === 2);
  expect(performance.now() - startedAt).toBeGreaterThan(900);
  expect(performance.now() - startedAt).toBeLessThan(4_000);
});
