import { startSandbox, type Sandbox } from '../../../sandbox';
import {
  ANALYZE,
  analysis,
  authenticatePath,
  clientOf,
  CONVERSATIONS,
  CREDENTIALS,
  message,
  MESSAGES_BY_EXTERNAL_ID,
  messagesPath,
  ULID,
  until,
} from './client';
import { STATE } from './streamClient';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ eventDelay: 0 });
});
beforeEach(() => {
  sandbox.ledger.clear();
  sandbox.faults.clear();
  sandbox.reads.reset();
});
afterAll(() => sandbox.close());

const UPSERT = {
  externalId: 'order-7',
  customer: { externalId: '11462', name: 'customername' },
  metadata: { queue: 'some-queue' },
  timestamp: '2024-01-23T13:41:20Z',
};

async function upsert(change: object = {}): Promise<string> {
  const { status, data } = await clientOf(sandbox).post(CONVERSATIONS, { ...UPSERT, ...change });
  expect(status).toBe(200);
  return data.id;
}

/** Texts of a list that is read over HTTP. */
async function texts(conversationId: string): Promise<string[]> {
  const { data } = await clientOf(sandbox).get(messagesPath(conversationId));
  return data.items.map(({ text }: { text: string }) => text);
}

describe('a conversation', () => {
  it('is created once for an external id, and then updated', async () => {
    const id = await upsert();
    expect(id).toMatch(ULID);
    const client = clientOf(sandbox);
    expect((await client.get(`${CONVERSATIONS}/${id}`)).data).toEqual({
      id,
      externalId: 'order-7',
      customer: UPSERT.customer,
      metadata: UPSERT.metadata,
    });
    const agent = { externalId: '671', name: 'agentname' };
    expect(await upsert({ agent, metadata: { queue: 'other' } })).toBe(id);
    const whole = {
      id,
      externalId: 'order-7',
      customer: UPSERT.customer,
      agent,
      metadata: { queue: 'other' },
    };
    expect((await client.get(`${CONVERSATIONS}/${id}`)).data).toEqual(whole);
    expect((await client.get(CONVERSATIONS, { params: { externalId: 'order-7' } })).data).toEqual({
      items: [whole],
    });
  });

  it('is not created if the request does not count', async () => {
    sandbox.faults.set({ fault: 'status', status: 500, operation: 'createOrUpdateConversation', times: 1 });
    expect((await clientOf(sandbox).post(CONVERSATIONS, UPSERT)).status).toBe(500);
    expect(sandbox.conversations.list()).toEqual([]);
    sandbox.faults.set({ fault: 'resetAfterReading', operation: 'createOrUpdateConversation', times: 1 });
    await expect(clientOf(sandbox).post(CONVERSATIONS, UPSERT)).rejects.toMatchObject({ code: 'ECONNRESET' });
    const [{ id } = { id: '' }] = sandbox.conversations.list();
    expect(await upsert()).toBe(id);
  });

  it('takes an id of its own, unless the external id is that of another one', async () => {
    expect(await upsert({ id: 'MINE' })).toBe('MINE');
    const client = clientOf(sandbox);
    expect((await client.post(CONVERSATIONS, { ...UPSERT, id: 'OTHER' })).status).toBe(409);
    expect((await client.post(CONVERSATIONS, { ...UPSERT, id: 'lower' })).status).toBe(422);
    expect(await upsert({ id: 'MINE', externalId: 'renamed' })).toBe('MINE');
    expect((await client.get(CONVERSATIONS, { params: { externalId: 'order-7' } })).data).toEqual({
      items: [],
    });
  });

  it('comes into being when something is written to it, and not when it is looked at', async () => {
    const client = clientOf(sandbox);
    for (const path of ['A', 'A/messages', 'A/messages/M1']) {
      const { status, data } = await client.get(`${CONVERSATIONS}/${path}`);
      expect([status, data.error.code]).toEqual([404, '404-01']);
    }
    await client.post(authenticatePath('A'), CREDENTIALS);
    expect((await client.get(`${CONVERSATIONS}/A`)).data).toEqual({
      id: 'A',
      externalId: 'external-A',
      customer: { externalId: 'C1' },
    });
    expect(await texts('A')).toEqual([]);
  });

  it('is known by the external id that the sandbox makes up, too', async () => {
    const client = clientOf(sandbox);
    await client.post(messagesPath('A'), message());
    const { data } = await client.get(CONVERSATIONS, { params: { externalId: 'external-A' } });
    expect(data.items).toMatchObject([{ id: 'A' }]);
    expect(await upsert({ externalId: 'external-B' })).toBe('B');
  });

  it('names itself in events and in the state by the external id that it was given', async () => {
    const id = await upsert();
    await clientOf(sandbox).post(ANALYZE, analysis(id, 'Please cancel my plan'));
    const state = (): Promise<{ data: { state: string } }> =>
      clientOf(sandbox).get(STATE, { params: { externalId: 'order-7' } });
    await until(() => sandbox.ledger.eventsOf(id).length === 3);
    expect((await state()).data.state).toBe('waitingForConfirmation');
    expect(sandbox.ledger.eventsOf(id)[0]?.event).toMatchObject({ externalConversationId: 'order-7' });
    expect(sandbox.ledger.requestsOf(id).map(({ operation }) => operation)).toEqual([
      'createOrUpdateConversation',
      'analyze',
      'state',
    ]);
  });

  it.each([
    ['emptyList', 200],
    ['notFound', 404],
  ] as const)('with an unknown external id can be an %s', async (unknownExternalId, status) => {
    sandbox.reads.set({ unknownExternalId });
    for (const url of [CONVERSATIONS, MESSAGES_BY_EXTERNAL_ID]) {
      const answer = await clientOf(sandbox).get(url, { params: { externalId: 'nobody' } });
      expect(answer.status).toBe(status);
      if (status === 200) expect(answer.data).toEqual({ items: [] });
    }
  });
});

describe('a message', () => {
  it('is read as it was written, whoever wrote it', async () => {
    const client = clientOf(sandbox);
    const { data: created } = await client.post(messagesPath('A'), message('Hi', 'agent'));
    const { data: analyzed } = await client.post(ANALYZE, analysis('B', 'Hello'));
    expect((await client.get(`${messagesPath('A')}/${created.id}`)).data).toEqual({
      text: 'Hi',
      sender: { role: 'agent', externalId: 'agent-1' },
      messageId: created.id,
      createdTimestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      clientTimestamp: '2024-01-23T13:43:04.123456Z',
    });
    expect((await client.get(`${messagesPath('B')}/${analyzed.messageId}`)).data).toMatchObject({
      text: 'Hello',
      sender: { role: 'customer', externalId: 'C1' },
      clientTimestamp: '2024-01-23T13:43:04.000Z',
    });
    expect((await client.get(`${messagesPath('B')}/${created.id}`)).status).toBe(404);
  });

  it('that is created wakes nobody, and is what Analyze without a message answers', async () => {
    const client = clientOf(sandbox);
    await client.post(messagesPath('A'), message('Where is my parcel?'));
    await client.post(messagesPath('A'), message('One moment', 'agent'));
    await client.post(ANALYZE, { conversationId: 'A' });
    await until(() => sandbox.ledger.eventsOf('A').length === 4);
    expect(await texts('A')).toEqual([
      'Where is my parcel?',
      'One moment',
      'One moment please.',
      'You asked "Where is my parcel?". It is done.',
    ]);
  });

  it('comes with up to 299 others', async () => {
    const client = clientOf(sandbox);
    const messages = Array.from({ length: 300 }, (_unused, index) => message(`Message ${index}`));
    const { status, data } = await client.post(`${messagesPath('A')}/batch`, { messages });
    expect([status, data]).toEqual([200, {}]);
    expect(await texts('A')).toEqual(messages.map(({ text }) => text));
    const refused = await client.post(`${messagesPath('A')}/batch`, { messages: [...messages, message()] });
    expect(refused.status).toBe(422);
    expect(sandbox.ledger.messagesOf('A')).toHaveLength(300);
    expect(sandbox.conversations.get('A')?.messages).toHaveLength(300);
  });

  it('counts how often it was accepted, however it came', async () => {
    const client = clientOf(sandbox);
    await client.post(messagesPath('A'), {
      ...message('again'),
      sender: { role: 'customer', externalId: 'C1' },
    });
    await client.post(ANALYZE, analysis('A', 'again'));
    await client.post(messagesPath('A'), message('again', 'agent'));
    expect(sandbox.ledger.acceptedMoreThanOnce()).toMatchObject([
      { text: 'again', role: 'customer', times: 2 },
    ]);
  });

  it('that GenerativeAgent says is stored under the id of its event', async () => {
    await clientOf(sandbox).post(ANALYZE, analysis('A', 'Please cancel my plan'));
    await until(() => sandbox.ledger.eventsOf('A').length === 3);
    const { reply } = sandbox.ledger.eventsOf('A')[1]?.event as {
      reply: { messageId: string; text: string };
    };
    const { data } = await clientOf(sandbox).get(messagesPath('A'));
    expect(data.items[1]).toMatchObject({ ...reply, sender: { role: 'system', externalId: null } });
    sandbox.reads.set({ replyRole: 'agent' });
    await clientOf(sandbox).post(ANALYZE, analysis('B', 'Please cancel my plan'));
    await until(() => sandbox.conversations.get('B')?.messages.length === 2);
    expect(sandbox.conversations.get('B')?.messages[1]?.role).toBe('agent');
  });
});

it('a special id does not keep a conversation from being read', async () => {
  const client = clientOf(sandbox);
  const id = 'FAULTRESETAFTERREADINGTIMES1';
  await expect(client.post(messagesPath(id), message('Hi'))).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await texts(id)).toEqual(['Hi']);
});

it('everything is forgotten with the ledger', async () => {
  const id = await upsert();
  sandbox.ledger.clear();
  expect((await clientOf(sandbox).get(`${CONVERSATIONS}/${id}`)).status).toBe(404);
});
