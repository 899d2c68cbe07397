import { runAsapp, startAsapp, type Asapp } from '../support/asapp';
import { looks, onWire, refuseLooks, sentRequests, startStandIn } from '../support/looks';
import { CONVERSATION_ID } from '../support/parameters';
import { closedPort, startTcpServer } from '../support/servers';
import { ADVICE, failedItem, OPERATIONS, UNREADABLE } from './support';

let asapp: Asapp;
let host: string;
beforeAll(async () => {
  asapp = await startAsapp();
  host = new URL(asapp.sandbox.url).host;
});
afterAll(async () => {
  await asapp.sandbox.close();
});
beforeEach(() => {
  asapp.sandbox.ledger.clear();
  // What is found is no failure, and what is not takes seconds.
  refuseLooks(asapp);
});
afterEach(() => {
  asapp.sandbox.faults.clear();
});

/** The error of an item that got no answer; what ASAPP would have said is absent. */
function withoutAnswer(
  kind: string,
  message: unknown,
  retryable: boolean,
  phase: 'notSent' | 'sent' = 'sent',
): object {
  return {
    kind,
    message,
    retryable,
    ...(retryable ? {} : { inDoubt: true, looks: 1 }),
    attempts: 1,
    phase,
    description: expect.stringMatching(retryable ? ADVICE : UNREADABLE) as string,
  };
}

describe.each(OPERATIONS)('$operation', ({ parameters, call, repeatable }) => {
  test.each(['resetBeforeReading', 'resetAfterReading', 'truncatedBody'] as const)(
    'a connection broken by %s is retryable only if that cannot double a message',
    async (fault) => {
      asapp.sandbox.faults.set({ fault, operation: call });
      const message = `Could not complete the call to ${host}: the connection was closed before the whole answer came`;
      expect(await failedItem(asapp, { parameters: parameters() })).toStrictEqual(
        withoutAnswer('connectionFailed', expect.stringContaining(message), repeatable),
      );
      expect(sentRequests(asapp)).toMatchObject([{ fault }]);
      expect(looks(asapp)).toBe(repeatable ? 0 : 1);
    },
  );

  test('no answer within the timeout is retryable only if that cannot double a message', async () => {
    asapp.sandbox.faults.set({ fault: 'noAnswer', operation: call });
    const item = await failedItem(asapp, { parameters: parameters({ options: { timeout: 0.3 } }) });
    expect(item).toStrictEqual(withoutAnswer('timeout', `No answer from ${host} within 0.3 s`, repeatable));
    expect(sentRequests(asapp)).toMatchObject([{ fault: 'noAnswer' }]);
  });

  test('an answer later than the timeout is a timeout', async () => {
    asapp.sandbox.faults.set({ fault: 'latency', latency: 20_000, operation: call });
    const item = await failedItem(asapp, { parameters: parameters({ options: { timeout: 0.3 } }) });
    expect(item).toStrictEqual(withoutAnswer('timeout', `No answer from ${host} within 0.3 s`, repeatable));
    expect(sentRequests(asapp)).toMatchObject([{ fault: 'latency' }]);
  });

  test('an answer within the timeout is a success, however slow', async () => {
    asapp.sandbox.faults.set({ fault: 'latency', latency: 500 });
    const { json, error } = await runAsapp(asapp, { parameters: parameters({ options: { timeout: 20 } }) });
    expect(error).toBeUndefined();
    expect(json).toMatchObject([{ conversationId: CONVERSATION_ID }]);
    expect(json[0]).not.toHaveProperty('error');
    expect(asapp.sandbox.ledger.requests).toHaveLength(1);
  });

  test('an answer that stops half-way is a timeout', async () => {
    const server = await startStandIn((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 }).write('{"a":');
    });
    try {
      const credential = asapp.credential({ baseUrl: server.url });
      const item = await failedItem(asapp, {
        parameters: parameters({ options: { timeout: 0.3 } }),
        credential,
      });
      const message = `No answer from 127.0.0.1:${server.port} within 0.3 s`;
      expect(item).toStrictEqual(withoutAnswer('timeout', message, repeatable));
      expect(server.sent()).toHaveLength(1);
    } finally {
      await server.close();
    }
  });

  test('an answer that drips on past the timeout is a timeout', async () => {
    const server = await startStandIn((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 50);
      const end = setTimeout(() => response.end('{}'), 5000);
      response.once('close', () => {
        clearInterval(drip);
        clearTimeout(end);
      });
    });
    try {
      const credential = asapp.credential({ baseUrl: server.url });
      const item = await failedItem(asapp, {
        parameters: parameters({ options: { timeout: 0.5 } }),
        credential,
      });
      expect(item).toMatchObject({ kind: 'timeout', retryable: repeatable });
      expect(server.sent()).toHaveLength(1);
    } finally {
      await server.close();
    }
  });

  test('a refused connection is always retryable', async () => {
    const port = await closedPort();
    const credential = asapp.credential({ baseUrl: `http://127.0.0.1:${port}` });
    const message = `Could not complete the call to 127.0.0.1:${port}: the connection was refused (ECONNREFUSED)`;
    expect(await failedItem(asapp, { parameters: parameters(), credential })).toStrictEqual(
      withoutAnswer('connectionFailed', message, true, 'notSent'),
    );
    expect(asapp.sandbox.ledger.requests).toEqual([]);
  });

  test('an unknown host is always retryable', async () => {
    const credential = asapp.credential({ baseUrl: 'https://asapp.invalid' });
    // Which of the two depends on the machine's resolver.
    const message =
      /^Could not complete the call to asapp\.invalid: the host name (is unknown \(ENOTFOUND\)|could not be looked up \(EAI_AGAIN\))$/;
    expect(await failedItem(asapp, { parameters: parameters(), credential })).toStrictEqual(
      withoutAnswer('connectionFailed', expect.stringMatching(message), true, 'notSent'),
    );
    expect(asapp.sandbox.ledger.requests).toEqual([]);
  });

  test('https to a port that speaks http proves nothing, and is said in one line', async () => {
    const credential = asapp.credential({ baseUrl: asapp.sandbox.url.replace('http:', 'https:') });
    const message = new RegExp(`^Could not complete the call to ${host}: .+ \\(EPROTO\\)$`);
    const error = await failedItem(asapp, { parameters: parameters(), credential });
    const expected = withoutAnswer('connectionFailed', expect.stringMatching(message), repeatable);
    // Nor can the conversation be looked at, which may pass: that is tried for longest.
    const seen = new RegExp(
      `^ASAPP may have accepted .+ could not be looked at \\(5 looks\\): .+ ${host}: .+`,
    );
    const inDoubt = { looks: 5, description: expect.stringMatching(seen) as string };
    expect(error).toStrictEqual({ ...expected, ...(repeatable ? {} : inDoubt) });
    expect(asapp.sandbox.ledger.requests).toEqual([]);
  });

  test('a connection that is closed without a word is tried once', async () => {
    const server = await startTcpServer((socket) =>
      socket.once('data', (data: Buffer) => socket.end(onWire(data, ''))),
    );
    try {
      const credential = asapp.credential({ baseUrl: `http://127.0.0.1:${server.port}` });
      expect(await failedItem(asapp, { parameters: parameters(), credential })).toMatchObject({
        kind: 'connectionFailed',
        retryable: repeatable,
        attempts: 1,
        ...(repeatable ? {} : { looks: 1 }),
      });
      expect(server.connections()).toBe(repeatable ? 1 : 2);
    } finally {
      await server.close();
    }
  });

  test('an answer that is not HTTP is tried once', async () => {
    const server = await startTcpServer((socket) =>
      socket.once('data', (data: Buffer) => socket.end(onWire(data, '220 smtp ready\r\n'))),
    );
    try {
      const credential = asapp.credential({ baseUrl: `http://127.0.0.1:${server.port}` });
      expect(await failedItem(asapp, { parameters: parameters(), credential })).toMatchObject({
        kind: 'connectionFailed',
        retryable: repeatable,
        attempts: 1,
        ...(repeatable ? {} : { looks: 1 }),
      });
      expect(server.connections()).toBe(repeatable ? 1 : 2);
    } finally {
      await server.close();
    }
  });
});
