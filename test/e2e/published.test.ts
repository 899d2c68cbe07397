import { type Example } from '../../scripts/n8n/examples';
import { itemsAt } from '../support/runData';
import { sharedN8n } from './support/n8n';
import { importWorkflows, lastRun, publish } from './support/runs';
import { useSandbox } from './support/suite';

const n8n = sharedN8n();

/** Webhook to Analyze; the webhook answers with what Analyze gives. */
const WORKFLOW: Example = {
  id: 'analyzeOnWebhook',
  name: 'Analyze on Webhook',
  nodes: [
    {
      id: '0b9e6c53-6f0e-4c53-8d0c-7a9c6d4e1f01',
      name: 'Webhook',
      type: 'n8n-nodes-base.webhook',
      typeVersion: 2,
      position: [0, 0],
      webhookId: '0b9e6c53-6f0e-4c53-8d0c-7a9c6d4e1f02',
      parameters: {
        httpMethod: 'POST',
        path: 'analyze',
        responseMode: 'lastNode',
        responseData: 'allEntries',
        options: {},
      },
    },
    {
      id: '0b9e6c53-6f0e-4c53-8d0c-7a9c6d4e1f03',
      name: 'Analyze',
      type: 'n8n-nodes-asapp.asapp',
      typeVersion: 1,
      position: [220, 0],
      onError: 'continueRegularOutput',
      parameters: {
        resource: 'generativeAgent',
        operation: 'analyze',
        conversationId: '={{ $json.body.conversationId }}',
        sendMessage: true,
        text: '={{ $json.body.text }}',
        customerExternalId: '={{ $json.body.customer }}',
        options: { maxRetries: 0 },
      },
      credentials: { asappApi: { id: 'asapp', name: 'ASAPP API' } },
    },
  ],
  connections: { Webhook: { main: [[{ node: 'Analyze', type: 'main', index: 0 }]] } },
  settings: { executionOrder: 'v1' },
};

const suite = useSandbox(n8n);
beforeAll(async () => {
  await importWorkflows(n8n, [WORKFLOW]);
  await publish(n8n, WORKFLOW.id);
});

async function post(conversationId: string): Promise<unknown> {
  const response = await fetch(`${n8n.url}/webhook/analyze`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conversationId, text: 'Where is my order?', customer: 'customer-1' }),
  });
  expect(response.status).toBe(200);
  return await response.json();
}

test('a published workflow delivers what its webhook gets', async () => {
  const answer = await post('WEBHOOK1');
  const [accepted] = suite.sandbox.ledger.messagesOf('WEBHOOK1');
  expect(accepted).toMatchObject({ text: 'Where is my order?', externalId: 'customer-1', times: 1 });
  expect(answer).toEqual([{ conversationId: 'WEBHOOK1', messageId: accepted?.messageId }]);
  expect(itemsAt(await lastRun(n8n, WORKFLOW.id), 'Analyze')).toEqual(answer);
});

test('a published workflow hands on why ASAPP refused', async () => {
  expect(await post('FAULT404ID1')).toEqual([
    expect.objectContaining({
      error: expect.objectContaining({ kind: 'notFound', status: 404, retryable: false }) as object,
    }),
  ]);
});
