import { resolve } from 'node:path';

import { AsappError } from '../../nodes/Asapp/errors/asappError';
import type { GenerativeAgentEvent } from '../../nodes/Asapp/events/event';
import { openEventStream } from '../../nodes/Asapp/events/eventStream';
import { keepEventStream, type KeptEventStreamOptions } from '../../nodes/Asapp/events/keepEventStream';
import { openConnection } from '../../nodes/Asapp/transport/exchange';
import { loadNodePackage, type NodePackage } from '../../scripts/engine/nodePackage';
import { EventServer } from '../support/eventServer';
import { triggerContext } from '../support/triggerContext';

const REPLY = { type: 'reply', conversationId: 'C1', reply: { messageId: 'M1', text: 'Hello' } };
const API_KEY = { apiId: 'the-api-id', apiSecret: 'the-api-secret' };

let nodePackage: NodePackage;
let server: EventServer;
beforeAll(async () => {
  nodePackage = await loadNodePackage(resolve(__dirname, '../..'));
});
beforeEach(async () => {
  server = await new EventServer().start();
});
afterEach(async () => {
  await server.kill();
});

const newContext = () =>
  triggerContext(nodePackage, { environment: 'custom', baseUrl: server.url, ...API_KEY });

/** Opens a stream and keeps what it hands on. */
async function open(options: { streamId?: string; timeoutSeconds?: number; signal?: AbortSignal } = {}) {
  const context = newContext();
  const events: GenerativeAgentEvent[] = [];
  const broken: AsappError[] = [];
  const stream = await openEventStream({
    context,
    connection: await openConnection(context),
    ...options,
    onEvent: (event) => events.push(event),
    onBroken: (reason) => broken.push(reason),
  });
  return { stream, events, broken };
}

/** The reason why a stream could not be opened. */
async function failure(options: Parameters<typeof open>[0] = {}): Promise<AsappError> {
  const error: unknown = await open(options).then(
    () => new Error('The stream was opened'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof AsappError)) throw error;
  return error;
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((wait) => setTimeout(wait, 5));
};

describe('a stream', () => {
  test('is asked for with the API key, connected without it, and hands events on as they come', async () => {
    const headers: unknown[] = [];
    server.onConnect = (request) => {
      headers.push(request.headers);
      return false;
    };
    const { stream, events } = await open({ streamId: 'my-stream' });

    expect(server.created[0]).toMatchObject({
      body: { streamId: 'my-stream' },
      headers: { 'asapp-api-id': API_KEY.apiId, 'asapp-api-secret': API_KEY.apiSecret },
    });
    expect(headers[0]).toMatchObject({ accept: 'text/event-stream' });
    expect(JSON.stringify(headers)).not.toContain('asapp-api');
    expect(stream.streamId).toBe('my-stream');

    server.send(REPLY);
    await until(() => events.length === 1);
    server.write('event: generative-agent-message\ndata: {"type":"process');
    server.write('ingEnd"}\n\n');
    await until(() => events.length === 2);
    expect(events).toEqual([
      { type: 'reply', conversationId: 'C1', reply: REPLY.reply, event: REPLY },
      { type: 'processingEnd', event: { type: 'processingEnd' } },
    ]);
    stream.close();
  });

  test('without an ID gets the one that ASAPP makes up', async () => {
    const { stream } = await open();
    expect(server.created[0]?.body).toEqual({});
    expect(stream.streamId).toBe('made-up-stream');
    stream.close();
  });

  test('passes over signs of life and whatever is no event', async () => {
    const { stream, events } = await open();
    server.send({ type: 'reply' }, 'status');
    server.write(': ping\n\nevent: status\ndata: ok\n\ndata: hello\n\ndata: {"no":"type"}\n\n');
    server.write(`data: ${JSON.stringify(REPLY)}\n\n`);
    await until(() => events.length > 0);
    expect(events.map(({ type }) => type)).toEqual(['reply']);
    stream.close();
  });

  test('stays open for longer than the time that ASAPP has to answer', async () => {
    const { stream, events, broken } = await open({ timeoutSeconds: 0.3 });
    await new Promise((wait) => setTimeout(wait, 900));
    server.send(REPLY);
    await until(() => events.length === 1);
    expect(broken).toEqual([]);
    stream.close();
  });

  test('leaves no connection when it is closed, and calls nobody any more', async () => {
    const { stream, events, broken } = await open();
    stream.close();
    server.send(REPLY);
    await server.until(() => server.openSockets === 0);
    expect({ events, broken }).toEqual({ events: [], broken: [] });
  });

  test('leaves no connection when it is ended while it is being opened', async () => {
    for (const step of ['onCreate', 'onConnect'] as const) {
      server.onCreate = () => false;
      server[step] = () => true;
      const controller = new AbortController();
      const opening = failure({ signal: controller.signal });
      await server.until(() => server.created.length > 0 && server.openSockets > 0);
      setTimeout(() => controller.abort(), 50);
      expect((await opening).details.kind).toBe('connectionFailed');
      await server.until(() => server.openSockets === 0);
      server.created.length = 0;
    }
  });

  test.each([
    ['in the middle', () => server.drop(), 'the event stream broke off (ECONNRESET)'],
    [
      'properly',
      () => {
        for (const stream of server.streams) stream.end();
      },
      'the event stream ended',
    ],
  ])('tells when it ends %s, once', async (_how, end, words) => {
    const { broken, events } = await open();
    server.write('data: {"type":"reply"}\n');
    end();
    await until(() => broken.length > 0);
    await server.until(() => server.openSockets === 0);
    expect(broken).toHaveLength(1);
    expect(broken[0]?.details).toMatchObject({ kind: 'connectionFailed', retryable: true });
    expect(broken[0]?.message).toContain(words);
    expect(events).toEqual([]);
  });
});

describe('a stream that cannot be opened', () => {
  const answering = (status: number, body: unknown, headers = {}) => {
    return (_request: unknown, response: import('node:http').ServerResponse): boolean => {
      response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
      return true;
    };
  };
  const refusal = { error: { requestId: 'r-1', message: 'No', code: '401-01' } };

  test.each([
    [
      401,
      refusal,
      { kind: 'unauthorized', code: '401-01', message: 'No', requestId: 'r-1', retryable: false },
    ],
    [503, '', { kind: 'serviceUnavailable', retryable: true }],
    [302, '', { kind: 'unexpectedResponse' }],
    [200, '<html>', { kind: 'unexpectedResponse', message: expect.stringContaining('has no streamId') }],
    [200, { streamId: 's' }, { kind: 'unexpectedResponse' }],
    [
      200,
      { streamId: 's', streamingUrl: 'http://example.com/?token=abcdefgh' },
      { kind: 'unexpectedResponse' },
    ],
  ])('says what ASAPP answered to the first request: %s %j', async (status, body, details) => {
    server.onCreate = answering(status, body, { location: 'http://127.0.0.1:1/' });
    const error = await failure();
    expect(error.details).toMatchObject(details);
    expect(error.details.description).not.toContain('may have accepted');
    expect(server.created).toHaveLength(1);
    await server.until(() => server.openSockets === 0);
  });

  test.each([
    [401, refusal, { kind: 'unexpectedResponse', retryable: true, message: 'No' }],
    [503, '', { kind: 'serviceUnavailable', retryable: true }],
    [302, '', { kind: 'unexpectedResponse' }],
    [
      200,
      '<html>',
      { kind: 'unexpectedResponse', message: expect.stringContaining('is not an event stream') },
    ],
  ])('and to the second: %s %j', async (status, body, details) => {
    server.onConnect = answering(status, body, { location: 'http://127.0.0.1:1/' });
    expect((await failure()).details).toMatchObject(details);
    await server.until(() => server.openSockets === 0);
  });

  test('says that no answer came in time', async () => {
    server.onConnect = () => true;
    expect((await failure({ timeoutSeconds: 0.2 })).details).toMatchObject({ kind: 'timeout' });
    await server.until(() => server.openSockets === 0);
  });

  test('does not repeat the URL or the key, whoever else does', async () => {
    server.onConnect = (request, response) => {
      const message = `${request.url} is not for ${API_KEY.apiSecret}`;
      response.writeHead(500).end(JSON.stringify({ error: { message } }));
      return true;
    };
    const { details } = await failure();
    expect(details.message).toContain('[redacted]');
    expect(JSON.stringify(details)).not.toMatch(/secret-url|the-api-secret/);
  });
});

describe('a stream that is kept open', () => {
  const keep = async (changes: Partial<KeptEventStreamOptions> = {}) => {
    const context = newContext();
    const events: string[] = [];
    const lost: Array<{ kind: string; failures: number }> = [];
    const kept = await keepEventStream({
      context,
      connect: async () => await openConnection(context),
      streamId: 'my-stream',
      waits: [2, 4, 8],
      onEvent: ({ eventId }) => events.push(eventId ?? ''),
      onLost: ({ details: { kind } }, failures) => lost.push({ kind, failures }),
      ...changes,
    });
    return { kept, events, lost };
  };

  test('survives a hundred drops in a row, always with the same ID', async () => {
    const { kept, events, lost } = await keep();
    for (let drop = 1; drop <= 100; drop++) {
      await server.until(() => server.connected === drop && server.streams.length === 1);
      server.send({ type: 'reply', webhookMessageId: String(drop) });
      await until(() => events.length === drop);
      server.drop();
    }
    await server.until(() => server.connected === 101);
    expect(events).toEqual(Array.from({ length: 100 }, (_, index) => String(index + 1)));
    expect(lost.map(({ failures }) => failures)).toEqual(Array(100).fill(1));
    expect(new Set(server.created.map(({ body }) => JSON.stringify(body)))).toEqual(
      new Set(['{"streamId":"my-stream"}']),
    );
    kept.close();
    await server.until(() => server.openSockets === 0);
  });

  test('survives that ASAPP is gone for a while', async () => {
    const { kept, events, lost } = await keep();
    await server.kill();
    await until(() => lost.length >= 5);
    expect(lost.slice(0, 5).map(({ failures }) => failures)).toEqual([1, 2, 3, 4, 5]);
    await server.start();
    await server.until(() => server.streams.length === 1);
    server.send({ type: 'reply', webhookMessageId: 'back' });
    await until(() => events.length === 1);
    expect(events).toEqual(['back']);
    kept.close();
    await server.until(() => server.openSockets === 0);
  });

  test('waits longer after each connection that brought nothing', async () => {
    const startedAt: number[] = [];
    server.onConnect = (_request, response) => {
      startedAt.push(performance.now());
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end();
      return true;
    };
    const { kept } = await keep({ waits: [10, 800] });
    await server.until(() => startedAt.length >= 4);
    kept.close();
    const [first = 0, second = 0, third = 0, fourth = 0] = startedAt;
    expect(second - first).toBeLessThan(400);
    expect(third - second).toBeGreaterThanOrEqual(400);
    expect(fourth - third).toBeGreaterThanOrEqual(400);
  });

  test('waits as long as the stream asks', async () => {
    const { kept } = await keep();
    server.write('retry: 300\ndata: {"type":"reply"}\n\n');
    const droppedAt = performance.now();
    setTimeout(() => server.drop(), 20);
    await server.until(() => server.connected === 2);
    expect(performance.now() - droppedAt).toBeGreaterThanOrEqual(300);
    kept.close();
  });

  test('does not press where only a person can help', async () => {
    const { kept, lost } = await keep({ waits: [1, 1, 1, 60_000] });
    server.onCreate = (_request, response) => {
      response.writeHead(401).end('{}');
      return true;
    };
    server.drop();
    await until(() => lost.length === 2);
    await new Promise((wait) => setTimeout(wait, 100));
    expect(lost.map(({ kind }) => kind)).toEqual(['connectionFailed', 'unauthorized']);
    kept.close();
  });

  test('uses a key that was changed meanwhile', async () => {
    let apiId = 'old';
    const context = newContext();
    const { kept } = await keep({
      connect: async () => {
        const connection = await openConnection(context);
        return { ...connection, credentials: { ...connection.credentials, apiId } };
      },
    });
    apiId = 'new';
    server.drop();
    await server.until(() => server.connected === 2);
    expect(server.created.map(({ headers }) => headers['asapp-api-id'])).toEqual(['old', 'new']);
    kept.close();
  });

  test('fails at once if the first connection does, unless it is patient', async () => {
    server.onCreate = (_request, response) => {
      response.writeHead(503).end();
      return true;
    };
    await expect(keep()).rejects.toBeInstanceOf(AsappError);
    await new Promise((wait) => setTimeout(wait, 50));
    expect(server.created).toHaveLength(1);

    const { kept, lost } = await keep({ isPatient: true });
    await until(() => lost.length >= 3);
    server.onCreate = () => false;
    await server.until(() => server.streams.length === 1);
    kept.close();
  });

  test.each([
    ['connected', async () => await server.until(() => server.streams.length === 1)],
    [
      'waiting to connect again',
      async () => {
        server.drop();
        await server.until(() => server.openSockets === 0);
      },
    ],
  ])('leaves nothing behind when it is closed while %s', async (_when, become) => {
    const before = process.getActiveResourcesInfo().filter((kind) => kind !== 'Immediate').length;
    const { kept } = await keep({ waits: [60_000] });
    await become();
    kept.close();
    await server.until(() => server.openSockets === 0);
    await new Promise((wait) => setTimeout(wait, 50));
    expect(
      process.getActiveResourcesInfo().filter((kind) => kind !== 'Immediate').length,
    ).toBeLessThanOrEqual(before);
    expect(server.connected).toBe(1);
  });
});
