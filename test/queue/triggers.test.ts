import type { INode } from 'n8n-workflow';

import type { Example } from '../../scripts/n8n/examples';
import { batchWorkflow, endedRuns, publishNew } from './support/batch';
import { outcomeOf, startRun, WHOLE } from './support/faults';
import { begunBy } from './support/stored';
import { say, useQueue } from './support/suite';
import { waitUntil } from './support/waitUntil';

const STREAM = 'queue-tests';
const SECRET = { secretName: 'x-asapp-webhook-secret', secret: 'secret-of-the-tests-0123456789' };
const WEBHOOK_CREDENTIAL = 'Webhook of the Tests';
const POSTS = 200;

const suite = useQueue();

/** A trigger, and a node that does nothing. */
function triggerWorkflow(
  id: string,
  trigger: Omit<INode, 'id' | 'name' | 'typeVersion' | 'position'>,
): Example {
  const common = { typeVersion: 1, position: [0, 0] as [number, number] };
  const after = { id: `${id}-after`, name: 'After', type: 'n8n-nodes-base.noOp', parameters: {} };
  return {
    id,
    name: id,
    nodes: [
      { ...common, ...trigger, id: `${id}-trigger`, name: 'Trigger' },
      { ...common, ...after },
    ],
    connections: { Trigger: { main: [[{ node: 'After', type: 'main', index: 0 }]] } },
    settings: { executionOrder: 'v1' },
  };
}

function eventOf(conversationId: string) {
  return { conversationId, externalConversationId: `external-${conversationId}` };
}

async function untilConnected(): Promise<void> {
  const { streams } = suite.sandbox;
  await waitUntil('the stream', 60_000, () => streams.isConnected(STREAM) || undefined);
}

describe('ASAPP Stream Trigger', () => {
  const emit = (conversationId: string): void => {
    const reply = { type: 'reply', reply: { messageId: conversationId, text: 'Hello' } };
    suite.sandbox.streams.emit(STREAM, { ...eventOf(conversationId), ...reply });
  };

  test('one process holds the stream, and the workers run what its events start', async () => {
    await publishNew(
      suite,
      triggerWorkflow('byStream', {
        type: 'n8n-nodes-asapp.asappStreamTrigger',
        parameters: { streamId: STREAM, events: ['reply'], options: {} },
        credentials: { asappApi: { id: null, name: 'ASAPP API' } },
      }),
    );
    await untilConnected();
    const before = sum(begunBy(suite));
    for (const number of [1, 2, 3]) emit(`STREAM${number}`);
    const runs = await endedRuns(suite, 'byStream', 3);
    expect(runs.map(({ status }) => status)).toEqual(['success', 'success', 'success']);
    expect(sum(begunBy(suite)) - before).toBe(3);
    expect(suite.sandbox.ledger.connections).toHaveLength(1);
  });

  test('the stream ends with the main process and is back when that is; runs go on in their workers', async () => {
    const { connections } = suite.sandbox.ledger;
    await publishNew(suite, batchWorkflow('mainKilled'));
    const run = await startRun(suite, 'mainKilled');
    suite.main.kill('SIGKILL');
    await suite.main.ended;
    await waitUntil('the end of the connection', 5_000, () => connections[0]?.closedAt);
    expect([suite.worker(1).isRunning(), suite.worker(2).isRunning()]).toEqual([true, true]);
    const startedAt = Date.now();
    await suite.restartMain();
    await untilConnected();
    say(`Main killed: the stream was back ${seconds(startedAt)} s after its start began`);
    emit('STREAM4');
    expect((await endedRuns(suite, 'byStream', 4)).at(-1)?.status).toBe('success');
    const { execution, stored } = await outcomeOf(suite, 'mainKilled', run);
    expect(execution.status).toBe('success');
    expect(stored).toEqual(WHOLE);
  });
});

describe('ASAPP Trigger', () => {
  beforeAll(async () => {
    const credential = { name: WEBHOOK_CREDENTIAL, type: 'asappWebhookApi', data: SECRET };
    await suite.n8n.api.request('POST', '/credentials', credential);
    await publishNew(
      suite,
      triggerWorkflow('byWebhook', {
        type: 'n8n-nodes-asapp.asappTrigger',
        webhookId: 'queue-events',
        parameters: { authentication: 'headerSecret', events: ['transferToAgent'], options: {} },
        credentials: { asappWebhookApi: { id: null, name: WEBHOOK_CREDENTIAL } },
      }),
    );
  });

  async function post(conversationId: string): Promise<number> {
    const body = { webhookMessageId: conversationId, ...eventOf(conversationId), type: 'transferToAgent' };
    const response = await fetch(`${suite.n8n.url}/webhook/queue-events/webhook`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [SECRET.secretName]: SECRET.secret,
        connection: 'close',
      },
      body: JSON.stringify(body),
    });
    await response.arrayBuffer();
    return response.status;
  }

  test(`${POSTS} posts at once are all taken, and each is run once`, async () => {
    const before = sum(begunBy(suite));
    const startedAt = Date.now();
    const statuses = await Promise.all(
      Array.from({ length: POSTS }, async (_, index) => await post(`POST${index}`)),
    );
    const answered = seconds(startedAt);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    await waitUntil('the runs', 150_000, () => sum(begunBy(suite)) - before >= POSTS || undefined);
    say(
      `${POSTS} posts at once: answered after ${answered} s, all begun by a worker after ${seconds(startedAt)} s`,
    );
    expect(sum(begunBy(suite)) - before).toBe(POSTS);
  }, 240_000);
});

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(1);
}
