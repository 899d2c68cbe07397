import type { INode } from 'n8n-workflow';

import type { Example } from '../../scripts/n8n/examples';
import { startChatModel, type ChatModel } from './support/chatModel';
import {
  canvasNode,
  choose,
  closePanel,
  field,
  fill,
  letModelFill,
  openWorkflow,
  searchNode,
} from './support/editor';
import { sharedN8n } from './support/n8n';
import { executeFrom } from './support/runs';
import { useEditor } from './support/suite';

const n8n = sharedN8n();
const CONVERSATION = '01BX5ZZKBKACTAV9WEVGEMMVT0';
const WORDS_OF_MODEL = 'Hello, I would like to upgrade my internet plan.';

const editor = useEditor(n8n);
let model: ChatModel;
beforeAll(async () => {
  // The tool asks for the text alone; what else a model says must change nothing.
  model = await startChatModel({ Message_Text: WORDS_OF_MODEL, conversationId: 'OTHER' });
  await n8n.api.request('POST', '/credentials', {
    name: 'Model of the Tests',
    type: 'openAiApi',
    data: { apiKey: 'none', url: model.url },
  });
  await n8n.api.request('POST', '/workflows', agentWorkflow());
});
afterAll(async () => {
  await model?.close();
});

function node(name: string, type: string, changes: Partial<INode>): INode {
  return {
    id: `agent-${name}`,
    name,
    type,
    typeVersion: 1,
    position: [0, 0],
    parameters: {},
    ...changes,
  };
}

/** An agent with a model, to which a person has yet to give a tool. */
function agentWorkflow(): Example {
  return {
    id: 'agent',
    name: 'agent',
    nodes: [
      node('Start', 'n8n-nodes-base.manualTrigger', {}),
      node('AI Agent', '@n8n/n8n-nodes-langchain.agent', {
        typeVersion: 2,
        position: [240, 0],
        parameters: { promptType: 'define', text: 'Upgrade my plan', options: {} },
      }),
      node('Model', '@n8n/n8n-nodes-langchain.lmChatOpenAi', {
        typeVersion: 1.2,
        position: [160, 240],
        parameters: { model: { __rl: true, mode: 'id', value: 'test' }, options: {} },
        credentials: { openAiApi: { id: null, name: 'Model of the Tests' } },
      }),
    ],
    connections: {
      Start: { main: [[{ node: 'AI Agent', type: 'main', index: 0 }]] },
      Model: { ai_languageModel: [[{ node: 'AI Agent', type: 'ai_languageModel', index: 0 }]] },
    },
    settings: { executionOrder: 'v1' },
  };
}

test('an agent gets the tool, and its model the reply', async () => {
  const { page } = editor;
  await openWorkflow(page, 'agent');
  await canvasNode(page, 'AI Agent')
    .locator('[data-connection-type="ai_tool"]')
    .getByTestId('canvas-handle-plus')
    .click();
  const found = await searchNode(page, 'ASAPP');
  await found.first().click();
  await page.getByTestId('ndv').waitFor();
  await choose(page, 'resource', 'GenerativeAgent');
  await fill(page, 'conversationId', CONVERSATION);
  await letModelFill(page, 'text');
  await fill(page, 'customerExternalId', 'customer-4711');
  expect(await field(page, 'waitForReply').getByRole('switch').getAttribute('aria-checked')).toBe('true');
  expect(await field(page, 'errorHandling').count()).toBe(0);
  await closePanel(page);
  await page.getByTestId('execute-workflow-button').click();
  await canvasNode(page, 'AI Agent').getByTestId('canvas-node-status-success').waitFor({ timeout: 60_000 });
  expect(editor.sandbox.ledger.messagesOf(CONVERSATION).map(({ text }) => text)).toEqual([WORDS_OF_MODEL]);
  expect(model.toolResults).toHaveLength(1);
  expect(model.toolResults[0]).toContain('It is done.');
});

test.each([2.2, 3.1])(
  'an argument of the model does not take the place of a field that is mapped, in AI Agent %s',
  async (typeVersion) => {
    const { nodes, connections, ...rest } = agentWorkflow();
    const id = `mapped${Math.floor(typeVersion)}`;
    const own = id.toUpperCase();
    await n8n.api.request('POST', '/workflows', {
      ...rest,
      id,
      name: id,
      nodes: [
        ...nodes.map((each) => (each.name === 'AI Agent' ? { ...each, typeVersion } : each)),
        node('Conversation', 'n8n-nodes-base.set', {
          typeVersion: 3.4,
          parameters: {
            assignments: {
              assignments: [{ id: 'id', name: 'conversationId', type: 'string', value: own }],
            },
            options: {},
          },
        }),
        node('Ask ASAPP', 'n8n-nodes-asapp.asappTool', {
          parameters: {
            resource: 'generativeAgent',
            operation: 'analyze',
            conversationId: '={{ $json.conversationId }}',
            text: "={{ $fromAI('Message_Text', '', 'string') }}",
            customerExternalId: 'customer-4711',
            waitForReply: false,
          },
          credentials: { asappApi: { id: 'asapp', name: 'ASAPP API' } },
        }),
      ],
      connections: {
        ...connections,
        Start: { main: [[{ node: 'Conversation', type: 'main', index: 0 }]] },
        Conversation: { main: [[{ node: 'AI Agent', type: 'main', index: 0 }]] },
        'Ask ASAPP': { ai_tool: [[{ node: 'AI Agent', type: 'ai_tool', index: 0 }]] },
      },
    });
    const run = await executeFrom(n8n, id, 'Start');
    expect(run.status).toBe('success');
    expect(editor.sandbox.ledger.messagesOf(own).map(({ text }) => text)).toEqual([WORDS_OF_MODEL]);
    expect(editor.sandbox.ledger.messagesOf('OTHER')).toEqual([]);
  },
);

test('nothing is complained about', () => {
  expect(editor.complaints()).toEqual([]);
});
