import type { IConnections, INode } from 'n8n-workflow';

import type { Example } from '../../../scripts/n8n/examples';

const CREDENTIALS = { asappApi: { id: 'asapp', name: 'ASAPP API' } };
const STREAM_ID = 'e2e-interactions';
const EVENTS = ['reply', 'authenticationRequested', 'transferToAgent', 'transferToSystem'];

type Unplaced = Omit<INode, 'id' | 'position'>;

/** Each of `wires` is the name of a node and then, output by output, that of the node after it. */
function workflow(id: string, nodes: Array<Unplaced>, wires: string[][]): Example {
  const connections: IConnections = {};
  for (const [from = '', ...outputs] of wires) {
    connections[from] = {
      main: outputs.map((to) => (to === '' ? [] : [{ node: to, type: 'main', index: 0 }])),
    };
  }
  return {
    id,
    name: id,
    nodes: nodes.map((node, index) => ({ ...node, id: `${id}-${index}`, position: [0, 150 * index] })),
    connections,
    settings: { executionOrder: 'v1' },
  };
}

/** Where a chat message comes in; n8n answers it with what the last node gives. */
function chat(path: string): Unplaced {
  return {
    name: 'Chat',
    type: 'n8n-nodes-base.webhook',
    typeVersion: 2,
    webhookId: `${path}-chat`,
    parameters: { httpMethod: 'POST', path, responseMode: 'lastNode', options: {} },
  };
}

function analyze(changes: INode['parameters']): Unplaced {
  const { options, ...others } = changes;
  return {
    name: 'Analyze',
    type: 'n8n-nodes-asapp.asapp',
    typeVersion: 1,
    credentials: CREDENTIALS,
    parameters: {
      resource: 'generativeAgent',
      operation: 'analyze',
      conversationId: '={{ $json.body.conversationId }}',
      sendMessage: true,
      text: '={{ $json.body.text }}',
      customerExternalId: 'customer-1',
      inputVariablesInput: 'json',
      inputVariablesJson: '={{ $json.body.inputVariables }}',
      ...others,
      options: { taskName: '={{ $json.body.taskName }}', ...(options as object) },
    },
  };
}

function authenticate(changes: INode['parameters']): Unplaced {
  return {
    name: 'Authenticate',
    type: 'n8n-nodes-asapp.asapp',
    typeVersion: 1,
    credentials: CREDENTIALS,
    parameters: {
      resource: 'conversation',
      operation: 'authenticate',
      conversationId: '={{ $json.conversationId }}',
      customerExternalId: 'customer-1',
      authInput: 'fields',
      auth: { token: 'cGFzc3dvcmQ=' },
      options: {},
      ...changes,
    },
  };
}

function end(name: string): Unplaced {
  return { name, type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} };
}

/** Chat to Analyze, which waits, and to Authenticate if it is asked for; the chat gets the last reply. */
export const waiting = workflow(
  'interactionsWaiting',
  [
    chat('interactions-waiting'),
    analyze({ waitForReply: true }),
    {
      name: 'Must Authenticate?',
      type: 'n8n-nodes-base.if',
      typeVersion: 2.2,
      parameters: {
        conditions: {
          options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
          conditions: [
            {
              id: 'condition',
              leftValue: '={{ $json.outcome }}',
              rightValue: 'authenticationRequested',
              operator: { type: 'string', operation: 'equals' },
            },
          ],
          combinator: 'and',
        },
      },
    },
    authenticate({ waitForReply: true }),
    end('Answer'),
  ],
  [
    ['Chat', 'Analyze'],
    ['Analyze', 'Must Authenticate?'],
    ['Must Authenticate?', 'Authenticate', 'Answer'],
    ['Authenticate', 'Answer'],
  ],
);

/** Chat to Analyze, and beside that a trigger that authenticates and has an end for everything else. */
function triggered(
  id: string,
  path: string,
  trigger: Omit<Unplaced, 'name' | 'typeVersion'>,
  streamId: string,
): Example {
  const parameters = { events: EVENTS, outputMode: 'perEvent', options: {}, ...trigger.parameters };
  return workflow(
    id,
    [
      chat(path),
      analyze({ options: { streamId } }),
      { name: 'Trigger', typeVersion: 1, ...trigger, parameters },
      authenticate({ options: { streamId } }),
      end('Reply'),
      end('Agent'),
      end('System'),
    ],
    [
      ['Chat', 'Analyze'],
      ['Trigger', '', 'Reply', 'Authenticate', 'Agent', 'System'],
    ],
  );
}

/** Everything comes to an ASAPP Trigger. */
export const byWebhook = triggered(
  'interactionsByWebhook',
  'interactions-by-webhook',
  {
    type: 'n8n-nodes-asapp.asappTrigger',
    webhookId: 'interactions-events',
    parameters: { authentication: 'headerSecret' },
    credentials: { asappWebhookApi: { id: 'asappWebhook', name: 'ASAPP Webhook API' } },
  },
  '',
);
/** Everything comes to an ASAPP Stream Trigger. */
export const byStream = triggered(
  'interactionsByStream',
  'interactions-by-stream',
  {
    type: 'n8n-nodes-asapp.asappStreamTrigger',
    parameters: { streamId: STREAM_ID },
    credentials: CREDENTIALS,
  },
  STREAM_ID,
);
