import type { INode } from 'n8n-workflow';

import { agentRun, type ToolWay } from '../../support/agent';
import { useAsapp } from '../../support/asapp';
import { CONVERSATION_ID, parametersOf } from '../../support/parameters';

const asapp = useAsapp();

function tool(name: string): INode {
  return {
    id: name,
    name,
    type: 'n8n-nodes-asapp.asappTool',
    typeVersion: 1,
    position: [0, 0],
    parameters: { ...parametersOf(name), toolDescription: name },
    credentials: { asappApi: { id: 'asapp', name: 'ASAPP API' } },
  };
}

describe.each(['engine', 'invoke'] as const)('an agent that calls its tools by %s', (way: ToolWay) => {
  test('reads what it wrote: every entry of a list is what the model sees', async () => {
    const names = ['message.create', 'message.getAll', 'generativeAgent.getState', 'summary.freeText'];
    const calls = ['message.create', ...names].map((name) => ({ tool: name }));
    const [seen = []] = await agentRun(asapp, way, calls, { tools: names.map(tool) });
    const created = { conversationId: CONVERSATION_ID, messageId: expect.any(String) as string };
    expect(seen).toMatchObject([
      [created],
      [created],
      [{ text: 'Hello' }, { text: 'Hello' }],
      [{ state: expect.any(String) as string }],
      [{ summaryText: expect.any(String) as string }],
    ]);
  });

  test('sees an error as data, and an empty list as one', async () => {
    const names = ['conversation.get', 'conversation.find'];
    const calls = names.map((name) => ({ tool: name }));
    const [seen] = await agentRun(asapp, way, calls, { tools: names.map(tool) });
    expect(seen).toEqual([[{ error: expect.objectContaining({ kind: 'notFound' }) as unknown }], []]);
  });
});
