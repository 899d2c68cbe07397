import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import { agentRun, type ToolWay } from '../support/agent';
import { useAsapp } from '../support/asapp';
import { branchParameters } from '../support/branches';
import { refuseLooks, sentRequests } from '../support/looks';
import { analyzeParameters, authenticateParameters } from '../support/parameters';

const asapp = useAsapp();

function tool(name: string, parameters: INodeParameters, changes: Partial<INode> = {}): INode {
  return {
    id: name,
    name,
    type: 'n8n-nodes-asapp.asappTool',
    typeVersion: 1,
    position: [0, 0],
    parameters: { ...parameters, toolDescription: `What ${name} is for` },
    credentials: { asappApi: { id: 'asapp', name: 'ASAPP API' } },
    ...changes,
  };
}

/** Says `what`, in a conversation of its own. */
const say = (what: string, changes: Partial<INode> = {}) =>
  tool(
    what,
    analyzeParameters({ conversationId: what.toUpperCase(), text: what, waitForReply: false }),
    changes,
  );

const acceptedTexts = () => asapp.sandbox.ledger.messages.map(({ text }) => text);
const messageIds = () => asapp.sandbox.ledger.messages.map(({ messageId }) => messageId);
const idsSeen = (seen: unknown[]) =>
  (seen as IDataObject[][]).map(([answer]) => (answer as IDataObject).messageId);

describe.each(['engine', 'invoke'] as const)('an agent that calls its tools by %s', (way: ToolWay) => {
  test('sends each call, and sees of each what came of it', async () => {
    const [seen] = await agentRun(asapp, way, [{ tool: 'one' }, { tool: 'one' }, { tool: 'one' }], {
      tools: [say('one')],
    });
    expect(acceptedTexts()).toEqual(['one', 'one', 'one']);
    expect(idsSeen(seen ?? [])).toEqual(messageIds());
  });

  test('does not take what one tool did for what another one did', async () => {
    const authenticate = tool('authenticate', authenticateParameters());
    const calls = [{ tool: 'authenticate' }, { tool: 'one' }, { tool: 'two' }, { tool: 'authenticate' }];
    const [seen] = await agentRun(asapp, way, calls, { tools: [authenticate, say('one'), say('two')] });
    expect(acceptedTexts()).toEqual(['one', 'two']);
    const authenticated = [expect.objectContaining({ authenticated: true }) as unknown];
    expect(seen).toEqual([
      authenticated,
      [expect.objectContaining({ conversationId: 'ONE' })],
      [expect.objectContaining({ conversationId: 'TWO' })],
      authenticated,
    ]);
    expect(asapp.sandbox.ledger.requests).toHaveLength(4);
  });

  test('sends the call of each of its items', async () => {
    const seen = await agentRun(asapp, way, [{ tool: 'one' }], {
      tools: [say('one')],
      items: [{ n: 0 }, { n: 1 }, { n: 2 }],
    });
    expect(acceptedTexts()).toEqual(['one', 'one', 'one']);
    expect(seen.flatMap(idsSeen)).toEqual(messageIds());
  });

  test('sends the call after a failure, also with Retry On Fail', async () => {
    asapp.sandbox.faults.set({ fault: 'status', status: 422, times: 1, conversationId: 'ONE' });
    const [seen] = await agentRun(asapp, way, [{ tool: 'one' }, { tool: 'one' }], { tools: [say('one')] });
    expect(seen?.[0]).toMatchObject([{ error: { kind: 'unprocessableEntity' } }]);
    expect(acceptedTexts()).toEqual(['one']);
    const retried = say('two', { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 });
    const calls = [{ tool: 'two' }, { tool: 'two' }];
    await agentRun(asapp, way, calls, { tools: [retried] });
    expect(acceptedTexts()).toEqual(['one', 'two', 'two']);
  });

  test('finds what ASAPP took although its answer was lost', async () => {
    asapp.sandbox.faults.set({ fault: 'resetAfterReading', times: 1, conversationId: 'ONE' });
    const [seen] = await agentRun(asapp, way, [{ tool: 'one' }], { tools: [say('one')] });
    expect(seen).toEqual([[{ conversationId: 'ONE', messageId: messageIds()[0], recovered: true }]]);
    expect(acceptedTexts()).toEqual(['one']);
  });

  test('does not send again what is in doubt', async () => {
    asapp.sandbox.faults.set({ fault: 'resetAfterReading', conversationId: 'ONE', operation: 'analyze' });
    refuseLooks(asapp);
    const retried = say('one', { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 });
    const [seen] = await agentRun(asapp, way, [{ tool: 'one' }], { tools: [retried] });
    expect(seen?.[0]).toMatchObject([{ error: { kind: 'connectionFailed', inDoubt: true, attempts: 1 } }]);
    expect(sentRequests(asapp)).toHaveLength(1);
  });

  describe.each(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput', undefined] as const)(
    'with On Error %s',
    (onError) => {
      const settings = onError === undefined ? {} : { onError };

      test.each([
        ['', analyzeParameters({ conversationId: 'FAULT404' })],
        [' and own branches', branchParameters(undefined, { conversationId: 'FAULT404' })],
      ])('sees a failure as data%s', async (_name, parameters) => {
        const [seen] = await agentRun(asapp, way, [{ tool: 'one' }], {
          tools: [tool('one', parameters, settings)],
        });
        expect(seen).toEqual([[{ error: expect.objectContaining({ kind: 'notFound' }) as unknown }]]);
      });

      test('sees a success', async () => {
        const [seen] = await agentRun(asapp, way, [{ tool: 'one' }], { tools: [say('one', settings)] });
        expect(idsSeen(seen ?? [])).toEqual(messageIds());
        expect(messageIds()).toHaveLength(1);
      });
    },
  );
});
