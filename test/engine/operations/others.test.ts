import { useAsapp } from '../../support/asapp';
import { messageOf, operationRunner } from '../../support/operation';
import { CONVERSATION_ID } from '../../support/parameters';

const asapp = useAsapp({ eventDelay: 1 });
const requests = () => asapp.sandbox.ledger.requests;

const run = operationRunner(asapp);

describe('conversation', () => {
  test('is created, then updated, by its external ID', async () => {
    const [created] = (
      await run('conversation.createOrUpdate', {
        options: {
          customerName: 'Kim',
          agentExternalId: 'a-1',
          agentName: 'Nathan',
          metadata: {
            entry: [
              { name: 'queue', value: 'billing' },
              { name: 'vip', value: true },
            ],
          },
          timestamp: '2024-01-23T13:41:20Z',
        },
      })
    ).json;
    expect(requests()[0]?.body).toEqual({
      externalId: 'ticket-1',
      customer: { externalId: 'customer-xyz', name: 'Kim' },
      agent: { externalId: 'a-1', name: 'Nathan' },
      metadata: { queue: 'billing', vip: 'true' },
      timestamp: '2024-01-23T13:41:20.000Z',
    });
    expect(created).toEqual({
      id: expect.stringMatching(/^[A-Z0-9]+$/) as string,
      conversationId: created?.id,
      externalId: 'ticket-1',
    });
    const [updated] = (await run('conversation.createOrUpdate')).json;
    expect(updated?.conversationId).toBe(created?.conversationId);
    expect((await run('conversation.get', { conversationId: created?.id as string })).json).toMatchObject([
      { id: created?.id, externalId: 'ticket-1' },
    ]);
  });

  test('that nobody knows is not found by ID, and gives no item by external ID', async () => {
    expect((await run('conversation.get', { conversationId: 'NEVERSEEN' })).json).toMatchObject([
      { error: { kind: 'notFound' } },
    ]);
    expect((await run('conversation.find', { externalId: 'never-seen' })).json).toEqual([]);
  });

  test.each([
    [{ metadata: { entry: [{ name: '', value: 'x' }] } }, "'Metadata' has a row without a name"],
    [
      {
        metadata: {
          entry: [
            { name: 'a', value: 'x' },
            { name: 'a', value: 'y' },
          ],
        },
      },
      '\'Metadata\' has "a" twice: keep one row',
    ],
    [{ timestamp: '45987.4' }, "'Conversation Timestamp' must be a date and time"],
  ])('refuses %j', async (options, words) => {
    expect(messageOf((await run('conversation.createOrUpdate', { options })).json[0] ?? {})).toContain(words);
    expect(requests()).toEqual([]);
  });
});

describe('generativeAgent', () => {
  test('tells its state by either ID', async () => {
    await run('generativeAgent.analyze');
    const { json } = await run('generativeAgent.getState');
    expect(json).toEqual([expect.objectContaining({ state: expect.any(String) as string })]);
    expect(requests().at(-1)).toMatchObject({ method: 'GET', query: { conversationId: CONVERSATION_ID } });
    await run('generativeAgent.getState', { findBy: 'externalId', externalId: 'ticket-1' });
    expect(requests().at(-1)?.query).toEqual({ externalId: 'ticket-1' });
  });

  test('gives out the URL of a stream, in the output only', async () => {
    const { json } = await run('generativeAgent.createStream', { options: { streamId: 'mine' } });
    expect(json).toMatchObject([
      {
        streamId: 'mine',
        streamingUrl: expect.stringMatching(/^http/) as string,
        messageTypes: expect.any(Array) as [],
      },
    ]);
    expect(requests()[0]?.rawBody).toBe('{"streamId":"mine"}');
  });
});

describe('callTransfer', () => {
  const SIP = {
    transferType: 'SIP',
    sip: {
      returnTransferType: 'INVITE',
      returnUri: 'sip:back@example.com',
      username: 'sip-user',
      password: 'sip-password-4711',
    },
  };

  test('is announced for a phone number, with text variables', async () => {
    const { json } = await run('callTransfer.create', {
      country: ' gb ',
      options: { taskName: 'Upgrade', inputVariables: { entry: [{ name: 'plan', value: 5 }] } },
    });
    expect(requests()[0]?.body).toEqual({
      id: 'T1',
      externalConversationId: 'ticket-1',
      type: 'PHONE_NUMBER',
      phoneNumber: { country: 'GB' },
      inputContext: { taskName: 'Upgrade', inputVariables: { plan: '5' } },
    });
    expect(json).toMatchObject([{ id: 'T1', type: 'PHONE_NUMBER' }]);
    const [read] = (await run('callTransfer.get')).json;
    expect(read?.status).toMatch(/^[A-Z]+$/);
  });

  test('sends the password of SIP and tells it nobody', async () => {
    const { json } = await run('callTransfer.create', { ...SIP, transferId: 'T 2/3' });
    expect(requests()[0]?.body).toMatchObject({
      sip: {
        returnTransferType: 'INVITE',
        returnUri: 'sip:back@example.com',
        returnInviteAuthentication: { username: 'sip-user', password: 'sip-password-4711' },
      },
    });
    const read = await run('callTransfer.get', { transferId: 'T 2/3' });
    expect(requests().at(-1)?.path).toMatch(/\/call-transfers\/T%202%2F3$/);
    expect(json).toMatchObject([{ sip: { returnUri: 'sip:back@example.com' } }]);
    expect(JSON.stringify([json, read.json])).not.toMatch(/sip-password|sip-user/);
  });

  test('does not repeat the password that ASAPP quotes', async () => {
    asapp.sandbox.faults.set({ fault: 'status', status: 422, message: "'sip-password-4711' is too short" });
    const { json } = await run('callTransfer.create', SIP);
    expect(messageOf(json[0] ?? {})).toBe("'[redacted]' is too short");
  });

  test('needs a country of two letters', async () => {
    const { json } = await run('callTransfer.create', { country: 'Germany' });
    expect(messageOf(json[0] ?? {})).toBe(
      '\'Country\' must be two letters such as US or GB (ISO 3166); this item has "GERMANY"',
    );
    expect(requests()).toEqual([]);
  });
});

describe('summary', () => {
  test.each([
    ['conversationId', CONVERSATION_ID],
    ['externalConversationId', 'ticket-1'],
    ['issueId', '5544332211'],
  ])('names the conversation by its %s', async (findBy, id) => {
    for (const name of ['summary.freeText', 'summary.structuredData', 'summary.intent']) {
      await run(name, { findBy, [findBy]: id });
      expect(requests().at(-1)?.body).toEqual({ [findBy]: id });
    }
  });

  test('is made in a language, corrected, and sent back', async () => {
    await run('message.create', { text: 'I want a faster plan', senderRole: 'customer' });
    const [summary] = (
      await run('summary.freeText', { options: { language: 'de-DE', agentExternalId: 'a-1' } })
    ).json;
    expect(requests().at(-1)).toMatchObject({
      headers: expect.objectContaining({ 'accept-language': 'de-DE' }) as object,
      body: { conversationId: CONVERSATION_ID, agentExternalId: 'a-1' },
    });
    expect(summary).toMatchObject({
      summaryId: expect.any(String) as string,
      summaryText: expect.any(String) as string,
    });
    const { json } = await run('summary.sendFeedback', {
      summaryId: summary?.summaryId as string,
      options: { agentExternalId: 'a-1' },
    });
    expect(json).toEqual([
      { conversationId: CONVERSATION_ID, summaryId: summary?.summaryId, feedbackSent: true },
    ]);
    expect(requests().at(-1)).toMatchObject({ query: { agentExternalId: 'a-1' }, status: 202 });
  });

  test('without an intent is an answer, not an error', async () => {
    asapp.sandbox.conversations.use('EMPTY1');
    const { json } = await run('summary.intent', { conversationId: 'EMPTY1' });
    expect(json).toMatchObject([{ intent: { code: 'NO_INTENT' } }]);
  });
});
