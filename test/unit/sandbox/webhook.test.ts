import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { startSandbox, type Sandbox, type WebhookTarget } from '../../../sandbox';
import { clientOf, until } from './client';
import { SchemaCheck } from './schemaCheck';
import { ask, listen, runsEnded } from './streamClient';

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown> & { conversationId: string; type: string };
}

let sandbox: Sandbox;
let schemas: SchemaCheck;
let receiver: Server;
let url: string;
let received: Received[];
/** What the receiver answers; 0: it breaks the connection. */
let status: number;
let answerDelay: number;

beforeAll(async () => {
  sandbox = await startSandbox({ eventDelay: 0 });
  schemas = await SchemaCheck.of('GenerativeAgentSignal');
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString());
      received.push({ path: request.url ?? '', headers: request.headers, body });
      setTimeout(() => {
        if (status === 0) request.socket.destroy();
        else response.writeHead(status).end();
      }, answerDelay).unref();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook?a=1`;
});
beforeEach(() => {
  sandbox.ledger.clear();
  sandbox.webhook.set({ url });
  received = [];
  status = 200;
  answerDelay = 0;
});
afterAll(async () => {
  await Promise.all([sandbox.close(), schemas.close()]);
  receiver.closeAllConnections();
  receiver.close();
});

/** Waits until so many calls have come to an end. */
function called(calls: number): Promise<void> {
  return until(
    () => sandbox.ledger.webhookCalls.filter(({ answeredAt }) => answeredAt !== undefined).length >= calls,
  );
}

it('gets the events of a conversation in the form of signals, without any stream', async () => {
  await ask(sandbox, 'A', 'What is my balance?');
  await ask(sandbox, 'B', 'agent');
  await called(8);
  const ofA = received.filter(({ body }) => body.conversationId === 'A').map(({ body }) => body);
  expect(ofA.map(({ type }) => type)).toEqual([
    'processingStart',
    'reply',
    'authenticationRequested',
    'processingEnd',
  ]);
  const head = ['webhookMessageId', 'externalConversationId', 'conversationId', 'type'];
  expect(ofA.map((body) => Object.keys(body))).toEqual([head, [...head, 'reply'], head, head]);
  for (const { body, headers } of received) {
    expect(headers['content-type']).toBe('application/json');
    expect(await schemas.complaint('GenerativeAgentSignal', body)).toBe('valid');
  }
});

it('gets a system transfer in the same shape, though ASAPP does not describe it', async () => {
  await ask(sandbox, 'A', 'refund');
  await called(4);
  expect(received[2]?.body).toMatchObject({
    webhookMessageId: expect.any(String),
    type: 'transferToSystem',
    transferToSystem: { currentTaskName: 'handle_refund_requests' },
  });
});

it('gets what a stream gets as well, under the same id', async () => {
  const stream = await listen(sandbox);
  await ask(sandbox, 'A', 'Hello', { streamId: stream.streamId });
  await runsEnded(stream, 'A');
  await called(4);
  expect(received.map(({ body }) => body['webhookMessageId'])).toEqual(
    stream.events.map((event) => event['generativeAgentMessageId']),
  );
  expect(sandbox.ledger.webhookCalls.map((call) => call.event)).toEqual(
    sandbox.ledger.events.map(({ sequence }) => sequence),
  );
  stream.close();
});

describe('a secret', () => {
  it.each<[WebhookTarget['secret'], (call: Received) => unknown]>([
    [
      { in: 'header', name: 'X-Webhook-Secret', value: 's3cr=t &' },
      ({ headers }) => headers['x-webhook-secret'],
    ],
    [
      { in: 'query', name: 'secret', value: 's3cr=t &' },
      ({ path }) => new URL(path, 'http://x').searchParams.get('secret'),
    ],
  ])('goes along as %j says and is shown nowhere', async (secret, secretOf) => {
    sandbox.webhook.set({ url, ...(secret && { secret }) });
    await ask(sandbox, 'A', 'Hello');
    await called(4);
    expect(received.map(secretOf)).toEqual(Array(4).fill('s3cr=t &'));
    expect(received.every(({ path }) => path.startsWith('/hook?a=1'))).toBe(true);
    const client = clientOf(sandbox);
    const shown = [await client.get('/sandbox/ledger'), await client.get('/sandbox/webhook')];
    expect(JSON.stringify(shown.map(({ data }) => data))).not.toMatch(/s3cr|hook\?/);
  });
});

it('gets the events of a conversation one after the other, and does not let another one wait', async () => {
  answerDelay = 30;
  await ask(sandbox, 'A', 'Hello');
  await ask(sandbox, 'B', 'Hello');
  await called(8);
  for (const id of ['A', 'B']) {
    const calls = sandbox.ledger.webhookCalls.filter(({ conversationId }) => conversationId === id);
    for (const [index, call] of calls.entries()) {
      expect(call.sentAt).toBeGreaterThanOrEqual(calls[index - 1]?.answeredAt ?? 0);
    }
  }
  const times = sandbox.ledger.webhookCalls.map(({ sentAt }) => sentAt);
  expect(Math.max(...times) - Math.min(...times)).toBeLessThan(7 * 30);
});

describe('what is not taken is dropped and not sent again', () => {
  it.each<[number, object]>([
    [500, { status: 500, delivered: false }],
    [301, { status: 301, delivered: false }],
    [204, { status: 204, delivered: true }],
    [0, { error: 'ECONNRESET', delivered: false }],
  ])('if the answer is %i', async (answer, expected) => {
    status = answer;
    await ask(sandbox, 'A', 'Hello');
    await called(4);
    expect(received).toHaveLength(4);
    expect(sandbox.ledger.webhookCalls).toEqual(Array(4).fill(expect.objectContaining(expected)));
  });

  it('if nobody listens', async () => {
    sandbox.webhook.set({ url: 'http://127.0.0.1:9/' });
    await ask(sandbox, 'A', 'Hello');
    await called(4);
    expect(sandbox.ledger.webhookCalls[3]).toMatchObject({ error: 'ECONNREFUSED', delivered: false });
  });
});

it('is set, shown and cleared over HTTP', async () => {
  const client = clientOf(sandbox);
  const { origin } = new URL(url);
  const target = { url, secret: { in: 'query', name: 'key', value: 'hidden' } };
  expect((await client.post('/sandbox/webhook', target)).data).toEqual({ origin });
  expect((await client.get('/sandbox/webhook')).data).toEqual({ origin });
  expect((await client.delete('/sandbox/webhook')).status).toBe(204);
  expect((await client.get('/sandbox/webhook')).data).toEqual({ origin: null });
  await ask(sandbox, 'A', 'Hello');
  await until(() => sandbox.ledger.events.length === 4);
  expect(sandbox.ledger.webhookCalls).toEqual([]);
});

it.each<[object, RegExp]>([
  [{}, /^url: /],
  [{ url: 'ftp://127.0.0.1/' }, /^url: must begin with http/],
  [{ url: 'http://127.0.0.1/', secret: { in: 'body', name: 'a', value: 'hidden' } }, /^secret\.in: /],
  [{ url: 'http://127.0.0.1/', secret: { in: 'header', name: 'a b', value: 'hidden' } }, /^secret\.name: /],
])('refuses %j without repeating the secret', async (target, message) => {
  const { status: seen, data } = await clientOf(sandbox).post('/sandbox/webhook', target);
  expect(seen).toBe(400);
  expect(data.error.message).toMatch(message);
  expect(data.error.message).not.toContain('hidden');
});

it('does not keep the sandbox from closing', async () => {
  answerDelay = 60_000;
  const closing = await startSandbox({ eventDelay: 0, webhook: { url } });
  await ask(closing, 'A', 'Hello');
  await until(() => received.length === 1);
  const started = Date.now();
  await closing.close();
  expect(Date.now() - started).toBeLessThan(500);
  await until(() => closing.ledger.webhookCalls[0]?.answeredAt !== undefined);
  expect(closing.ledger.webhookCalls).toEqual([expect.objectContaining({ error: 'ECONNRESET' })]);
});
