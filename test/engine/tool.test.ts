import {
  NodeConnectionTypes,
  type EngineRequest,
  type EngineResponse,
  type IDataObject,
  type IExecuteFunctions,
  type INode,
  type INodeExecutionData,
  type INodeParameters,
  type INodeType,
} from 'n8n-workflow';

import { runWorkflow, type WorkflowFile } from '../../scripts/engine/runWorkflow';
import { asappWorkflow, useAsapp } from '../support/asapp';
import { branchParameters } from '../support/branches';
import { analyzeParameters } from '../support/parameters';

const asapp = useAsapp();

/** An agent whose model always calls the tool "ASAPP" once, and which then answers with what came back. */
const AGENT: INodeType = {
  description: {
    displayName: 'Agent',
    name: 'agent',
    group: ['transform'],
    version: 1,
    description: '',
    defaults: {},
    inputs: [NodeConnectionTypes.Main, NodeConnectionTypes.AiTool],
    outputs: [NodeConnectionTypes.Main],
    properties: [],
  },
  async execute(
    this: IExecuteFunctions,
    response?: EngineResponse,
  ): Promise<INodeExecutionData[][] | EngineRequest> {
    if (response !== undefined && response.actionResponses.length > 0) {
      const [call] = response.actionResponses;
      return [[{ json: { seen: (call?.data.data?.ai_tool?.[0] ?? []).map(({ json }) => json) } }]];
    }
    return {
      actions: [
        {
          actionType: 'ExecutionNodeAction',
          nodeName: 'ASAPP',
          input: { text: 'from the model' },
          type: NodeConnectionTypes.AiTool,
          id: 'call-1',
          metadata: { itemIndex: 0 },
        },
      ],
      metadata: {},
    };
  },
};

/** What the agent gets from the tool. */
async function seenByAgent(parameters: INodeParameters, node: Partial<INode> = {}): Promise<IDataObject[]> {
  const file = asappWorkflow({
    parameters,
    node: { type: 'n8n-nodes-asapp.asappTool', ...node },
    items: [{ chat: 'hi' }],
  });
  const agent: INode = {
    id: 'agent',
    name: 'Agent',
    type: 'test.agent',
    typeVersion: 1,
    position: [0, 0],
    parameters: {},
  };
  const workflow: WorkflowFile = {
    ...file,
    nodes: [...file.nodes, agent],
    connections: {
      Items: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
      ASAPP: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
    },
  };
  const { nodeTypes } = asapp.nodePackage;
  const nodePackage = {
    ...asapp.nodePackage,
    nodeTypes: {
      ...nodeTypes,
      getByNameAndVersion: (name: string, version?: number) =>
        name === 'test.agent' ? AGENT : nodeTypes.getByNameAndVersion(name, version),
    },
  };
  const run = await runWorkflow(nodePackage, workflow, { credentials: { asappApi: asapp.credential() } });
  const tasks = run.data.resultData.runData.Agent ?? [];
  return (tasks.at(-1)?.data?.main?.[0]?.[0]?.json.seen ?? []) as IDataObject[];
}

test('a success is what the agent sees', async () => {
  expect(await seenByAgent(analyzeParameters({ text: '={{ $json.text }}' }))).toEqual([
    { conversationId: '01BX5ZZKBKACTAV9WEVGEMMVS0', messageId: expect.any(String) as string },
  ]);
  expect(asapp.sandbox.ledger.messages.at(-1)?.text).toBe('from the model');
});

test('with Wait for Reply the agent sees what GenerativeAgent said, and nothing beside it', async () => {
  const seen = await seenByAgent(analyzeParameters({ text: '={{ $json.text }}', waitForReply: true }));
  expect(seen).toEqual([
    { reply: 'One moment please.\n\nYou asked "from the model". It is done.', outcome: 'reply' },
  ]);
});

test.each([
  ['with On Error', analyzeParameters({ conversationId: 'FAULT404' }), {}],
  ['with own branches', branchParameters(undefined, { conversationId: 'FAULT404' }), {}],
  [
    'with own branches and On Error to stop',
    branchParameters(undefined, { conversationId: 'FAULT404' }),
    { onError: 'stopWorkflow' },
  ],
  ['with Continue', analyzeParameters({ conversationId: 'FAULT404' }), { onError: 'continueRegularOutput' }],
] as const)('a failure %s is data that a model can act on', async (_name, parameters, node) => {
  expect(await seenByAgent(parameters, node)).toEqual([
    {
      error: {
        kind: 'notFound',
        status: 404,
        code: '404-01',
        message: 'Not Found',
        requestId: expect.any(String) as string,
        retryable: false,
        attempts: 1,
        phase: 'answered',
        description: expect.any(String) as string,
      },
    },
  ]);
});
