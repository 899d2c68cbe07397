import { startSandbox, type Fault, type Sandbox } from '../../../sandbox';
import {
  ANALYZE,
  analysis,
  authenticatePath,
  clientOf,
  CREDENTIALS,
  HEALTH,
  outcomeOf,
  sendRaw,
  until,
} from './client';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(() => {
  sandbox.faults.clear();
  sandbox.ledger.clear();
});
afterAll(() => sandbox.close());

const CLIENT_TIMEOUT = 150;

/** Fault, what Analyze's client sees, whether the message was accepted, the status in the ledger. */
const FAULTS: Array<[Fault, number | string, boolean, number | undefined]> = [
  [{ fault: 'status', status: 503 }, 503, false, 503],
  [{ fault: 'status', status: 503, accepted: true }, 503, true, 503],
  [{ fault: 'resetBeforeReading' }, 'ECONNRESET', false, undefined],
  [{ fault: 'resetAfterReading' }, 'ECONNRESET', true, undefined],
  [{ fault: 'resetAfterReading', accepted: false }, 'ECONNRESET', false, undefined],
  [{ fault: 'noAnswer' }, 'ECONNABORTED', true, undefined],
  [{ fault: 'truncatedBody' }, 'ERR_BAD_RESPONSE', true, undefined],
  [{ fault: 'html', status: 200 }, 200, false, 200],
  [{ fault: 'html', status: 502 }, 502, false, 502],
  [{ fault: 'emptyBody' }, 200, true, 200],
  [{ fault: 'emptyBody', status: 500 }, 500, true, 500],
  [{ fault: 'malformedBody' }, 200, true, 200],
  [{ fault: 'redirect' }, 302, false, 302],
  [{ fault: 'redirect', status: 308 }, 308, false, 308],
  [{ fault: 'latency', latency: 1 }, 200, true, 200],
];

describe.each([
  ['everyone', {}],
  ['the operation', { operation: 'analyze' }],
  ['the conversation', { conversationId: 'C0NV' }],
  ['both', { conversationId: 'C0NV', operation: 'analyze' }],
] as const)('set for %s', (_scope, scope) => {
  it.each(FAULTS)('%j shows as %s, accepted: %s', async (fault, seen, accepted, status) => {
    sandbox.faults.set({ ...scope, ...fault });
    // A busy machine may take longer for what is not to time out.
    const timeout = seen === 'ECONNABORTED' ? CLIENT_TIMEOUT : 50 * CLIENT_TIMEOUT;
    const request = clientOf(sandbox).post(ANALYZE, analysis('C0NV'), { timeout });
    expect(await outcomeOf(request)).toBe(seen);
    expect(sandbox.ledger.messagesOf('C0NV')).toHaveLength(accepted ? 1 : 0);
    expect(sandbox.ledger.conversations.has('C0NV')).toBe(accepted);
    const [record] = sandbox.ledger.requests;
    expect(record?.fault).toBe(fault.fault);
    expect(record?.status).toBe(status);
    expect(record?.answeredAt === undefined).toBe(status === undefined);
  });
});

describe('what the client gets to read', () => {
  const post = () => clientOf(sandbox).post(ANALYZE, analysis('C0NV'));

  it("of a status is ASAPP's error body with defaults of its own", async () => {
    sandbox.faults.set({ fault: 'status', status: 429, retryAfter: 7 });
    const { headers, data } = await post();
    expect(headers['retry-after']).toBe('7');
    expect(data.error).toMatchObject({ code: '429-01', message: 'Too Many Requests' });
  });

  it('of a status is the code and message that were set', async () => {
    sandbox.faults.set({ fault: 'status', status: 409, code: '409-02', message: 'Busy' });
    const { headers, data } = await post();
    expect(data.error).toMatchObject({ code: '409-02', message: 'Busy' });
    expect(headers['retry-after']).toBeUndefined();
  });

  it('of html is a page', async () => {
    sandbox.faults.set({ fault: 'html', status: 502 });
    const { headers, data } = await post();
    expect(headers['content-type']).toContain('text/html');
    expect(data).toContain('<h1>502 Bad Gateway</h1>');
  });

  it('of an empty body is nothing', async () => {
    sandbox.faults.set({ fault: 'emptyBody' });
    const { headers, data } = await post();
    expect([headers['content-length'], data]).toEqual(['0', '']);
  });

  it('of a malformed body is JSON of other types', async () => {
    sandbox.faults.set({ fault: 'malformedBody' });
    expect(typeof (await post()).data.conversationId).toBe('number');
  });

  it('of a redirect is a location, by default on another host', async () => {
    sandbox.faults.set({ fault: 'redirect', times: 1 });
    expect((await post()).headers['location']).toBe(
      `http://127.0.0.2:${new URL(sandbox.url).port}${ANALYZE}`,
    );
    sandbox.faults.set({ fault: 'redirect', location: 'http://127.0.0.2:9/x' });
    expect((await post()).headers['location']).toBe('http://127.0.0.2:9/x');
  });

  it('of a truncated body is less than was announced', async () => {
    sandbox.faults.set({ fault: 'truncatedBody' });
    const { received } = await sendRaw(
      sandbox,
      `GET ${HEALTH} HTTP/1.1\r\nHost: x\r\nasapp-api-id: sandbox-id\r\nasapp-api-secret: sandbox-secret\r\n\r\n`,
    );
    const [head, body] = received.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1.1 200 /);
    expect(head).toContain('content-length: 25');
    expect(body).toBe('{"healthChec');
  });
});

describe('a reset before reading', () => {
  it('does not wait for the body and does not look at the credentials', async () => {
    sandbox.faults.set({ fault: 'resetBeforeReading', operation: 'analyze' });
    const head = `POST ${ANALYZE} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{`;
    expect(await sendRaw(sandbox, head)).toEqual({ received: '', error: 'ECONNRESET' });
    expect(sandbox.ledger.requests[0]).toMatchObject({
      credentialsRight: false,
      fault: 'resetBeforeReading',
    });
    expect(sandbox.ledger.requests[0]).not.toHaveProperty('rawBody');
  });

  it('reads the body of Analyze if it has to know the conversation', async () => {
    sandbox.faults.set({ fault: 'resetBeforeReading', conversationId: 'C0NV' });
    const client = clientOf(sandbox);
    expect(await outcomeOf(client.post(ANALYZE, analysis('0THER')))).toBe(200);
    expect(await outcomeOf(client.post(ANALYZE, analysis('C0NV')))).toBe('ECONNRESET');
    expect(sandbox.ledger.messages.map((message) => message.conversationId)).toEqual(['0THER']);
  });
});

describe.each<[Fault, number | string, number]>([
  [{ fault: 'resetAfterReading' }, 'ECONNRESET', 1],
  [{ fault: 'resetBeforeReading' }, 'ECONNRESET', 0],
  [{ fault: 'truncatedBody' }, 'ERR_BAD_RESPONSE', 1],
  [{ fault: 'emptyBody' }, 200, 1],
  [{ fault: 'status', status: 404 }, 404, 0],
])('authenticate with %j', (fault, seen, authentications) => {
  it(`shows as ${seen}`, async () => {
    sandbox.faults.set({ ...fault, conversationId: 'C0NV' });
    const request = clientOf(sandbox).post(authenticatePath('C0NV'), CREDENTIALS);
    expect(await outcomeOf(request)).toBe(seen);
    expect(sandbox.ledger.conversations.get('C0NV')?.authentications ?? 0).toBe(authentications);
  });
});

it('is well again after the given number of times', async () => {
  sandbox.faults.set({ fault: 'status', status: 500, times: 2 });
  const client = clientOf(sandbox);
  expect(await outcomeOf(client.get(HEALTH))).toBe(500);
  expect(sandbox.faults.list()).toEqual([{ fault: 'status', status: 500, times: 1 }]);
  expect(await outcomeOf(client.get(HEALTH))).toBe(500);
  expect(await outcomeOf(client.get(HEALTH))).toBe(200);
  expect(sandbox.faults.list()).toEqual([]);
});

it('is not used up by requests that are refused anyway', async () => {
  sandbox.faults.set({ fault: 'status', status: 500, times: 1 });
  const client = clientOf(sandbox);
  expect(await outcomeOf(client.post(ANALYZE, {}))).toBe(400);
  expect(await outcomeOf(client.get(HEALTH, { headers: { 'asapp-api-id': 'other' } }))).toBe(401);
  expect(await outcomeOf(client.get(HEALTH))).toBe(500);
});

it('gives way to one that is more specific', async () => {
  const client = clientOf(sandbox);
  const scopes = [
    {},
    { operation: 'analyze' },
    { conversationId: 'A' },
    { conversationId: 'A', operation: 'analyze' },
  ];
  for (const [index, scope] of scopes.entries()) {
    sandbox.faults.set({ fault: 'status', status: 500 + index, ...scope } as Fault);
  }
  expect(await outcomeOf(client.post(ANALYZE, analysis('A')))).toBe(503);
  expect(await outcomeOf(client.post(authenticatePath('A'), CREDENTIALS))).toBe(502);
  expect(await outcomeOf(client.post(ANALYZE, analysis('B')))).toBe(501);
  expect(await outcomeOf(client.get(HEALTH))).toBe(500);
});

it('waits before anything happens', async () => {
  sandbox.faults.set({ fault: 'status', status: 500, latency: 80, accepted: true });
  const started = Date.now();
  const request = clientOf(sandbox).post(ANALYZE, analysis('C0NV'));
  await until(() => sandbox.ledger.requestsOf('C0NV').length === 1);
  expect(sandbox.ledger.messages).toEqual([]);
  expect((await request).status).toBe(500);
  expect(Date.now() - started).toBeGreaterThanOrEqual(75);
  expect(sandbox.ledger.messages).toHaveLength(1);
});

it('survives a client that gave up while a truncated answer was held back', async () => {
  sandbox.faults.set({ fault: 'truncatedBody', latency: 60, times: 1 });
  const client = clientOf(sandbox);
  expect(await outcomeOf(client.post(ANALYZE, analysis('C0NV'), { timeout: 20 }))).toBe('ECONNABORTED');
  await until(() => sandbox.ledger.messages.length === 1);
  expect(await outcomeOf(client.get(HEALTH))).toBe(200);
});

it('delays every answer by the latency of the sandbox, after accepting', async () => {
  const slow = await startSandbox({ latency: { min: 60, max: 80 } });
  try {
    const started = Date.now();
    expect(await outcomeOf(clientOf(slow).post(ANALYZE, analysis('C0NV'), { timeout: 30 }))).toBe(
      'ECONNABORTED',
    );
    expect(slow.ledger.messages).toHaveLength(1);
    const refused = clientOf(slow).get(HEALTH, { headers: { 'asapp-api-id': 'other' } });
    expect(await outcomeOf(refused)).toBe(401);
    expect(Date.now() - started).toBeGreaterThanOrEqual(85);
  } finally {
    await slow.close();
  }
});

it('closes at once with unanswered and delayed requests', async () => {
  const hanging = await startSandbox({
    faults: [
      { fault: 'noAnswer', operation: 'analyze' },
      { fault: 'latency', latency: 60_000 },
    ],
  });
  const client = clientOf(hanging);
  const outcomes = [outcomeOf(client.post(ANALYZE, analysis('A'))), outcomeOf(client.get(HEALTH))];
  await until(() => hanging.ledger.requests.length === 2);
  const started = Date.now();
  await hanging.close();
  expect(Date.now() - started).toBeLessThan(500);
  expect(await Promise.all(outcomes)).toEqual(['ECONNRESET', 'ECONNRESET']);
});
