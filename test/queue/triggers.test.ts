import type { INode } from 'n8n-workflow';

import type { Example } from '../../scripts/n8n/examples';
import { batchWorkflow, endedRuns, publishNew } from './support/batch';
import { outcomeOf, startRun, WHOLE } from './support/faults';
import { processorTimeOf } from './support/resources';
import { begunBy } from './support/stored';
import { say, useQueue } from './support/suite';
import { waitUntil } from './support/waitUntil';

const STREAM = 'queue-tests';
const SECRET = { secretName: 'x-asapp-webhook-secret', secret: 'secret-of-the-tests-0123456789' };
const WEBHOOK_CREDENTIAL = 'Webhook of the Tests';
const POSTS = 200;
const WARM_UP = 20;

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
  const HEADER_CREDENTIAL = 'Header of the Tests';
  const BY_WEBHOOK = 'queue-events/webhook';
  const BY_N8N = 'queue-events-of-n8n';

  beforeAll(async () => {
    const { api } = suite.n8n;
    await api.request('POST', '/credentials', {
      name: WEBHOOK_CREDENTIAL,
      type: 'asappWebhookApi',
      data: SECRET,
    });
    await api.request('POST', '/credentials', {
      name: HEADER_CREDENTIAL,
      type: 'httpHeaderAuth',
      data: { name: SECRET.secretName, value: SECRET.secret },
    });
    await publishNew(
      suite,
      triggerWorkflow('byWebhook', {
        type: 'n8n-nodes-asapp.asappTrigger',
        webhookId: 'queue-events',
        parameters: { authentication: 'headerSecret', events: ['transferToAgent'], options: {} },
        credentials: { asappWebhookApi: { id: null, name: WEBHOOK_CREDENTIAL } },
      }),
    );
    await publishNew(
      suite,
      triggerWorkflow('byN8nWebhook', {
        type: 'n8n-nodes-base.webhook',
        webhookId: BY_N8N,
        parameters: { httpMethod: 'POST', path: BY_N8N, authentication: 'headerAuth', options: {} },
        credentials: { httpHeaderAuth: { id: null, name: HEADER_CREDENTIAL } },
      }),
    );
  });

  async function post(path: string, conversationId: string): Promise<number> {
    const body = { webhookMessageId: conversationId, ...eventOf(conversationId), type: 'transferToAgent' };
    const response = await fetch(`${suite.n8n.url}/webhook/${path}`, {
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

  /** Posts so many at once and waits until each is run; what main took for it, in s of its processor. */
  async function burst(title: string, path: string, posts: number): Promise<number> {
    const before = sum(begunBy(suite));
    const processorBefore = processorTimeOf(suite.main);
    const startedAt = Date.now();
    const statuses = await Promise.all(
      Array.from({ length: posts }, async (_, index) => await post(path, `${title}${index}`)),
    );
    const answered = seconds(startedAt);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    await waitUntil('the runs', 150_000, () => sum(begunBy(suite)) - before >= posts || undefined);
    const processor = processorTimeOf(suite.main) - processorBefore;
    say(
      `${title}, ${posts} posts at once: answered after ${answered} s, all begun by a worker after ${seconds(startedAt)} s, main took ${processor.toFixed(1)} s of processor time`,
    );
    expect(sum(begunBy(suite)) - before).toBe(posts);
    return processor;
  }

  test(`${POSTS} posts at once are all taken, and each is run once, as by n8n's own Webhook`, async () => {
    await burst('Warm-up of n8n’s Webhook', BY_N8N, WARM_UP);
    await burst('Warm-up of the ASAPP Trigger', BY_WEBHOOK, WARM_UP);
    const n8n = await burst('n8n’s Webhook', BY_N8N, POSTS);
    const asapp = await burst('ASAPP Trigger', BY_WEBHOOK, POSTS);
    say(`Processor time of the ASAPP Trigger / that of n8n’s Webhook: ${(asapp / n8n).toFixed(2)}`);
  }, 300_000);
});

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(1);
}
