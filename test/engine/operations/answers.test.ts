import type { INodeParameters } from 'n8n-workflow';

import { runAsapp, useAsapp } from '../../support/asapp';
import { startStandIn } from '../../support/looks';
import { CONVERSATION_ID, parametersOf } from '../../support/parameters';

const asapp = useAsapp();

async function run(name: string, changes: INodeParameters = {}, baseUrl = asapp.sandbox.url) {
  return await runAsapp(asapp, {
    parameters: parametersOf(name, changes),
    credential: asapp.credential({ baseUrl }),
    node: { onError: 'continueRegularOutput' },
  });
}

/** What becomes of an item that is answered with these bytes. */
async function answered(name: string, body: string, status = 200, type = 'application/json') {
  const server = await startStandIn((_request, response) => {
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  try {
    const { json } = await run(name, {}, server.url);
    expect(server.sent()).toHaveLength(1);
    return json;
  } finally {
    await server.close();
  }
}

describe('a call transfer', () => {
  test.each([
    ['completed', 'COMPLETED'],
    ['Ongoing', 'ONGOING'],
    ['EXPIRED', 'EXPIRED'],
  ])('that is %s for ASAPP is %s', async (status, shown) => {
    await run('callTransfer.create');
    asapp.sandbox.callTransfers.change({ id: 'T1', status });
    expect((await run('callTransfer.get')).json).toMatchObject([{ id: 'T1', status: shown }]);
    const created = { id: 'T1', externalConversationId: 'e', type: 'SIP', status };
    const json = await answered('callTransfer.create', JSON.stringify(created));
    expect(json).toEqual([{ ...created, status: shown }]);
  });

  test('tells how it ended, and what GenerativeAgent knew then', async () => {
    await run('callTransfer.create', {
      options: { taskName: 'UpgradePlan', inputVariables: { entry: [{ name: 'plan', value: 'GOLD' }] } },
    });
    asapp.sandbox.callTransfers.change({ id: 'T1', status: 'completed', transferType: 'SYSTEM' });
    expect((await run('callTransfer.get')).json).toMatchObject([
      {
        status: 'COMPLETED',
        completedAt: expect.any(String) as string,
        outputContext: {
          transferType: 'SYSTEM',
          currentTaskName: 'UpgradePlan',
          referenceVariables: { plan: 'GOLD' },
          transferVariables: { department: 'billing' },
        },
      },
    ]);
  });

  test('that is there already is a conflict, which is told like any other error', async () => {
    await run('callTransfer.create');
    expect((await run('callTransfer.create')).json).toMatchObject([
      { error: { kind: 'conflict', status: 409, attempts: 1, retryable: false } },
    ]);
  });
});

describe('a summary', () => {
  const say = async (text: string) =>
    await run('message.create', { text, senderRole: 'customer', senderExternalId: 'c-1' });

  test('answers with what ASAPP made of the conversation', async () => {
    await say('I want to cancel');
    const conversationId = CONVERSATION_ID;
    expect((await run('summary.freeText')).json).toEqual([
      {
        conversationId,
        summaryId: expect.any(String) as string,
        summaryText: expect.stringContaining('cancel') as string,
      },
    ]);
    expect((await run('summary.structuredData')).json).toEqual([
      {
        conversationId,
        id: expect.any(String) as string,
        structuredDataMetrics: expect.arrayContaining([
          { id: expect.any(String) as string, name: 'Topic', value: 'Cancel plan' },
        ]) as unknown[],
      },
    ]);
    expect((await run('summary.intent')).json).toEqual([
      { intent: { code: 'CANCEL_PLAN', name: 'Cancel plan' } },
    ]);
  });

  test('is made anew with each call', async () => {
    const [first] = (await run('summary.freeText')).json;
    const [second] = (await run('summary.freeText')).json;
    expect(second?.summaryId).not.toBe(first?.summaryId);
  });

  test('goes through with any ID that ASAPP gave it', async () => {
    const summaryId = '0083d936-ff70-49fc-ac19-74f1246d8b27';
    expect((await run('summary.sendFeedback', { summaryId })).json).toEqual([
      { conversationId: CONVERSATION_ID, summaryId, feedbackSent: true },
    ]);
    expect(asapp.sandbox.ledger.requests).toMatchObject([{ status: 202, body: { summaryId } }]);
  });
});

describe('a message', () => {
  test('of each role is read as it was written', async () => {
    for (const senderRole of ['agent', 'customer', 'system']) {
      const [created] = (await run('message.create', { senderRole, senderExternalId: `${senderRole}-1` }))
        .json;
      const messageId = created?.messageId as string;
      expect((await run('message.get', { messageId })).json).toMatchObject([
        { messageId, text: 'Hello', sender: { role: senderRole, externalId: `${senderRole}-1` } },
      ]);
    }
    expect(asapp.sandbox.ledger.messages.map(({ role }) => role)).toEqual(['agent', 'customer', 'system']);
  });

  test('without a sender outside of ASAPP is one all the same', async () => {
    await run('generativeAgent.analyze', { waitForReply: true });
    const { json } = await run('message.getAll');
    expect(json.at(-1)).toMatchObject({ sender: { role: 'system', externalId: null } });
    const messageId = json.at(-1)?.messageId as string;
    expect((await run('message.get', { messageId })).json).toEqual([json.at(-1)]);
  });

  test('does not make GenerativeAgent answer', async () => {
    await run('message.create', { senderRole: 'customer' });
    await run('message.createMany');
    expect(asapp.sandbox.ledger.events).toEqual([]);
    expect((await run('generativeAgent.getState')).json).toMatchObject([{ state: 'ready' }]);
  });

  test('of a batch is read in the place it was written', async () => {
    const messages = Array.from({ length: 300 }, (_, n) => ({
      text: `m${n}`,
      sender: { role: 'customer', externalId: 'c-1' },
    }));
    expect((await run('message.createMany', { messages: JSON.stringify(messages) })).json).toEqual([
      { conversationId: CONVERSATION_ID, messageCount: 300 },
    ]);
    const { json } = await run('message.getAll');
    expect(json.map(({ text }) => text)).toEqual(messages.map(({ text }) => text));
    expect(json.map(({ clientTimestamp }) => clientTimestamp)).toEqual(
      json.map(({ clientTimestamp }) => clientTimestamp).sort(),
    );
  });
});

describe('an answer with more or less than is documented', () => {
  test.each<[name: string, body: string, output: unknown]>([
    ['message.create', '{}', { conversationId: CONVERSATION_ID }],
    [
      'message.create',
      '{"id": "m-1", "more": [1]}',
      { conversationId: CONVERSATION_ID, messageId: 'm-1', more: [1] },
    ],
    [
      'message.createMany',
      '{"ids": ["a"]}',
      { conversationId: CONVERSATION_ID, messageCount: 1, ids: ['a'] },
    ],
    ['message.createMany', '', { conversationId: CONVERSATION_ID, messageCount: 1 }],
    ['message.createMany', 'null', { conversationId: CONVERSATION_ID, messageCount: 1 }],
    ['conversation.createOrUpdate', '{}', { externalId: 'ticket-1' }],
    [
      'conversation.get',
      '{"externalId": "e", "customer": {}, "more": null}',
      { externalId: 'e', customer: {}, more: null },
    ],
    ['generativeAgent.getState', '{}', {}],
    ['generativeAgent.getState', '{"state": "somethingNew"}', { state: 'somethingNew' }],
    ['summary.intent', '{"intent": {"code": "NO_INTENT"}}', { intent: { code: 'NO_INTENT' } }],
    [
      'callTransfer.get',
      '{"id": "T1", "externalConversationId": "e", "status": "new one", "createdAt": "t", "type": "SIP"}',
      { id: 'T1', externalConversationId: 'e', status: 'NEW ONE', createdAt: 't', type: 'SIP' },
    ],
  ])('%s takes %s', async (name, body, output) => {
    expect(await answered(name, body)).toEqual([output]);
  });

  test.each(['', 'accepted', '{"error": null}', '{}'])('feedback is taken with %j', async (body) => {
    expect(await answered('summary.sendFeedback', body, 202)).toMatchObject([{ feedbackSent: true }]);
  });

  test.each<[name: string, body: string]>([
    ['message.create', '{"id": 5}'],
    ['message.get', '{"text": "a"}'],
    ['conversation.get', '{"externalId": "e"}'],
    ['conversation.get', '{"externalId": "e", "customer": []}'],
    ['generativeAgent.createStream', '{"streamId": "s"}'],
    ['callTransfer.create', '{"id": "T1"}'],
    ['summary.freeText', '[]'],
    ['summary.intent', 'null'],
    ['generativeAgent.getState', '{"error": "no"}'],
  ])('%s does not take %s', async (name, body) => {
    expect(await answered(name, body)).toMatchObject([
      {
        error: { kind: 'unexpectedResponse', status: 200, attempts: 1, phase: 'answered', retryable: false },
      },
    ]);
  });
});
