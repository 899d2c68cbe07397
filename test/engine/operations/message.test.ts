import type { IDataObject } from 'n8n-workflow';

import { useAsapp } from '../../support/asapp';
import { messageOf, operationRunner } from '../../support/operation';

const asapp = useAsapp();
const requests = () => asapp.sandbox.ledger.requests;
const bodies = () => requests().map(({ rawBody }) => rawBody);

const run = operationRunner(asapp);

describe('create', () => {
  test('sends the message as it is, and answers with its IDs', async () => {
    const { json } = await run('message.create', {
      text: 'Grüße "1"',
      senderExternalId: 4711,
      options: { timestamp: '2024-01-23T13:43:04.123456Z' },
    });
    expect(bodies()).toEqual([
      '{"text":"Grüße \\"1\\"","sender":{"role":"agent","externalId":"4711"},"timestamp":"2024-01-23T13:43:04.123456Z"}',
    ]);
    expect(json).toEqual([
      { conversationId: '01BX5ZZKBKACTAV9WEVGEMMVS0', messageId: expect.any(String) as string },
    ]);
  });

  test('is said at the moment of sending, unless a time is given', async () => {
    const before = Date.now();
    await run('message.create');
    const { timestamp } = JSON.parse(bodies()[0] ?? '') as { timestamp: string };
    expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(timestamp)).toBeLessThanOrEqual(Date.now());
  });

  test.each([
    [{ text: '={{ $json.nope }}' }, "'Message Text' is empty"],
    [{ senderExternalId: '={{ $json.nope }}' }, "'Sender External ID' is empty"],
    [{ senderRole: '={{ "boss" }}' }, "'Sender Role' must be agent or customer or system"],
    [{ conversationId: 'ticket-1' }, "'Conversation ID' must be ASAPP's own ID"],
  ])('refuses %j before anything is sent', async (changes, words) => {
    const { json } = await run('message.create', changes);
    expect(messageOf(json[0] ?? {})).toContain(words);
    expect(requests()).toEqual([]);
  });

  test('goes in order within a conversation, and beside others', async () => {
    asapp.sandbox.faults.set({ fault: 'latency', latency: 20 });
    const items = Array.from({ length: 12 }, (_, n) => ({ id: `C${n % 3}`, text: `message ${n}` }));
    await run('message.create', { conversationId: '={{ $json.id }}', text: '={{ $json.text }}' }, { items });
    expect(requests().every(({ inFlightWith }) => inFlightWith.length === 0)).toBe(true);
    for (const id of ['C0', 'C1', 'C2']) {
      const texts = asapp.sandbox.ledger.messagesOf(id).map(({ text }) => text);
      expect(texts).toEqual(items.filter((item) => item.id === id).map(({ text }) => text));
    }
  });
});

describe('createMany', () => {
  const message = (text: string, more = {}) => ({
    text,
    sender: { role: 'customer', externalId: 'c-1' },
    ...more,
  });

  test('sends all of them in one request, in their order', async () => {
    const messages = [
      message('one'),
      message('two', { timestamp: '2024-01-23T13:43:04+01:00' }),
      message('three'),
    ];
    const { json } = await run('message.createMany', { messages: JSON.stringify(messages) });
    expect(requests()).toHaveLength(1);
    const sent = JSON.parse(bodies()[0] ?? '') as { messages: Array<{ text: string; timestamp: string }> };
    expect(sent.messages.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect(sent.messages[1]?.timestamp).toBe('2024-01-23T12:43:04.000Z');
    const [first, , third] = sent.messages;
    expect(first?.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect((third?.timestamp ?? '') > (first?.timestamp ?? '')).toBe(true);
    expect(json).toMatchObject([{ conversationId: '01BX5ZZKBKACTAV9WEVGEMMVS0', messageCount: 3 }]);
  });

  test('takes a list from an expression', async () => {
    const items = [{ list: [message('from data')] }];
    const { json } = await run('message.createMany', { messages: '={{ $json.list }}' }, { items });
    expect(json).toMatchObject([{ messageCount: 1 }]);
  });

  test.each<[unknown, string]>([
    ['', "'Messages' is empty"],
    [' \n', "'Messages' is empty"],
    ['{}', "'Messages' must be a JSON list; this item has an object"],
    ['[', "'Messages' is not valid JSON"],
    [[], "'Messages' is empty"],
    [Array.from({ length: 301 }, () => message('x')), 'this item has 301: split it into several items'],
    [['x'], "'Messages[0]' must be an object; this item has text"],
    [[message('a'), { ...message(''), text: '' }], "'Messages[1].text' is empty"],
    [[{ ...message('a'), sender: undefined }], "'Messages[0].sender' must be an object"],
    [
      [{ ...message('a'), sender: { role: 'boss', externalId: '1' } }],
      '\'Messages[0].sender.role\' must be agent, customer, system; this item has "boss"',
    ],
    [
      [{ ...message('a'), sender: { role: 'agent', externalId: ' ' } }],
      "'Messages[0].sender.externalId' is empty",
    ],
    [[message('a', { timestamp: 'soon' })], "'Messages[0].timestamp' must be a date and time"],
    [
      [message('a', { clientTimestamp: '2024-01-23T13:43:04Z' })],
      '\'Messages[0]\' has "clientTimestamp", but it can have text, sender, timestamp only',
    ],
    [
      [{ ...message('a'), sender: { role: 'customer', externalID: 'c-1' } }],
      '\'Messages[0].sender\' has "externalID", but it can have role, externalId only',
    ],
    [[{ ...message('a'), text: 2 ** 60 }], 'cannot be sent exactly'],
  ])('refuses %j before anything is sent', async (list, words) => {
    const items = [{ list }] as IDataObject[];
    const { json } = await run('message.createMany', { messages: '={{ $json.list }}' }, { items });
    expect(messageOf(json[0] ?? {})).toContain(words);
    expect(requests()).toEqual([]);
  });
});

describe('reading', () => {
  test('what Create writes Get reads, whatever its ID looks like', async () => {
    const [created] = (await run('message.create', { text: 'Hello' })).json;
    const { json } = await run('message.get', { messageId: created?.messageId as string });
    expect(json).toMatchObject([
      { messageId: created?.messageId, text: 'Hello', sender: { role: 'agent', externalId: 'agent-1' } },
    ]);
    await run('message.get', { messageId: 'a-b/c d?é' });
    expect(requests().at(-1)?.path).toMatch(/\/messages\/a-b%2Fc%20d%3F%C3%A9$/);
  });

  test('a list becomes items that are linked to their input; an empty one gives none', async () => {
    const items = [
      { id: 'C1', count: 3 },
      { id: 'C2', count: 0 },
      { id: 'C3', count: 2 },
    ];
    for (const { id, count } of items) {
      asapp.sandbox.conversations.use(id);
      for (let n = 0; n < count; n++) {
        await run('message.create', { conversationId: id, text: `${id} ${n}` });
      }
    }
    const found = await run('message.getAll', { conversationId: '={{ $json.id }}' }, { items });
    expect(found.items.map(({ json, pairedItem }) => [json.text, pairedItem])).toEqual([
      ['C1 0', { item: 0 }],
      ['C1 1', { item: 0 }],
      ['C1 2', { item: 0 }],
      ['C3 0', { item: 2 }],
      ['C3 1', { item: 2 }],
    ]);
    const limited = await run(
      'message.getAll',
      { conversationId: '={{ $json.id }}', returnAll: false, limit: 1 },
      { items },
    );
    expect(limited.json.map(({ text }) => text)).toEqual(['C1 0', 'C3 0']);
  });

  test('by the external ID, which is encoded', async () => {
    await run('conversation.createOrUpdate', { externalId: 'a&b=c d/é' });
    const [conversation] = (await run('conversation.find', { externalId: 'a&b=c d/é' })).json;
    await run('message.create', { conversationId: conversation?.id as string, text: 'Hi' });
    const { json } = await run('message.getAll', { findBy: 'externalId', externalId: 'a&b=c d/é' });
    expect(json).toMatchObject([{ text: 'Hi' }]);
    expect(requests().at(-1)).toMatchObject({ method: 'GET', query: { externalId: 'a&b=c d/é' } });
  });

  test('branches count inputs, not entries', async () => {
    asapp.sandbox.conversations.use('C1');
    for (const text of ['a', 'b', 'c']) await run('message.create', { conversationId: 'C1', text });
    const { outputs, task } = await run(
      'message.getAll',
      {
        conversationId: '={{ $json.id }}',
        errorHandling: 'branches',
        errorBranches: { branch: [{ name: 'Gone', errors: ['notFound'], codes: '' }] },
      },
      { items: [{ id: 'C1' }, { id: 'NEVERSEEN' }] },
    );
    expect(outputs.map(({ length }) => length)).toEqual([3, 0, 1]);
    expect(task.hints).toMatchObject([
      { message: '1 of 2 items took an error branch: Gone 1' },
      { message: expect.stringMatching(/^2 items, /) as string },
    ]);
  });
});
