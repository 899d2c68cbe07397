import { createServer, type ServerResponse } from 'node:http';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { resolve } from 'node:path';
import { createGzip } from 'node:zlib';

import { AsappError } from '../../../nodes/Asapp/errors/asappError';
import { keepEventStream, type KeptEventStreamOptions } from '../../../nodes/Asapp/events/keepEventStream';
import { Replies } from '../../../nodes/Asapp/events/replies';
import { readConnection } from '../../../nodes/Asapp/transport/exchange';
import { loadNodePackage, type NodePackage } from '../../../scripts/engine/nodePackage';
import { keepEngineLog, takeLog } from '../../support/debugLog';
import { EventServer } from '../../support/eventServer';
import { triggerContext } from '../../support/triggerContext';

const REPLY = { type: 'reply', conversationId: 'C1' };
const API_KEY = { apiId: 'the-api-id', apiSecret: 'the-api-secret' };

let nodePackage: NodePackage;
let server: EventServer;
const proxies: Server[] = [];
const toClose: Array<{ close(): void }> = [];
beforeAll(async () => {
  nodePackage = await loadNodePackage(resolve(__dirname, '../../..'));
});
beforeEach(async () => {
  server = await new EventServer().start();
});
afterEach(async () => {
  for (const one of toClose.splice(0)) one.close();
  await server.kill();
  for (const proxy of proxies.splice(0)) proxy.close();
});

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((wait) => setTimeout(wait, 5));
};
const pause = async (ms: number) => await new Promise((wait) => setTimeout(wait, ms));

async function keep(changes: Partial<KeptEventStreamOptions> = {}, baseUrl = server.url) {
  const context = triggerContext(nodePackage, { environment: 'custom', baseUrl, ...API_KEY });
  const events: string[] = [];
  const lost: AsappError[] = [];
  const failures: number[] = [];
  const kept = await keepEventStream({
    context,
    connect: async () => await readConnection(context),
    streamId: 'my-stream',
    waits: [2, 4, 8],
    onEvent: ({ eventId = '' }) => events.push(eventId),
    onLost: (reason, count) => {
      lost.push(reason);
      failures.push(count);
    },
    ...changes,
  });
  toClose.push(kept);
  return { kept, events, lost, failures };
}

const failureOf = async (opening: Promise<unknown>): Promise<AsappError> => {
  const reason: unknown = await opening.catch((error: unknown) => error);
  if (!(reason instanceof AsappError)) throw new Error('The stream was opened');
  return reason;
};

async function listening(proxy: Server): Promise<number> {
  proxies.push(proxy);
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  return (proxy.address() as AddressInfo).port;
}

/** A proxy before the server that, when told, takes bytes and acknowledges them but passes nothing on. */
async function stallingProxy() {
  const stalled = new Set<Socket>();
  const proxy = createTcpServer((client) => {
    const upstream = connect(Number(new URL(server.url).port), '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('data', (bytes) => !stalled.has(client) && to.write(bytes));
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
    connections.add(client);
  });
  const connections = new Set<Socket>();
  const port = await listening(proxy);
  return {
    url: `http://127.0.0.1:${port}`,
    /** Stalls the connections that are there; new ones work. */
    stall: () => connections.forEach((client) => stalled.add(client)),
  };
}

describe('silence', () => {
  test('longer than the limit connects a stalled stream anew, and events come again', async () => {
    const proxy = await stallingProxy();
    server.onCreate = (_request, response, body) => {
      const { streamId } = JSON.parse(body) as { streamId: string };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ streamId, streamingUrl: `${proxy.url}/push-api/connect/sse?token=t${tokens++}` }),
      );
      return true;
    };
    let tokens = 0;
    server.onConnect = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      server.streams.push(response);
      response.once('close', () => server.streams.splice(server.streams.indexOf(response), 1));
      return true;
    };
    const { events, lost } = await keep({ silenceLimit: 300 });
    server.send({ ...REPLY, webhookMessageId: 'before' });
    await until(() => events.length === 1);
    proxy.stall();
    const stalledAt = performance.now();
    await until(() => lost.length === 1);
    const noticed = performance.now() - stalledAt;
    expect(noticed).toBeGreaterThanOrEqual(250);
    expect(noticed).toBeLessThan(1_000);
    expect(lost[0]?.message).toContain('nothing came on the event stream for');
    await until(() => tokens === 2 && server.streams.length === 1);
    server.send({ ...REPLY, webhookMessageId: 'after' });
    await until(() => events.length === 2);
    expect(events).toEqual(['before', 'after']);
  });

  test('is no matter while anything comes, and without signs of life there is no rule', async () => {
    const limited = await keep({ silenceLimit: 200 });
    const pings = setInterval(() => server.write(':\n'), 50);
    await pause(700);
    clearInterval(pings);
    limited.kept.close();
    expect(limited.lost).toEqual([]);
    const free = await keep();
    await pause(300);
    expect(free.lost).toEqual([]);
  });
});

test('a stream that is cut again and again is connected again at once if anything came on it, be it a comment', async () => {
  server.onConnect = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    setTimeout(() => response.write(': ping\n\n'), 5);
    setTimeout(() => response.destroy(), 20);
    return true;
  };
  const { failures } = await keep({ waits: [5, 60_000] });
  await until(() => failures.length === 10);
  expect(failures).toEqual(Array(10).fill(1));
});

test('a proxy that compresses where it may holds no event back', async () => {
  const proxy = createServer((request, response) => {
    const { accept, ...headers } = request.headers;
    const forward = async () => {
      const answer = await fetch(`${server.url}${request.url ?? ''}`, {
        headers: { accept: String(accept) },
      });
      const mayCompress = String(headers['accept-encoding'] ?? 'gzip').includes('gzip');
      response.writeHead(answer.status, {
        'content-type': 'text/event-stream',
        ...(mayCompress ? { 'content-encoding': 'gzip' } : {}),
      });
      response.flushHeaders();
      const out = mayCompress ? createGzip() : response;
      if (mayCompress) out.pipe(response);
      for await (const chunk of answer.body ?? []) out.write(chunk);
    };
    void forward().catch(() => response.destroy());
  });
  const port = await listening(proxy as unknown as Server);
  let token = 0;
  server.onCreate = (_request, response, body) => {
    const { streamId } = JSON.parse(body) as { streamId: string };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ streamId, streamingUrl: `http://127.0.0.1:${port}/sse?token=${token++}` }));
    return true;
  };
  server.onConnect = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    server.streams.push(response);
    return true;
  };
  const { events } = await keep();
  await until(() => server.streams.length === 1);
  for (let index = 0; index < 50; index++) server.send({ ...REPLY, webhookMessageId: String(index) });
  await until(() => events.length === 50);
});

test('a line without an end breaks the stream, with that reason and with longer waits', async () => {
  const { lost, failures } = await keep({ waits: [1, 50, 60_000] });
  const flood = (stream: ServerResponse) => {
    const write = () => {
      while (!stream.destroyed && stream.write('x'.repeat(65_536)));
      if (!stream.destroyed) stream.once('drain', write);
    };
    write();
  };
  for (let round = 1; round <= 3; round++) {
    await server.until(() => server.connected === round && server.streams.length === 1);
    for (const stream of server.streams) flood(stream);
    await until(() => lost.length === round);
  }
  expect(failures).toEqual([1, 2, 3]);
  expect(lost[0]?.details).toMatchObject({
    kind: 'unexpectedResponse',
    message: expect.stringMatching(/an event on the stream is longer than 1048576 bytes$/),
  });
});

test('a stream of another ID than was asked for is none', async () => {
  server.onCreate = (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ streamId: 'another', streamingUrl: `${server.url}/sse?token=t` }));
    return true;
  };
  const { details } = await failureOf(keep());
  expect(details).toMatchObject({
    kind: 'unexpectedResponse',
    message:
      'ASAPP answered 200, but the answer is about the stream "another" instead of "my-stream", so no event would come',
  });
  expect(server.connected).toBe(0);
});

describe('words of a streaming URL', () => {
  test('that is redirected, which is not followed even to a stream', async () => {
    const elsewhere = await new EventServer().start();
    elsewhere.onConnect = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      return true;
    };
    server.onConnect = (_request, response) => {
      response.writeHead(302, { location: `${elsewhere.url}/?token=secret-url` }).end();
      return true;
    };
    try {
      expect((await failureOf(keep())).message).toBe(
        `The streaming URL that ASAPP gave was answered with 302, a redirect to ${elsewhere.url} that was not followed`,
      );
      expect(elsewhere.connected).toBe(0);
    } finally {
      await elsewhere.kill();
    }
  });

  test('that brings something else without an end', async () => {
    server.contentType = 'application/x-ndjson';
    const startedAt = performance.now();
    const { message } = await failureOf(keep());
    expect(message).toBe(
      'ASAPP answered 200, but the answer is not an event stream but "application/x-ndjson"',
    );
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

test('an event that cannot be handed on is told, and those after it come', async () => {
  keepEngineLog();
  const got: string[] = [];
  await keep({
    onEvent: ({ eventId = '' }) => {
      if (eventId === '1') throw new Error('no room');
      got.push(eventId);
    },
  });
  const all = ['0', '1', '2'].map((id) => `data: ${JSON.stringify({ ...REPLY, webhookMessageId: id })}\n\n`);
  server.write(all.join(''));
  await until(() => got.length === 2);
  expect(got).toEqual(['0', '2']);
  expect(takeLog()).toContain('An event of ASAPP could not be handed on: no room');
});

describe('an item in doubt', () => {
  const start = async () => {
    const context = triggerContext(nodePackage, { environment: 'custom', baseUrl: server.url, ...API_KEY });
    const replies = new Replies(context, await readConnection(context), undefined);
    toClose.push(replies);
    await replies.open();
    await server.until(() => server.streams.length === 1);
    return replies;
  };
  const send = (...types: string[]) => {
    for (const type of types)
      server.send({ type, conversationId: 'C1', reply: { messageId: 'M', text: 'Hello' } });
  };

  test('arrived if its whole run comes', async () => {
    const replies = await start();
    const run = replies.expect('C1');
    setTimeout(() => send('processingStart', 'reply'), 50);
    setTimeout(() => send('processingEnd'), 1_200);
    expect(await replies.settle('C1', run, 5)).toBe('complete');
    expect(run.replies).toEqual([{ messageId: 'M', text: 'Hello' }]);
  });

  test('stays in doubt if no run comes, or not all of one', async () => {
    const replies = await start();
    expect(await replies.settle('C1', replies.expect('C1'), 5)).toBe('none');
    const torn = replies.expect('C2');
    server.send({ type: 'processingStart', conversationId: 'C2' });
    expect(await replies.settle('C2', torn, 0.3)).toBe('late');
    const cut = replies.expect('C3');
    server.send({ type: 'processingStart', conversationId: 'C3' });
    setTimeout(() => server.drop(), 100);
    expect(await replies.settle('C3', cut, 0.5)).toBe('gap');
  });

  test('is not proven by a run that may be of an earlier item', async () => {
    const replies = await start();
    const first = replies.expect('C1');
    server.write(':\n');
    expect(await replies.wait('C1', first, 0.1)).toBe('late');
    const second = replies.expect('C1');
    send('processingStart', 'reply', 'processingEnd');
    expect(await replies.settle('C1', second, 2)).toBe('gap');
  });
});
