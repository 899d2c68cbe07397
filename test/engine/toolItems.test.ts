import type { IDataObject, INode } from 'n8n-workflow';

import { agentRun } from '../support/agent';
import { useAsapp } from '../support/asapp';
import { analyzeParameters } from '../support/parameters';

const asapp = useAsapp();

const FROM_JSON = '={{ $json.conversationId }}';
/** A tool that takes the text from the model, and the conversation from the agent's item. */
function say(conversationId: string): INode {
  return {
    id: 'say',
    name: 'Say',
    type: 'n8n-nodes-asapp.asappTool',
    typeVersion: 1,
    position: [0, 0],
    parameters: {
      ...analyzeParameters({ conversationId, text: "={{ $fromAI('text') }}", waitForReply: false }),
      toolDescription: 'Says something',
    },
    credentials: { asappApi: { id: 'asapp', name: 'ASAPP API' } },
  };
}

/** Older versions run the calls of several items in another order. */
const accepted = () =>
  asapp.sandbox.ledger.messages.map(({ conversationId, text }) => [conversationId, text]).sort();
const refusals = (seen: unknown[][]) =>
  (seen as IDataObject[][][]).flat(2).map(({ error }) => (error as IDataObject | undefined)?.message);
const EMPTY = "'Conversation ID' is empty: enter a value, or check that its expression finds one";

describe('an agent of which the engine calls the tools', () => {
  test.each([
    ['a field', FROM_JSON, { conversationId: 'OWN' }],
    [
      'a field whose name no tool may declare',
      '={{ $json["Conversation ID"] }}',
      { 'Conversation ID': 'OWN' },
    ],
    ['a field inside another', '={{ $json.call.id }}', { call: { id: 'OWN' } }],
  ])('an argument of the same name leaves %s as it is', async (_name, expression, item) => {
    const input = {
      text: 'hi',
      conversationId: 'OTHER',
      'Conversation ID': 'OTHER',
      call: { id: 'OTHER' },
    };
    await agentRun(asapp, 'engine', [{ tool: 'Say', input }], { tools: [say(expression)], items: [item] });
    expect(accepted()).toEqual([['OWN', 'hi']]);
  });

  test('an argument does not stand in for a field that the item lacks', async () => {
    const calls = [{ tool: 'Say', input: { text: 'hi', conversationId: 'OTHER' } }];
    const seen = await agentRun(asapp, 'engine', calls, { tools: [say(FROM_JSON)], items: [{ chat: 'hi' }] });
    expect(refusals(seen)).toEqual([EMPTY]);
    expect(accepted()).toEqual([]);
  });

  test("what the model was asked for is the model's, also if the item has a field of that name", async () => {
    const items = [{ conversationId: 'OWN', text: 'of the item' }];
    const calls = [{ tool: 'Say', input: { text: 'of the model' } }];
    await agentRun(asapp, 'engine', calls, { tools: [say(FROM_JSON)], items });
    expect(accepted()).toEqual([['OWN', 'of the model']]);
  });

  test('each of several items keeps its own', async () => {
    const items = [
      { n: 0, conversationId: 'ONE' },
      { n: 1, conversationId: 'TWO' },
    ];
    const calls = [{ tool: 'Say', input: { text: 'hi', conversationId: 'OTHER' } }];
    await agentRun(asapp, 'engine', calls, { tools: [say(FROM_JSON)], items });
    expect(accepted()).toEqual([
      ['ONE', 'hi'],
      ['TWO', 'hi'],
    ]);
  });

  test('each of several items finds what came before it', async () => {
    const items = [{ conversationId: 'ONE' }, { conversationId: 'TWO' }, { conversationId: 'THREE' }];
    const tools = [say("={{ $('Items').item.json.conversationId }}")];
    await agentRun(asapp, 'engine', [{ tool: 'Say', input: { text: 'hi' } }], { tools, items });
    expect(accepted().map(([id]) => id)).toEqual(['ONE', 'THREE', 'TWO']);
    const alike = items.map((item) => ({ ...item, text: 'of the item' }));
    const calls = [{ tool: 'Say', input: { text: 'hi', conversationId: 'TWO' } }];
    const seen = await agentRun(asapp, 'engine', calls, { tools, items: alike });
    expect(refusals(seen)).toEqual(items.map(() => expect.stringContaining("'Conversation ID'") as unknown));
    expect(accepted()).toHaveLength(3);
  });

  test('nothing is sent if it cannot be told which item a call is for', async () => {
    const items = [{ conversationId: 'ONE' }, { conversationId: 'TWO' }];
    const plain = [{ tool: 'Say', input: { text: 'hi' } }];
    await agentRun(asapp, 'engine', plain, { tools: [say(FROM_JSON)], items });
    expect(accepted().map(([id]) => id)).toEqual(['ONE', 'TWO']);
    const overridden = [{ tool: 'Say', input: { text: 'hi', conversationId: 'TWO' } }];
    const seen = await agentRun(asapp, 'engine', overridden, { tools: [say(FROM_JSON)], items });
    expect(refusals(seen)).toEqual([EMPTY, EMPTY]);
    expect(accepted()).toHaveLength(2);
  });
});

describe('an agent that calls its tools itself', () => {
  const calls = [{ tool: 'Say', input: { text: 'hi', conversationId: 'OTHER' } }];

  test('an argument of the same name leaves a field as it is', async () => {
    const items = [{ conversationId: 'OWN' }];
    await agentRun(asapp, 'invoke', calls, { tools: [say(FROM_JSON)], items });
    expect(accepted()).toEqual([['OWN', 'hi']]);
  });

  test.each([FROM_JSON, "={{ $('Items').item.json.conversationId }}"])(
    'sends nothing when its items differ in %s, as n8n gives the first for each',
    async (expression) => {
      const items = [{ conversationId: 'ONE' }, { conversationId: 'TWO' }];
      const seen = await agentRun(asapp, 'invoke', calls, { tools: [say(expression)], items });
      const words =
        'The agent has 2 items, and n8n does not tell its tool which one a call is for. Use AI Agent 3, or give the agent one item at a time';
      expect(refusals(seen)).toEqual([words, words]);
      expect(accepted()).toEqual([]);
    },
  );

  test('sends for several items that do not differ in what the tool takes from them', async () => {
    const items = [
      { conversationId: 'OWN', n: 0 },
      { conversationId: 'OWN', n: 1 },
    ];
    await agentRun(asapp, 'invoke', calls, { tools: [say(FROM_JSON)], items });
    expect(accepted()).toEqual([
      ['OWN', 'hi'],
      ['OWN', 'hi'],
    ]);
  });
});
