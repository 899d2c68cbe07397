import { gzipSync } from 'node:zlib';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { runAsapp, useAsapp } from '../support/asapp';
import { REFUSED, refuseLooks, sentRequests, startStandIn } from '../support/looks';
import { analyzeParameters, authenticateParameters } from '../support/parameters';
import { ADVICE, failedItem, OPERATIONS, UNREADABLE } from './support';

const asapp = useAsapp();

beforeEach(() => {
  // What is found is no failure, and what is not takes seconds.
  refuseLooks(asapp);
});

/** What an item in doubt has more than others, where its conversation may not be read. */
const DOUBT = { inDoubt: true, looks: 1 };

/** The error of a success whose body breaks the contract: ASAPP may have done what it was asked. */
function unreadable(status: number, message: string, isInDoubt = true): object {
  return {
    kind: 'unexpectedResponse',
    status,
    message,
    retryable: false,
    ...(isInDoubt ? DOUBT : {}),
    attempts: 1,
    phase: 'answered',
    description: expect.stringMatching(isInDoubt ? UNREADABLE : ADVICE) as string,
  };
}

describe.each(OPERATIONS)('$operation', ({ parameters, operation, call, repeatable }) => {
  // ASAPP documents no body for its success, so none can be wrong; a page is not ASAPP's.
  const isAuthenticate = operation === 'Authenticate';

  test.each([
    ['html', 'is not JSON: "200 OK proxy"', { fault: 'html', status: 200 }, false],
    ['emptyBody', 'is empty', { fault: 'emptyBody' }, isAuthenticate],
    ['malformedBody', 'has a conversationId that is not text', { fault: 'malformedBody' }, isAuthenticate],
  ] as const)('of a success with %s the answer %s', async (_name, flaw, fault, isSuccess) => {
    asapp.sandbox.faults.set({ ...fault, operation: call });
    if (isSuccess) {
      const { json } = await runAsapp(asapp, { parameters: parameters() });
      expect(json).toMatchObject([{ authenticated: true }]);
    } else {
      const message = `ASAPP answered 200, but the answer ${flaw}`;
      expect(await failedItem(asapp, { parameters: parameters() })).toStrictEqual(
        unreadable(200, message, !repeatable),
      );
    }
    expect(sentRequests(asapp)).toMatchObject([{ status: 200, fault: fault.fault }]);
  });

  test.each([
    // What stands before ASAPP may have lost its answer.
    [502, 'Bad Gateway', 'internalServerError', repeatable],
    [503, 'Service Unavailable', 'serviceUnavailable', repeatable],
    [403, 'Forbidden', 'forbidden', false],
  ])("a proxy's own page with status %i is told by its status", async (status, phrase, kind, retryable) => {
    const isInDoubt = status >= 500 && !repeatable;
    asapp.sandbox.faults.set({ fault: 'html', status, operation: call });
    expect(await failedItem(asapp, { parameters: parameters() })).toStrictEqual({
      kind,
      status,
      message: expect.stringMatching(
        new RegExp(`^ASAPP answered ${status} ${phrase}, not in ASAPP's form: "[^<>]+"$`),
      ) as string,
      retryable,
      ...(isInDoubt ? DOUBT : {}),
      attempts: 1,
      phase: 'answered',
      description: expect.stringMatching(isInDoubt ? UNREADABLE : ADVICE) as string,
    });
    expect(sentRequests(asapp)).toHaveLength(1);
  });

  test.each(['emptyBody', 'malformedBody'] as const)('a 500 with %s has no words', async (fault) => {
    asapp.sandbox.faults.set({ fault, status: 500, operation: call });
    expect(await failedItem(asapp, { parameters: parameters() })).toStrictEqual({
      kind: 'internalServerError',
      status: 500,
      message: 'ASAPP answered 500 Internal Server Error without saying why',
      retryable: repeatable,
      ...(repeatable ? {} : DOUBT),
      attempts: 1,
      phase: 'answered',
      description: expect.stringMatching(repeatable ? ADVICE : UNREADABLE) as string,
    });
    expect(sentRequests(asapp)).toHaveLength(1);
  });
});

/** Answers one item with `status` and `text` from a server that is not ASAPP, and returns the item's error. */
async function answeredBy(
  status: number,
  text: string,
  parameters = analyzeParameters(),
  headers: Record<string, string> = {},
): Promise<IDataObject> {
  const body = headers['content-encoding'] === 'gzip' ? gzipSync(text) : text;
  const gateway = await startStandIn((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  try {
    const error = await failedItem(asapp, {
      parameters,
      credential: asapp.credential({ baseUrl: gateway.url }),
    });
    expect(gateway.sent()).toHaveLength(1);
    return error;
  } finally {
    await gateway.close();
  }
}

describe('a gateway before ASAPP', () => {
  describe.each(OPERATIONS)('$operation', ({ parameters }) => {
    test.each<[string, unknown]>([['{error: {message}} alone', { error: { message: 'Limit Exceeded' } }]])(
      'is taken for ASAPP when it answers %s',
      async (_name, body) => {
        expect(await answeredBy(429, JSON.stringify(body), parameters())).toStrictEqual({
          kind: 'tooManyRequests',
          status: 429,
          message: 'Limit Exceeded',
          retryable: true,
          attempts: 1,
          phase: 'answered',
          description: expect.stringMatching(ADVICE) as string,
        });
      },
    );
  });

  test.each<[string, string]>([
    ['text', 'Limit Exceeded'],
    ['a list', '[{"message": "Limit Exceeded"}]'],
    ['a text in JSON', '"Limit Exceeded"'],
    ['{message}', '{"message": "Limit Exceeded"}'],
    ['{Message}', '{"Message": "Limit Exceeded"}'],
    ['{fault: {faultstring}}', '{"fault": {"faultstring": "Limit Exceeded", "detail": {"errorcode": "x"}}}'],
    ['{error} as text', '{"error": "Limit Exceeded"}'],
    ['{error, error_description}', '{"error": "x", "error_description": "Limit Exceeded"}'],
    ['{title}', '{"type": "about:blank", "title": "Limit Exceeded", "status": 429}'],
    ['{title, detail}', '{"title": "Too much", "detail": "Limit Exceeded"}'],
    ['{detail}', '{"detail": "Limit Exceeded"}'],
    ['{errors}', '{"errors": [{"message": "Limit Exceeded"}]}'],
    ['{error: {details}}', '{"error": {"details": ["Limit Exceeded"]}}'],
    [
      'a page',
      '<html><head><title>x</title></head><style>b {}</style><body><h1>Limit&nbsp;Exceeded</h1></body></html>',
    ],
    ['a page with no more than a title', '<html><head><title>Limit Exceeded</title></head></html>'],
    ['a page with words in pieces', 'Lim<b>it</b> Exc<wbr>eeded<!-- <p> x'],
    ['many spaces', '\n  Limit \t Exceeded\n'],
  ])('that answers %s is quoted, and said not to be ASAPP', async (_name, text) => {
    expect(await answeredBy(429, text)).toMatchObject({
      kind: 'tooManyRequests',
      message: 'ASAPP answered 429 Too Many Requests, not in ASAPP\'s form: "Limit Exceeded"',
    });
  });

  test('is quoted as it is where its words stand in no known place', async () => {
    const { message } = await answeredBy(429, '{"why": "Limit Exceeded"}');
    expect(message).toBe(
      'ASAPP answered 429 Too Many Requests, not in ASAPP\'s form: "{"why": "Limit Exceeded"}"',
    );
  });

  test.each(['<a', '<!--', '<script', '<head', '&lt'])(
    'that answers with markup that never ends is read in no time: %s',
    async (piece) => {
      const parameters = analyzeParameters({ options: { timeout: 300 } });
      const startedAt = performance.now();
      const { kind } = await answeredBy(403, piece.repeat(500_000), parameters);
      expect(kind).toBe('forbidden');
      // Where each piece is looked at from each other, this takes minutes.
      expect(performance.now() - startedAt).toBeLessThan(20_000);
    },
    60_000,
  );

  test('is quoted with 200 characters, and without what must not be repeated', async () => {
    const text = `<p>${'x'.repeat(190)} sandbox-secret ${'y'.repeat(200)}</p>`;
    const { message } = await answeredBy(403, text);
    expect(message).toMatch(/: "x{190} \[redacted…"$/);
  });

  test.each<[string, string]>([
    ['null', 'null'],
    ['a number', '429'],
    ['nothing', ''],
    ['words that are none', '{"message": {"a": 1}, "error": {"message": 5, "code": 7, "requestId": null}}'],
    ['words of spaces', '{"error": {"message": "  ", "code": "", "requestId": " "}}'],
  ])('that answers %s leaves the status to speak', async (_name, text) => {
    expect(await answeredBy(429, text)).toStrictEqual({
      kind: 'tooManyRequests',
      status: 429,
      message: 'ASAPP answered 429 Too Many Requests without saying why',
      retryable: true,
      attempts: 1,
      phase: 'answered',
      description: expect.stringMatching(ADVICE) as string,
    });
  });

  test('that wraps the answer in gzip is read all the same', async () => {
    const body = JSON.stringify({
      error: { requestId: 'r-1', code: '404-01', message: 'No such conversation' },
    });
    expect(await answeredBy(404, body, analyzeParameters(), { 'content-encoding': 'gzip' })).toMatchObject({
      kind: 'notFound',
      message: 'No such conversation',
      requestId: 'r-1',
    });
  });

  test("that says nothing of the content's type is read all the same", async () => {
    const body = '{"error": {"requestId": "r-2", "message": "No such conversation"}}';
    const error = await answeredBy(404, body, analyzeParameters(), { 'content-type': 'text/plain' });
    expect(error).toMatchObject({ message: 'No such conversation', requestId: 'r-2' });
    expect(error).not.toHaveProperty('code');
  });
});

describe('a success that breaks the contract', () => {
  test.each([
    ['"ok"', 'is not an object'],
    ['ok', 'is not JSON'],
    ['[]', 'is not an object'],
    ['null', 'is not an object'],
    ['{"conversationId": "A1", "messageId": 7}', 'has a messageId that is not text'],
    ['{"conversationId": "A1"', 'is not JSON'],
    ['{"error": {}}', 'reports an error'],
    ['{"error": "Stored, but not analyzed"}', 'reports an error: "Stored, but not analyzed"'],
    ['{"conversationId": 5, "message": "x"}', 'has a conversationId that is not text'],
  ])('200 with %s is an unexpected response', async (text, flaw) => {
    expect(await answeredBy(200, text)).toStrictEqual(
      unreadable(200, `ASAPP answered 200, but the answer ${flaw}`),
    );
  });

  test('200 with an error keeps the words', async () => {
    const error = { requestId: 'r-3', code: '500-01', message: 'Stored, but not analyzed' };
    expect(await answeredBy(200, JSON.stringify({ error }))).toStrictEqual({
      ...unreadable(200, 'Stored, but not analyzed'),
      code: '500-01',
      requestId: 'r-3',
    });
  });

  test('204 without a body is an unexpected response', async () => {
    expect(await answeredBy(204, '')).toStrictEqual(
      unreadable(204, 'ASAPP answered 204, but the answer is empty'),
    );
  });
});

describe('what ASAPP accepted is a success', () => {
  /** The output of one item that is answered with `status` and `text`. */
  async function accepted(status: number, text: string, parameters: INodeParameters) {
    const gateway = await startStandIn((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    });
    try {
      const credential = asapp.credential({ baseUrl: gateway.url });
      const { json, error } = await runAsapp(asapp, { parameters, credential });
      expect(error).toBeUndefined();
      expect(gateway.sent()).toHaveLength(1);
      return json;
    } finally {
      await gateway.close();
    }
  }

  test.each([
    [200, '{"conversationId": "C1", "messageId": null}', { conversationId: 'C1', messageId: null }],
    [200, '{"conversationId": "C1", "error": null}', { conversationId: 'C1', error: null }],
    [200, '{"conversationId": "C1", "error": ""}', { conversationId: 'C1', error: '' }],
    [200, '{"conversationId": "C1", "error": false}', { conversationId: 'C1', error: false }],
    [200, '{"conversationId": null}', { conversationId: null }],
    [200, '{}', {}],
    [201, '{"conversationId": "C1"}', { conversationId: 'C1' }],
    [202, '{"conversationId": "C1"}', { conversationId: 'C1' }],
  ])('by Analyze: %i %s', async (status, text, json) => {
    expect(await accepted(status, text, analyzeParameters())).toEqual([json]);
  });

  test.each([
    [200, ''],
    [200, '{"ok": true}'],
    [200, 'null'],
    [201, '{"id": 5}'],
    [202, ''],
    [204, ''],
  ])('by Authenticate: %i %s', async (status, text) => {
    expect(await accepted(status, text, authenticateParameters())).toMatchObject([{ authenticated: true }]);
  });
});

test('what else the error object has is kept, without secrets', async () => {
  const error = {
    requestId: 'r-4',
    code: '422-01',
    message: 'Refused',
    details: [{ path: '/auth/token', value: 'abc-secret-token', count: 2 }],
    traceId: 't-1',
  };
  const parameters = authenticateParameters({ auth: { token: 'abc-secret-token' } });
  expect(await answeredBy(422, JSON.stringify({ error }), parameters)).toMatchObject({
    message: 'Refused',
    requestId: 'r-4',
    details: { details: [{ path: '/auth/token', value: '[redacted]', count: 2 }], traceId: 't-1' },
  });
});

describe('advice', () => {
  const asapps = (status: number) =>
    JSON.stringify({ error: { requestId: 'r-5', code: `${status}-01`, message: 'No' } });

  test.each([405, 408, 410, 415])("does not look for a proxy behind ASAPP's own %i", async (status) => {
    const { description } = await answeredBy(status, asapps(status));
    expect(description).toBe('ASAPP does not document this status: give ASAPP support the request ID.');
  });

  test('does not take a 304 for a redirect', async () => {
    const { message } = await answeredBy(304, '');
    expect(message).toBe('ASAPP answered 304 Not Modified without saying why');
  });

  test.each([500, 502, 503, 504])(
    "of a gateway's %i does not contradict itself, nor ask for a request ID",
    async (status) => {
      const text =
        'upstream connect error or disconnect/reset before headers. reset reason: connection termination';
      const message = await answeredBy(status, text);
      expect(message).toMatchObject({
        inDoubt: true,
        retryable: false,
        message: expect.stringContaining(`"${text}"`) as string,
        description: `ASAPP may have accepted this item, and its conversation could not be looked at (1 look): ${REFUSED}. Look at the conversation before you send the item again. The answer is not in ASAPP's form: something before ASAPP gave it, such as a gateway or a proxy.`,
      });
      const { description } = await answeredBy(status, text, authenticateParameters());
      expect(description).toMatch(/^Send this item again later\. The answer is not in ASAPP's form/);
    },
  );
});

describe("an error in ASAPP's form", () => {
  test('keeps what else it has, as far as there is room', async () => {
    const fields = [{ path: 'message.text', limits: [1, 5000], isShort: true }];
    const body = { error: { requestId: 'r-4', message: 'Not so', fields, long: 'x'.repeat(5_000) } };
    expect(await answeredBy(400, JSON.stringify(body))).toMatchObject({
      message: 'Not so',
      requestId: 'r-4',
      details: { fields },
    });
  });

  test('is read however deep it is', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const text = `{"error": {"requestId": "r-5", "message": "Not so", "deep": ${deep}}}`;
    expect(await answeredBy(400, text)).toMatchObject({ kind: 'badRequest', status: 400, message: 'Not so' });
    expect(await answeredBy(401, deep)).toMatchObject({ kind: 'unauthorized', status: 401 });
  });

  test('without a message has its other words', async () => {
    const text = JSON.stringify({ error: { requestId: 'r-6', details: 'Not so' } });
    expect(await answeredBy(400, text)).toMatchObject({ message: 'Not so', requestId: 'r-6' });
  });

  test('of a conflict over what may arrive twice is no doubt', async () => {
    const text = JSON.stringify({ error: { requestId: 'r-7', message: 'Not so' } });
    const { description } = await answeredBy(409, text, authenticateParameters());
    expect(description).toBe('Compare this item with what ASAPP holds already, then run it again.');
  });
});
