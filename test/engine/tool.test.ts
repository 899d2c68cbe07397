import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import { agentRun } from '../support/agent';
import { asappWorkflow, useAsapp } from '../support/asapp';
import { branchParameters } from '../support/branches';
import { analyzeParameters } from '../support/parameters';

const asapp = useAsapp();

/** What an agent gets from the tool "ASAPP", which it calls once with what its model wrote. */
async function seenByAgent(parameters: INodeParameters, node: Partial<INode> = {}): Promise<IDataObject[]> {
  const { nodes } = asappWorkflow({ parameters, node: { type: 'n8n-nodes-asapp.asappTool', ...node } });
  const tools = nodes.filter(({ name }) => name === 'ASAPP');
  const calls = [{ tool: 'ASAPP', input: { text: 'from the model' } }];
  const [seen] = await agentRun(asapp, 'engine', calls, { tools, items: [{ chat: 'hi' }] });
  return (seen?.[0] ?? []) as IDataObject[];
}

test('a success is what the agent sees', async () => {
  const parameters = analyzeParameters({ text: "={{ $fromAI('text') }}", waitForReply: false });
  expect(await seenByAgent(parameters)).toEqual([
    { conversationId: '01BX5ZZKBKACTAV9WEVGEMMVS0', messageId: expect.any(String) as string },
  ]);
  expect(asapp.sandbox.ledger.messages.at(-1)?.text).toBe('from the model');
});

test('Wait for Reply is on in a tool: the agent sees what GenerativeAgent said, and nothing beside it', async () => {
  const seen = await seenByAgent(analyzeParameters({ text: "={{ $fromAI('text') }}" }));
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
