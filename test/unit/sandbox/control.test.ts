import { startSandbox, type Sandbox } from '../../../sandbox';
import { ANALYZE, analysis, authenticatePath, clientOf, CREDENTIALS, HEALTH, UUID } from './client';
import { ask, listen, runsEnded } from './streamClient';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(() => {
  sandbox.faults.clear();
  sandbox.ledger.clear();
});
afterAll(() => sandbox.close());

const WITHOUT_CREDENTIALS = { headers: { 'asapp-api-id': null, 'asapp-api-secret': null } };

describe('/sandbox/ledger', () => {
  it('shows everything, or one conversation', async () => {
    const client = clientOf(sandbox);
    for (const id of ['A', 'A', 'B', 'B']) await client.post(ANALYZE, analysis(id));
    const all = (await client.get('/sandbox/ledger', WITHOUT_CREDENTIALS)).data;
    expect(all.requests).toHaveLength(4);
    expect(all.messages).toEqual(sandbox.ledger.messages);
    expect(all.conversations.map((conversation: { id: string }) => conversation.id)).toEqual(['A', 'B']);
    expect(all.acceptedMoreThanOnce).toHaveLength(2);

    const ofA = (await client.get('/sandbox/ledger?conversationId=A')).data;
    expect(ofA.requests).toEqual(sandbox.ledger.requestsOf('A'));
    expect(ofA.messages).toEqual(sandbox.ledger.messagesOf('A'));
    expect(ofA.conversations).toEqual([sandbox.ledger.conversations.get('A')]);
    expect(ofA.acceptedMoreThanOnce).toHaveLength(1);
  });

  it.each<[string, unknown, unknown]>([
    [
      'a valid body',
      { customerExternalId: 'C1', streamId: 'S', auth: { token: 'hunter2', headers: { a: 'hunter2' } } },
      { customerExternalId: 'C1', streamId: 'S', auth: { token: '[redacted]', headers: '[redacted]' } },
    ],
    [
      'a token in the wrong place',
      { customerExternalId: 'C1', token: 'hunter2', auth: 'hunter2' },
      { customerExternalId: 'C1', token: '[redacted]', auth: '[redacted]' },
    ],
    ['a list', ['hunter2'], '[redacted]'],
    ['no JSON', '{"auth":{"token":"hunter2"}', undefined],
  ])('redacts the credentials of the customer in %s', async (_what, body, shown) => {
    const client = clientOf(sandbox);
    await client.post(authenticatePath('A'), body, {
      headers: { 'content-type': 'application/json' },
      transformRequest: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
    });
    const { data } = await client.get('/sandbox/ledger');
    expect(data.requests[0].rawBody).toBe('[redacted]');
    expect(data.requests[0].body).toEqual(shown);
    expect(JSON.stringify(data)).not.toContain('hunter2');
    expect(sandbox.ledger.requests[0]?.rawBody).toContain('hunter2');
  });

  it('is emptied by DELETE', async () => {
    const client = clientOf(sandbox);
    await client.post(ANALYZE, analysis('A'));
    expect((await client.delete('/sandbox/ledger', WITHOUT_CREDENTIALS)).status).toBe(204);
    expect((await client.get('/sandbox/ledger')).data).toEqual({
      requests: [],
      streams: [],
      connections: [],
      events: [],
      webhookCalls: [],
      messages: [],
      conversations: [],
      acceptedMoreThanOnce: [],
    });
  });
});

describe('/sandbox/faults', () => {
  it('takes one fault or several, lists them, and is emptied by DELETE', async () => {
    const client = clientOf(sandbox);
    const first = { fault: 'status', status: 503, operation: 'health', times: 2 };
    const second = { fault: 'noAnswer', conversationId: 'A' };
    const third = { fault: 'html', status: 200 };
    expect((await client.post('/sandbox/faults', first, WITHOUT_CREDENTIALS)).data).toEqual({
      faults: [first],
    });
    await client.post('/sandbox/faults', [second, third]);
    expect((await client.get(HEALTH)).status).toBe(503);
    expect((await client.get('/sandbox/faults')).data).toEqual({
      faults: [{ ...first, times: 1 }, second, third],
    });
    expect((await client.delete('/sandbox/faults')).status).toBe(204);
    expect((await client.get('/sandbox/faults')).data).toEqual({ faults: [] });
    expect((await client.get(HEALTH)).data).toEqual({ healthCheck: 'SUCCESS' });
  });

  it('takes the operationId of an operation as well as its name', async () => {
    const fault = { fault: 'status', status: 503, operation: 'postAnalyze' };
    const { data } = await clientOf(sandbox).post('/sandbox/faults', fault);
    expect(data).toEqual({ faults: [{ ...fault, operation: 'analyze' }] });
  });

  it.each<[unknown, RegExp]>([
    [{}, /^fault: .*'resetAfterReading'/],
    [{ fault: 'fire' }, /^fault: /],
    [{ fault: 'status' }, /^status: Required/],
    [{ fault: 'status', status: 399 }, /^status: /],
    [{ fault: 'status', status: '500' }, /^status: Expected number, received string/],
    [{ fault: 'noAnswer', times: 0 }, /^times: /],
    [{ fault: 'noAnswer', operation: 'delete' }, /^operation: /],
    [{ fault: 'noAnswer', latency: -1 }, /^latency: /],
    [{ fault: 'latency' }, /^latency: Required/],
    [{ fault: 'redirect', location: 'nowhere' }, /^location: /],
    [{ fault: 'redirect', status: 200 }, /^status: /],
    [{ fault: 'resetBeforeReading', accepted: true }, /^accepted: /],
    [{ fault: 'noAnswer', statsu: 500 }, /'statsu'/],
    [[{ fault: 'noAnswer' }, { fault: 'status' }], /^fault 2: status: Required/],
    ['"noAnswer"', /Expected object/],
  ])('refuses %j and sets nothing', async (body, message) => {
    const { status, data } = await clientOf(sandbox).post('/sandbox/faults', body, {
      headers: { 'content-type': 'application/json' },
    });
    expect(status).toBe(400);
    expect(data.error).toEqual({
      requestId: expect.stringMatching(UUID),
      code: '400-01',
      message: expect.stringMatching(message),
    });
    expect(sandbox.faults.list()).toEqual([]);
  });

  it('itself never misbehaves', async () => {
    const slow = await startSandbox({ latency: 300, faults: [{ fault: 'resetBeforeReading' }] });
    try {
      const started = Date.now();
      expect((await clientOf(slow).delete('/sandbox/faults')).status).toBe(204);
      expect(Date.now() - started).toBeLessThan(300);
    } finally {
      await slow.close();
    }
  });
});

describe('/sandbox/streams', () => {
  afterEach(() => sandbox.streams.behave());

  it('takes misbehaviours, lists them, and forgets them', async () => {
    const client = clientOf(sandbox);
    const [first, second] = [{ repeat: 2 }, { conversationId: 'A', silentAfter: 1 }];
    const path = '/sandbox/streams/misbehaviours';
    expect((await client.post(path, first, WITHOUT_CREDENTIALS)).data).toEqual({ misbehaviours: [first] });
    expect((await client.post(path, [second])).data).toEqual({ misbehaviours: [first, second] });
    expect((await client.get('/sandbox/streams')).data).toEqual({
      url: sandbox.streams.url,
      misbehaviours: [first, second],
    });
    expect((await client.delete(path)).status).toBe(204);
    expect(sandbox.streams.misbehaviours()).toEqual([]);
  });

  it.each<[string, unknown, RegExp]>([
    ['misbehaviours', { repeat: 0 }, /^repeat: /],
    ['misbehaviours', [{ repeat: 1 }, { chunk: 1 }], /^misbehaviour 2: .*'chunk'/],
    ['drop', { with: 'fire' }, /^with: /],
    ['events', { event: {} }, /^streamId: /],
  ])('%s refuses %j', async (path, body, message) => {
    const { status, data } = await clientOf(sandbox).post(`/sandbox/streams/${path}`, body);
    expect(status).toBe(400);
    expect(data.error.message).toMatch(message);
    expect(sandbox.streams.misbehaviours()).toEqual([]);
  });

  it('pushes an event and drops a connection', async () => {
    const client = clientOf(sandbox);
    const stream = await listen(sandbox, 'S');
    const event = { conversationId: 'A', type: 'new' };
    const { data } = await client.post('/sandbox/streams/events', { streamId: 'S', event });
    expect(data).toMatchObject({ streamId: 'S', origin: 'hand', event, writtenAt: expect.any(Number) });
    expect((await client.post('/sandbox/streams/drop', { streamId: 'S', with: 'abort' })).data).toEqual({
      dropped: 1,
    });
    expect(await stream.ended).toBe('ECONNRESET');
    expect(stream.events).toEqual([event]);
  });
});

it('the ledger of a conversation has its events and the streams they were meant for', async () => {
  const client = clientOf(sandbox);
  const [mine, other] = [await listen(sandbox, 'MINE'), await listen(sandbox, 'OTHER')];
  await ask(sandbox, 'A', 'Hello', { streamId: 'MINE' });
  await ask(sandbox, 'B', 'Hello', { streamId: 'OTHER' });
  await Promise.all([runsEnded(mine, 'A'), runsEnded(other, 'B')]);
  const { data } = await client.get('/sandbox/ledger?conversationId=A');
  expect(data.events).toEqual(sandbox.ledger.eventsOf('A'));
  expect(data.streams).toEqual([sandbox.ledger.streams[0]]);
  expect(data.connections).toEqual([sandbox.ledger.connections[0]]);
  const all = (await client.get('/sandbox/ledger')).data;
  expect([all.events.length, all.streams.length, all.connections.length]).toEqual([8, 2, 2]);
  mine.close();
  other.close();
});

it('the ledger shows no credentials of a valid authenticate', async () => {
  const client = clientOf(sandbox);
  await client.post(authenticatePath('A'), CREDENTIALS);
  const { data } = await client.get('/sandbox/ledger?conversationId=A');
  expect(JSON.stringify(data)).not.toContain(CREDENTIALS.auth.token);
});
