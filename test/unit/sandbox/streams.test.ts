import axios from 'axios';

import { startSandbox, type Sandbox } from '../../../sandbox';
import { clientOf, until, UUID } from './client';
import { SchemaCheck } from './schemaCheck';
import { ask, connectTo, createStream, listen, runsEnded, STREAMS, typesOf } from './streamClient';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ eventDelay: 2 });
});
beforeEach(() => {
  sandbox.ledger.clear();
  sandbox.faults.clear();
  sandbox.streams.behave();
});
afterAll(() => sandbox.close());

describe('create stream', () => {
  it('answers what the specification says, on another port', async () => {
    const schemas = await SchemaCheck.of('CreateStreamResponse');
    const { status, data } = await clientOf(sandbox).post(STREAMS, {});
    expect(status).toBe(200);
    expect(await schemas.complaint('CreateStreamResponse', data)).toBe('valid');
    expect(data).toEqual({
      streamId: expect.stringMatching(UUID),
      streamingUrl: expect.stringContaining(`${sandbox.streams.url}/push-api/connect/sse?token=`),
      messageTypes: ['generative-agent-message'],
    });
    expect(new URL(data.streamingUrl).port).not.toBe(new URL(sandbox.url).port);
    await schemas.close();
  });

  it('keeps the id it is given', async () => {
    expect((await createStream(sandbox, { streamId: 'mine' })).streamId).toBe('mine');
    expect(sandbox.ledger.streams).toEqual([{ streamId: 'mine', openedAt: expect.any(Number) }]);
  });

  it.each<[unknown, number]>([
    [{ streamId: 5 }, 400],
    [[], 400],
    ['{', 400],
  ])('refuses %j', async (body, status) => {
    const { status: seen } = await clientOf(sandbox).post(STREAMS, body, {
      headers: { 'content-type': 'application/json' },
    });
    expect(seen).toBe(status);
  });

  it('refuses wrong credentials', async () => {
    expect((await clientOf(sandbox, { 'asapp-api-secret': 'x' }).post(STREAMS, {})).status).toBe(401);
  });

  it('has faults of its own', async () => {
    sandbox.faults.set({ fault: 'status', status: 503, operation: 'streams', times: 1 });
    const client = clientOf(sandbox);
    expect((await client.post(STREAMS, {})).status).toBe(503);
    expect(sandbox.ledger.streams).toEqual([]);
    expect((await client.post(STREAMS, {})).status).toBe(200);
    expect(sandbox.ledger.requests.map(({ operation, fault }) => [operation, fault])).toEqual([
      ['streams', 'status'],
      ['streams', undefined],
    ]);
  });
});

describe('an address', () => {
  const statusOf = async (url: string): Promise<[number, unknown]> => {
    const { status, headers, data } = await axios.get(url, { validateStatus: () => true, proxy: false });
    expect(headers['content-type']).toBe('application/json');
    expect(data.error.requestId).toMatch(UUID);
    return [status, data.error.message];
  };

  it('works once', async () => {
    const { streamId, streamingUrl } = await createStream(sandbox);
    const listener = await connectTo(streamId, streamingUrl);
    expect(await statusOf(streamingUrl)).toEqual([403, 'ERROR - The token has been used']);
    expect(sandbox.streams.isConnected(streamId)).toBe(true);
    listener.close();
    await until(() => !sandbox.streams.isConnected(streamId));
    expect(await statusOf(streamingUrl)).toEqual([403, 'ERROR - The token has been used']);
    expect(sandbox.ledger.connections.map(({ status, end }) => [status, end])).toEqual([
      [200, 'client'],
      [403, undefined],
      [403, undefined],
    ]);
  });

  it('works for as long as the options say', async () => {
    const hasty = await startSandbox({ streamUrlLifetime: 20 });
    try {
      const { streamingUrl } = await createStream(hasty);
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(await statusOf(streamingUrl)).toEqual([403, 'ERROR - The token has expired']);
    } finally {
      await hasty.close();
    }
  });

  it('with another token or path does not work', async () => {
    const { streamingUrl } = await createStream(sandbox);
    expect(await statusOf(`${streamingUrl}0`)).toEqual([401, 'ERROR - The token is unknown']);
    expect((await statusOf(streamingUrl.replace('/sse?', '/ws?')))[0]).toBe(404);
    expect(sandbox.ledger.connections).toEqual([expect.objectContaining({ status: 401, events: 0 })]);
  });

  it('is nowhere in the ledger', async () => {
    const listener = await listen(sandbox);
    await ask(sandbox, 'A', 'Hello', { streamId: listener.streamId });
    await runsEnded(listener, 'A');
    const { data } = await clientOf(sandbox).get('/sandbox/ledger');
    expect(data.events).toHaveLength(4);
    expect(JSON.stringify(data)).not.toContain('token');
    listener.close();
  });
});

describe('events', () => {
  it('go to the stream that was named, and to no other', async () => {
    const [one, two] = [await listen(sandbox), await listen(sandbox)];
    await ask(sandbox, 'A', 'Hello', { streamId: one.streamId });
    await ask(sandbox, 'B', 'Hello', { streamId: two.streamId });
    await Promise.all([runsEnded(one, 'A'), runsEnded(two, 'B')]);
    expect(
      [one, two].map((listener) => new Set(listener.events.map((event) => event.conversationId))),
    ).toEqual([new Set(['A']), new Set(['B'])]);
    one.close();
    two.close();
  });

  it('that were meant for no stream, or for one without a connection, are lost', async () => {
    await ask(sandbox, 'A', 'Hello');
    await ask(sandbox, 'B', 'Hello', { streamId: 'NOBODY' });
    await until(() => sandbox.ledger.events.length === 8);
    expect(sandbox.ledger.eventsOf('A').map(({ lost }) => lost)).toEqual(Array(4).fill('noStream'));
    expect(sandbox.ledger.eventsOf('B').map(({ lost }) => lost)).toEqual(Array(4).fill('notConnected'));
    const late = await listen(sandbox, 'NOBODY');
    await ask(sandbox, 'B', 'Hello', { streamId: 'NOBODY' });
    await runsEnded(late, 'B');
    expect(late.events).toHaveLength(4);
    late.close();
  });

  it('are in the ledger with the time at which they were written', async () => {
    const listener = await listen(sandbox);
    await ask(sandbox, 'A', 'Hello', { streamId: listener.streamId });
    await runsEnded(listener, 'A');
    const records = sandbox.ledger.eventsOf('A');
    expect(records.map(({ event }) => event)).toEqual(listener.events);
    const [connection] = sandbox.ledger.connections;
    for (const [index, record] of records.entries()) {
      expect(record).toMatchObject({ origin: 'script', streamId: listener.streamId });
      expect(record.connection).toBe(connection?.sequence);
      expect(record.sequence).toBe((records[0]?.sequence ?? NaN) + index);
      expect(record.writtenAt).toBeGreaterThanOrEqual(record.emittedAt);
      expect(Math.abs((record.writtenAt ?? 0) - Date.now())).toBeLessThan(5_000);
    }
    expect(connection?.events).toBe(4);
    listener.close();
  });
});

it('a new connection takes over from the one before', async () => {
  const old = await listen(sandbox, 'S');
  const fresh = await listen(sandbox, 'S');
  expect(await old.ended).toBe('end');
  await ask(sandbox, 'A', 'Hello', { streamId: 'S' });
  await runsEnded(fresh, 'A');
  expect(old.events).toEqual([]);
  expect(typesOf(fresh, 'A')).toHaveLength(4);
  expect(sandbox.ledger.connections[0]).toMatchObject({ end: 'takenOver' });
  expect(sandbox.ledger.connections[1]).not.toHaveProperty('closedAt');
  fresh.close();
});

it('keeps a connection alive with pings', async () => {
  const pinging = await startSandbox({ pingInterval: 10 });
  try {
    const listener = await listen(pinging);
    await until(() => listener.others.length >= 2);
    expect(listener.others[0]?.[0]).toBe('status');
    expect(listener.parseErrors).toEqual([]);
    listener.close();
  } finally {
    await pinging.close();
  }
});

it('closes both servers, their connections and runs that are under way', async () => {
  const closing = await startSandbox({ eventDelay: 60_000 });
  const listener = await listen(closing);
  await ask(closing, 'A', 'Hello', { streamId: listener.streamId });
  const started = Date.now();
  await Promise.all([closing.close(), closing.close()]);
  expect(Date.now() - started).toBeLessThan(500);
  expect(await listener.ended).toBe('ECONNRESET');
  expect(closing.ledger.connections[0]).toMatchObject({ end: 'sandboxClosed' });
});

it('says which port of the streams is in use, and leaves nothing behind', async () => {
  const streamPort = Number(new URL(sandbox.streams.url).port);
  await expect(startSandbox({ streamPort })).rejects.toThrow(
    `Port ${streamPort} of 127.0.0.1 is already in use`,
  );
});
