import { startChatModel, type ChatModel } from '../e2e/support/chatModel';
import { executeFrom } from '../e2e/support/runs';
import { batchWorkflow, createWorkflow } from './support/batch';
import { begunBy } from './support/stored';
import { useQueue } from './support/suite';

const CONVERSATION = '01BX5ZZKBKACTAV9WEVGEMMVT0';
const WORDS_OF_MODEL = 'Hello, I would like to upgrade my internet plan.';

const suite = useQueue();
let model: ChatModel;
beforeAll(async () => {
  model = await startChatModel({ text: WORDS_OF_MODEL });
  await suite.n8n.api.request('POST', '/credentials', {
    name: 'Model of the Tests',
    type: 'openAiApi',
    data: { apiKey: 'none', url: model.url },
  });
});
afterAll(async () => {
  await model?.close();
});

test.each([
  ['calls its tool itself', 2.2],
  ['has the engine call its tool', 3.1],
])('an agent in a worker that %s', async (name, version) => {
  const id = `agent${Math.floor(version)}`;
  const conversationId = `${CONVERSATION}${id.toUpperCase()}`;
  const [, , analyze] = batchWorkflow(id).nodes;
  if (analyze === undefined) throw new Error(`There is no node for ${name}`);
  const node = (title: string, type: string, typeVersion: number, changes: object) => ({
    id: `${id}-${title}`,
    name: title,
    type,
    typeVersion,
    position: [0, 0] as [number, number],
    parameters: {},
    ...changes,
  });
  await createWorkflow(suite, {
    id,
    name: id,
    nodes: [
      node('Start', 'n8n-nodes-base.manualTrigger', 1, {}),
      node('AI Agent', '@n8n/n8n-nodes-langchain.agent', version, {
        parameters: { promptType: 'define', text: 'Upgrade my plan', options: {} },
      }),
      node('Model', '@n8n/n8n-nodes-langchain.lmChatOpenAi', 1.2, {
        parameters: { model: { __rl: true, mode: 'id', value: 'test' }, options: {} },
        credentials: { openAiApi: { id: null, name: 'Model of the Tests' } },
      }),
      {
        ...analyze,
        name: 'Ask ASAPP',
        type: 'n8n-nodes-asapp.asappTool',
        parameters: {
          ...analyze.parameters,
          conversationId,
          text: "={{ $fromAI('text', 'What to say', 'string') }}",
          waitForReply: true,
          options: {},
        },
      },
    ],
    connections: {
      Start: { main: [[{ node: 'AI Agent', type: 'main', index: 0 }]] },
      Model: { ai_languageModel: [[{ node: 'AI Agent', type: 'ai_languageModel', index: 0 }]] },
      'Ask ASAPP': { ai_tool: [[{ node: 'AI Agent', type: 'ai_tool', index: 0 }]] },
    },
    settings: { executionOrder: 'v1' },
  });
  const before = begunBy(suite).reduce((total, number) => total + number, 0);
  const run = await executeFrom(suite.n8n, id, 'Start');
  expect(run.status).toBe('success');
  expect(begunBy(suite).reduce((total, number) => total + number, 0) - before).toBe(1);
  const said = suite.sandbox.ledger.messagesOf(conversationId).map(({ text }) => text);
  expect(said).toEqual([WORDS_OF_MODEL]);
  expect(model.toolResults.at(-1)).toContain('It is done.');
});
