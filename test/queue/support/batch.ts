import type { INode, INodeParameters } from 'n8n-workflow';

import type { Example } from '../../../scripts/n8n/examples';
import { executionsOf, isEnded, publish, type ExecutionSummary } from '../../e2e/support/runs';
import { waitUntil } from './waitUntil';
import type { QueueSuite } from './suite';

/** A message of a customer, as the webhook of {@link batchWorkflow} takes it. */
export interface Message {
  conversationId: string;
  text: string;
  timestamp: string;
}

/** So many conversations with so many messages each, in turns. Each text is there once. */
export function messages(name: string, conversations: number, perConversation: number): Message[] {
  const start = Date.now();
  return Array.from({ length: conversations * perConversation }, (_, index) => {
    const turn = Math.floor(index / conversations);
    return {
      conversationId: `${name}C${index % conversations}`,
      text: `${name} ${String(turn).padStart(4, '0')}`,
      timestamp: new Date(start + turn).toISOString(),
    };
  });
}

/** A workflow that sends what its webhook gets, an item for each message. The webhook answers at once. */
export function batchWorkflow(id: string, parameters: INodeParameters = {}): Example {
  const { options, ...others } = parameters;
  const node = (name: string, type: string, typeVersion: number, changes: Partial<INode>): INode => ({
    id: `${id}-${name}`,
    name,
    type,
    typeVersion,
    position: [0, 0],
    parameters: {},
    ...changes,
  });
  return {
    id,
    name: id,
    nodes: [
      node('Webhook', 'n8n-nodes-base.webhook', 2, {
        webhookId: `${id}-webhook`,
        parameters: { httpMethod: 'POST', path: id, responseMode: 'onReceived', options: {} },
      }),
      node('Messages', 'n8n-nodes-base.splitOut', 1, {
        parameters: { fieldToSplitOut: 'body.messages', options: {} },
      }),
      node('Analyze', 'n8n-nodes-asapp.asapp', 1, {
        credentials: { asappApi: { id: null, name: 'ASAPP API' } },
        parameters: {
          resource: 'generativeAgent',
          operation: 'analyze',
          conversationId: '={{ $json.conversationId }}',
          sendMessage: true,
          text: '={{ $json.text }}',
          customerExternalId: 'customer-1',
          ...others,
          options: { timestamp: '={{ $json.timestamp }}', ...(options as INodeParameters | undefined) },
        },
      }),
    ],
    connections: {
      Webhook: { main: [[{ node: 'Messages', type: 'main', index: 0 }]] },
      Messages: { main: [[{ node: 'Analyze', type: 'main', index: 0 }]] },
    },
    settings: { executionOrder: 'v1' },
  };
}

/** Creates and publishes a workflow, as {@link createWorkflow}. */
export async function publishNew(suite: QueueSuite, workflow: Example): Promise<void> {
  await createWorkflow(suite, workflow);
  await publish(suite.n8n, workflow.id);
}

/** Creates a workflow; its credentials are found by their names. */
export async function createWorkflow({ n8n }: QueueSuite, workflow: Example): Promise<void> {
  const all = (await n8n.api.request('GET', '/credentials')) as Array<{ id: string; name: string }>;
  const idOf = (name: string): string => all.find((credential) => credential.name === name)?.id ?? '';
  const nodes = workflow.nodes.map((node) => ({
    ...node,
    credentials: Object.fromEntries(
      Object.entries(node.credentials ?? {}).map(([type, { name }]) => [type, { id: idOf(name), name }]),
    ),
  }));
  await n8n.api.request('POST', '/workflows', { ...workflow, nodes });
}

/** Calls the webhook of {@link batchWorkflow}; resolves with the status. */
export async function callWebhook({ n8n }: QueueSuite, id: string, batch: Message[]): Promise<number> {
  const response = await fetch(`${n8n.url}/webhook/${id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ messages: batch }),
  });
  await response.arrayBuffer();
  return response.status;
}

/** The runs of a workflow, oldest first, once there are so many and all have ended. */
export async function endedRuns(
  { n8n }: QueueSuite,
  workflowId: string,
  count: number,
  withinMs = 90_000,
): Promise<ExecutionSummary[]> {
  const runs = await waitUntil(`the end of ${count} runs of ${workflowId}`, withinMs, async () => {
    const all = await executionsOf(n8n, workflowId).catch(() => []);
    return all.length >= count && all.every(isEnded) ? all : undefined;
  });
  return runs.reverse();
}
