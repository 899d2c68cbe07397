import { startSandbox, type ReadSettings, type Sandbox } from '../../../sandbox';
import { clientOf, message, MESSAGES_BY_EXTERNAL_ID, messagesPath } from './client';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(() => {
  sandbox.ledger.clear();
  sandbox.faults.clear();
  sandbox.reads.reset();
});
afterAll(() => sandbox.close());

/** Texts of a list that is read over HTTP. */
async function texts(conversationId: string): Promise<string[]> {
  const { data } = await clientOf(sandbox).get(messagesPath(conversationId));
  return data.items.map(({ text }: { text: string }) => text);
}

describe('reads', () => {
  const timestamp = '2024-01-23T13:43:04.123456789012Z';

  async function read(settings: ReadSettings) {
    sandbox.reads.set(settings);
    sandbox.conversations.add('A', { ...message('Card 4111'), timestamp }, 'M1');
    return (await clientOf(sandbox).get(`${messagesPath('A')}/M1`)).data;
  }

  it.each([
    [12, '.123456789012'],
    [6, '.123456'],
    [3, '.123'],
    [0, ''],
  ])('can keep %i digits of a second', async (timeDigits, fraction) => {
    const shown = await read({ timeDigits });
    expect(shown.clientTimestamp).toBe(`2024-01-23T13:43:04${fraction}Z`);
    const digits = Math.min(timeDigits, 3);
    expect(shown.createdTimestamp).toMatch(
      new RegExp(`^[-\\d]{10}T[:\\d]{8}${digits === 0 ? '' : `\\.\\d{${digits}}`}Z$`),
    );
  });

  it('can black out texts', async () => {
    expect((await read({ redact: '\\d' })).text).toBe('Card ****');
    expect(sandbox.conversations.get('A')?.messages[0]?.text).toBe('Card 4111');
  });

  it('can show a message late', async () => {
    const client = clientOf(sandbox);
    sandbox.reads.set({ visibleAfter: 150 });
    const { data } = await client.post(messagesPath('A'), message());
    const storedAt = Date.now();
    expect(await texts('A')).toEqual([]);
    expect((await client.get(`${messagesPath('A')}/${data.id}`)).status).toBe(404);
    while ((await texts('A')).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(Date.now() - storedAt).toBeGreaterThanOrEqual(140);
  });

  it('can end lists early; the one by external id ends at 1,000', async () => {
    sandbox.conversations.fill('A', 5_000);
    const count = async (url: string): Promise<number> =>
      (await clientOf(sandbox).get(url, { params: { externalId: 'external-A' } })).data.items.length;
    expect(await count(messagesPath('A'))).toBe(5_000);
    expect(await count(MESSAGES_BY_EXTERNAL_ID)).toBe(1_000);
    sandbox.reads.set({ limit: 10 });
    expect(await count(messagesPath('A'))).toBe(10);
    expect(await count(MESSAGES_BY_EXTERNAL_ID)).toBe(10);
  });

  it('can be refused or fail while all else works', async () => {
    const client = clientOf(sandbox);
    sandbox.faults.set({ fault: 'status', status: 403, operation: 'getMessages', times: 1 });
    sandbox.conversations.add('A', message());
    expect((await client.get(messagesPath('A'))).status).toBe(403);
    expect((await client.get(messagesPath('A'))).status).toBe(200);
  });

  it('are as at first after a reset', async () => {
    await read({ timeDigits: 0, redact: '.' });
    sandbox.reads.reset();
    expect((await clientOf(sandbox).get(`${messagesPath('A')}/M1`)).data).toMatchObject({
      text: 'Card 4111',
      clientTimestamp: timestamp,
    });
  });

  it('can be set from the start', async () => {
    const other = await startSandbox({ reads: { redact: 'e' } });
    try {
      await clientOf(other).post(messagesPath('A'), message('Hello'));
      expect((await clientOf(other).get(messagesPath('A'))).data.items[0].text).toBe('H*llo');
    } finally {
      await other.close();
    }
    await expect(startSandbox({ reads: { timeDigits: 13 } })).rejects.toThrow(/^timeDigits: /);
  });
});

describe('over /sandbox/', () => {
  it('a conversation is stored without waking GenerativeAgent, and shown', async () => {
    const client = clientOf(sandbox);
    const seed = { conversationId: 'A', externalId: 'order-9', messages: [message('Hi')], count: 2 };
    expect((await client.post('/sandbox/conversations', seed)).data).toEqual({
      conversationId: 'A',
      messages: 3,
    });
    await client.post('/sandbox/conversations', { conversationId: 'B' });
    expect(await texts('A')).toEqual(['Hi', 'Message 1', 'Message 2']);
    const { data } = await client.get('/sandbox/conversations?conversationId=A');
    expect(data.conversations).toEqual([JSON.parse(JSON.stringify(sandbox.conversations.get('A')))]);
    expect(data.conversations[0]).toMatchObject({ id: 'A', externalId: 'order-9' });
    expect((await client.get('/sandbox/conversations')).data.conversations).toHaveLength(2);
    expect(sandbox.ledger.events).toEqual([]);
    expect(sandbox.ledger.messages).toEqual([]);
  });

  it('reads are changed, shown and reset', async () => {
    const client = clientOf(sandbox);
    expect((await client.post('/sandbox/reads', { timeDigits: 3 })).data).toEqual({ timeDigits: 3 });
    expect((await client.post('/sandbox/reads', { limit: 5 })).data).toEqual({ timeDigits: 3, limit: 5 });
    expect((await client.get('/sandbox/reads')).data).toEqual(sandbox.reads.settings);
    expect((await client.delete('/sandbox/reads')).status).toBe(204);
    expect(sandbox.reads.settings).toEqual({});
  });

  it.each<[string, unknown, RegExp]>([
    ['conversations', {}, /^conversationId: Required/],
    ['conversations', { conversationId: 'lower' }, /^conversationId: /],
    ['conversations', { conversationId: 'A', messages: [{ text: 'Hi' }] }, /^messages\.0\.sender: /],
    ['conversations', { conversationId: 'A', count: 0 }, /^count: /],
    ['reads', { timeDigits: -1 }, /^timeDigits: /],
    ['reads', { redact: '(' }, /^redact: is no regular expression$/],
    ['reads', { late: 1 }, /'late'/],
    ['call-transfers', { id: 'a', status: 'ringing' }, /^status: /],
  ])('%s refuses %j', async (path, body, expected) => {
    const { status, data } = await clientOf(sandbox).post(`/sandbox/${path}`, body);
    expect(status).toBe(400);
    expect(data.error.message).toMatch(expected);
    expect(sandbox.conversations.list()).toEqual([]);
  });
});
