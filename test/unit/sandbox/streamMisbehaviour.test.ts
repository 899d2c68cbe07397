import { startSandbox, type Misbehaviour, type Sandbox } from '../../../sandbox';
import { clientOf, until } from './client';
import { SchemaCheck } from './schemaCheck';
import { ask, createStream, listen, runsEnded, textsOf, typesOf, type Listener } from './streamClient';

let sandbox: Sandbox;
let schemas: SchemaCheck;
let stream: Listener;

beforeAll(async () => {
  sandbox = await startSandbox({ eventDelay: 2 });
  schemas = await SchemaCheck.of('GenerativeAgentEvent');
});
beforeEach(async () => {
  sandbox.ledger.clear();
  sandbox.streams.behave();
  stream = await listen(sandbox);
});
afterEach(() => stream.close());
afterAll(() => Promise.all([sandbox.close(), schemas.close()]));

const RUN = ['processingStart', 'reply', 'reply', 'processingEnd'];
const QUESTION = 'Grüße, 日本 😀?';

async function askHere(conversationId: string, text = QUESTION): Promise<void> {
  await ask(sandbox, conversationId, text, { streamId: stream.streamId });
}

/** Waits until the script has said so many things in a conversation, whoever heard it. */
function said(conversationId: string, events = RUN.length): Promise<void> {
  return until(() => sandbox.ledger.eventsOf(conversationId).length >= events);
}

describe('another framing changes nothing for a parser:', () => {
  it.each<Misbehaviour>([
    { lineEnd: 'crlf' },
    { lineEnd: 'cr' },
    { chunkBytes: 1 },
    { chunkBytes: 1, lineEnd: 'crlf', comments: true, pings: true, dataLines: true },
    { chunkBytes: 3, lineEnd: 'cr', dataLines: true },
    { comments: true },
    { pings: true },
    { dataLines: true },
  ])('%j', async (misbehaviour) => {
    sandbox.streams.misbehave(misbehaviour);
    await askHere('A');
    // A parser cannot tell whether LF follows a CR at the end, so the last event waits for more.
    await said('A');
    sandbox.streams.write(stream.streamId, ': more\n\n');
    await until(() => stream.comments.includes('more'));
    expect(typesOf(stream, 'A')).toEqual(RUN);
    expect(textsOf(stream, 'A')[1]).toBe(`You asked "${QUESTION}". It is done.`);
    expect(stream.parseErrors).toEqual([]);
    expect(stream.comments).toHaveLength(misbehaviour.comments === true ? 9 : 1);
    expect(stream.others.map(([name]) => name)).toEqual(
      misbehaviour.pings === true ? Array(RUN.length).fill(['status', 'message']).flat() : [],
    );
  });

  it('and is really on the wire', async () => {
    sandbox.streams.misbehave({ lineEnd: 'crlf', chunkBytes: 1, dataLines: true });
    await askHere('A');
    await runsEnded(stream, 'A');
    const { text, chunks } = stream.received;
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(text).toContain('event: generative-agent-message\r\ndata: {\r\ndata:   "generative');
    expect(chunks).toBe(Buffer.byteLength(text));
  });
});

describe('the alternative spelling', () => {
  it.each<[string, string]>([
    ['balance', 'authenticationRequired'],
    ['refund', 'systemTransfer'],
  ])('of what %j causes is %s, and the specification knows it', async (text, type) => {
    sandbox.streams.misbehave({ spelling: 'alternative' });
    await askHere('A', text);
    await runsEnded(stream, 'A');
    expect(typesOf(stream, 'A')).toEqual(['processingStart', 'reply', type, 'processingEnd']);
    const event = stream.events[2] ?? { type: '', conversationId: '' };
    expect(type in event).toBe(type === 'systemTransfer');
    for (const received of stream.events) {
      expect(received).toHaveProperty('generativeAgentkMessageId');
      expect(received).not.toHaveProperty('generativeAgentMessageId');
      expect(await schemas.complaint('GenerativeAgentEvent', received)).toBe('valid');
    }
    expect(sandbox.ledger.eventsOf('A').map((record) => record.event)).toEqual(stream.events);
  });

  it('is not accepted by the specification for just any word', async () => {
    const event = { generativeAgentMessageId: '1', externalConversationId: '1', conversationId: 'A' };
    expect(await schemas.complaint('GenerativeAgentEvent', { ...event, type: 'transfer' })).not.toBe('valid');
    expect(await schemas.complaint('GenerativeAgentEvent', { ...event, type: 'processingEnd' })).toBe(
      'valid',
    );
  });
});

it('repeats events', async () => {
  sandbox.streams.misbehave({ repeat: 3 });
  await askHere('A');
  await runsEnded(stream, 'A', 3);
  expect(typesOf(stream, 'A')).toEqual(RUN.flatMap((type) => [type, type, type]));
  expect(new Set(stream.events.map((event) => JSON.stringify(event))).size).toBe(RUN.length);
  expect(sandbox.ledger.connections[0]).toMatchObject({ events: 12 });
});

it('mixes in events of another conversation', async () => {
  sandbox.streams.misbehave({ foreignEvents: true });
  await askHere('A');
  await runsEnded(stream, 'A');
  expect(typesOf(stream, 'A')).toEqual(RUN);
  expect(typesOf(stream, '0THERC0NVERSATI0N')).toEqual(RUN);
  expect(sandbox.ledger.events.map(({ origin }) => origin)).toEqual(RUN.flatMap(() => ['foreign', 'script']));
});

it('sends replies of a megabyte', async () => {
  sandbox.streams.misbehave({ replyBytes: 1_048_576 });
  await askHere('A');
  await runsEnded(stream, 'A');
  const [text = ''] = textsOf(stream, 'A');
  expect(text.startsWith('One moment please.')).toBe(true);
  expect(Buffer.byteLength(text)).toBeGreaterThanOrEqual(1_048_576);
  expect(text).not.toContain('\uFFFD');
});

it('leaves out events of some types', async () => {
  sandbox.streams.misbehave({ omit: ['processingEnd', 'processingStart'] });
  await askHere('A');
  await said('A');
  await until(() => stream.events.length === 2);
  expect(typesOf(stream, 'A')).toEqual(['reply', 'reply']);
  expect(sandbox.ledger.eventsOf('A').map(({ lost }) => lost)).toEqual([
    'silenced',
    undefined,
    undefined,
    'silenced',
  ]);
});

it('falls silent after some events, and only for the conversation that was named', async () => {
  sandbox.streams.misbehave({ silentAfter: 2, conversationId: 'A' });
  await askHere('A');
  await askHere('B');
  await runsEnded(stream, 'B');
  await said('A');
  expect(typesOf(stream, 'A')).toEqual(['processingStart', 'reply']);
  expect(sandbox.ledger.eventsOf('A').map(({ lost }) => lost)).toEqual([
    undefined,
    undefined,
    'silenced',
    'silenced',
  ]);
  expect(sandbox.streams.isConnected(stream.streamId)).toBe(true);
});

it('waits before each event and keeps their order', async () => {
  sandbox.streams.misbehave({ delay: 40 });
  await askHere('A');
  await runsEnded(stream, 'A');
  expect(typesOf(stream, 'A')).toEqual(RUN);
  const [first, , , last] = sandbox.ledger.eventsOf('A');
  expect((last?.writtenAt ?? 0) - (first?.writtenAt ?? 0)).toBeGreaterThanOrEqual(110);
  expect((last?.emittedAt ?? 0) - (first?.emittedAt ?? 0)).toBeLessThan(110);
});

describe('drops the connection', () => {
  it.each<[Misbehaviour, string, string[]]>([
    [{ dropAfter: 2 }, 'end', RUN.slice(0, 2)],
    [{ dropAfter: 2, dropMidEvent: true }, 'end', RUN.slice(0, 2)],
    [{ dropAfter: 0 }, 'end', []],
    [{ dropAfter: 2, dropWith: 'abort' }, 'ECONNRESET', RUN.slice(0, 2)],
    [{ dropAfter: 2, dropWith: 'abort', dropMidEvent: true }, 'ECONNRESET', RUN.slice(0, 2)],
    [{ dropAfter: 2, dropWith: 'reset' }, 'ECONNRESET', RUN.slice(0, 2)],
  ])('as %j says', async (misbehaviour, end, types) => {
    sandbox.streams.misbehave(misbehaviour);
    await askHere('A');
    expect(await stream.ended).toBe(end);
    expect(typesOf(stream, 'A')).toEqual(types);
    await said('A');
    const records = sandbox.ledger.eventsOf('A');
    expect(records.map(({ writtenAt }) => writtenAt !== undefined)).toEqual(
      RUN.map((_type, index) => index < types.length),
    );
    expect(records.at(-1)?.lost).toBe('notConnected');
    expect(sandbox.ledger.connections[0]).toMatchObject({ end: 'dropped', events: types.length });
    const torn = stream.received.text.split('\n\n').at(-1);
    if (misbehaviour.dropMidEvent === true) expect(torn).toMatch(/^event: /);
    else expect(torn).toBe('');
  });

  it('so often and then no more', async () => {
    sandbox.streams.misbehave({ dropAfter: 1, dropTimes: 1 });
    await askHere('A');
    await stream.ended;
    await said('A');
    const again = await listen(sandbox, stream.streamId);
    await askHere('A');
    await runsEnded(again, 'A');
    expect(typesOf(again, 'A')).toEqual(RUN);
    again.close();
  });

  it('each time, counting anew for each connection', async () => {
    sandbox.streams.misbehave({ dropAfter: 1 });
    for (let connection = 0; connection < 3; connection++) {
      const listener = await listen(sandbox, 'S');
      await ask(sandbox, `C${connection}`, 'Hello', { streamId: 'S' });
      expect(await listener.ended).toBe('end');
      expect(listener.events).toHaveLength(1);
    }
  });

  it('at once when told so', async () => {
    const other = await listen(sandbox);
    expect(sandbox.streams.drop(stream.streamId)).toBe(1);
    expect(await stream.ended).toBe('end');
    expect(sandbox.streams.isConnected(other.streamId)).toBe(true);
    expect(sandbox.streams.drop(undefined, 'reset')).toBe(1);
    expect(await other.ended).toBe('ECONNRESET');
    expect(sandbox.streams.drop()).toBe(0);
  });
});

it('refuses connections so often, each at the cost of its address', async () => {
  sandbox.streams.misbehave({ refuseConnects: 2, streamId: 'S' });
  const connect = async (): Promise<number> => {
    const { streamingUrl } = await createStream(sandbox, { streamId: 'S' });
    const { status } = await clientOf(sandbox).get(streamingUrl, { responseType: 'stream' });
    return status;
  };
  (await listen(sandbox, 'OTHER')).close();
  expect([await connect(), await connect(), await connect()]).toEqual([503, 503, 200]);
  expect(sandbox.streams.misbehaviours()).toEqual([{ streamId: 'S' }]);
  sandbox.streams.drop('S');
});

it('lets the more specific one win, field by field', async () => {
  sandbox.streams.misbehave({ repeat: 2, pings: true });
  sandbox.streams.misbehave({ repeat: 1, conversationId: 'A' });
  await askHere('A');
  await runsEnded(stream, 'A');
  expect(typesOf(stream, 'A')).toEqual(RUN);
  expect(stream.others).toHaveLength(8);
  await askHere('B');
  await runsEnded(stream, 'B', 2);
  expect(typesOf(stream, 'B')).toHaveLength(8);
});

describe('by hand', () => {
  it('any event can be pushed', async () => {
    const event = { conversationId: 'A', type: 'somethingNew', more: { a: 1 } };
    expect(sandbox.streams.emit(stream.streamId, event)).toMatchObject({
      origin: 'hand',
      conversationId: 'A',
      type: 'somethingNew',
      writtenAt: expect.any(Number),
    });
    expect(sandbox.streams.emit('NOBODY', 'text').lost).toBe('notConnected');
    await until(() => stream.events.length === 1);
    expect(stream.events).toEqual([event]);
    expect(sandbox.ledger.eventsOf('A')).toHaveLength(1);
  });

  it('any text can be written', async () => {
    expect(sandbox.streams.write(stream.streamId, 'event: odd\ndata: {"a"\n\n')).toBe(true);
    expect(sandbox.streams.write('NOBODY', 'x')).toBe(false);
    await until(() => stream.others.length === 1);
    expect(stream.others).toEqual([['odd', '{"a"']]);
  });
});

it.each<[unknown, RegExp]>([
  [{ lineEnd: 'lfcr' }, /^lineEnd: /],
  [{ chunkBytes: 0 }, /^chunkBytes: /],
  [{ repaet: 2 }, /'repaet'/],
  [{ dropWith: 'fire' }, /^dropWith: /],
])('refuses %j', (misbehaviour, message) => {
  expect(() => sandbox.streams.misbehave(misbehaviour as Misbehaviour)).toThrow(message);
  expect(sandbox.streams.misbehaviours()).toEqual([]);
});
