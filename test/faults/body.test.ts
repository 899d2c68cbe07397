import { gzipSync } from 'node:zlib';

import type { IDataObject } from 'n8n-workflow';

import { useAsapp } from '../support/asapp';
import { analyzeParameters } from '../support/parameters';
import { startHttpServer } from '../support/servers';
import { ADVICE, failedItem, OPERATIONS } from './support';

const asapp = useAsapp();

/** The error of a success whose body breaks the contract: ASAPP may have done what it was asked. */
function unreadable(status: number, message: string): object {
  return {
    kind: 'unexpectedResponse',
    status,
    message,
    retryable: false,
    attempts: 1,
    description: expect.stringMatching(/^ASAPP may have accepted this item: .+\. \S.*\.$/) as string,
  };
}

describe.each(OPERATIONS)('$operation', ({ parameters, operation, repeatable }) => {
  const isAuthenticate = operation === 'Authenticate';

  test.each([
    ['html', 'is not JSON', { fault: 'html', status: 200 }],
    ['emptyBody', 'is empty', { fault: 'emptyBody' }],
    ['malformedBody', 'has a conversationId that is not text', { fault: 'malformedBody' }],
  ] as const)('a success with %s is an unexpected response', async (_name, flaw, fault) => {
    asapp.sandbox.faults.set(fault);
    const message = `ASAPP answered 200, but the answer ${isAuthenticate ? 'is not the documented one' : flaw}`;
    expect(await failedItem(asapp, { parameters: parameters() })).toStrictEqual(unreadable(200, message));
    expect(asapp.sandbox.ledger.requests).toMatchObject([{ status: 200, fault: fault.fault }]);
  });

  test.each([
    // What stands before ASAPP may have lost its answer.
    [502, 'Bad Gateway', 'internalServerError', repeatable],
    [503, 'Service Unavailable', 'serviceUnavailable', true],
    [403, 'Forbidden', 'forbidden', false],
  ])("a proxy's own page with status %i is told by its status", async (status, phrase, kind, retryable) => {
    asapp.sandbox.faults.set({ fault: 'html', status });
    expect(await failedItem(asapp, { parameters: parameters() })).toStrictEqual({
      kind,
      status,
      message: `ASAPP answered ${status} ${phrase} without saying why`,
      retryable,
      attempts: 1,
      description: expect.stringMatching(ADVICE) as string,
    });
    expect(asapp.sandbox.ledger.requests).toHaveLength(1);
  });

  test.each(['emptyBody', 'malformedBody'] as const)('a 500 with %s has no words', async (fault) => {
    asapp.sandbox.faults.set({ fault, status: 500 });
    expect(await failedItem(asapp, { parameters: parameters() })).toStrictEqual({
      kind: 'internalServerError',
      status: 500,
      message: 'ASAPP answered 500 Internal Server Error without saying why',
      retryable: repeatable,
      attempts: 1,
      description: expect.stringMatching(ADVICE) as string,
    });
    expect(asapp.sandbox.ledger.requests).toHaveLength(1);
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
  const gateway = await startHttpServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  try {
    const error = await failedItem(asapp, {
      parameters,
      credential: asapp.credential({ baseUrl: gateway.url }),
    });
    expect(gateway.requests).toHaveLength(1);
    return error;
  } finally {
    await gateway.close();
  }
}

describe('a gateway before ASAPP', () => {
  describe.each(OPERATIONS)('$operation', ({ parameters }) => {
    test.each<[string, unknown]>([
      ['{message}', { message: 'Limit Exceeded' }],
      ['{fault: {faultstring}}', { fault: { faultstring: 'Limit Exceeded', detail: { errorcode: 'x' } } }],
      ['{error} as text', { error: 'Limit Exceeded' }],
      ['{error: {message}} alone', { error: { message: 'Limit Exceeded' } }],
    ])('is quoted when it answers %s', async (_name, body) => {
      expect(await answeredBy(429, JSON.stringify(body), parameters())).toStrictEqual({
        kind: 'tooManyRequests',
        status: 429,
        message: 'Limit Exceeded',
        retryable: true,
        attempts: 1,
        description: expect.stringMatching(ADVICE) as string,
      });
    });
  });

  test.each<[string, string]>([
    ['text', 'Limit Exceeded'],
    ['a list', '[{"message": "Limit Exceeded"}]'],
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
    ['[]', 'is not an object'],
    ['null', 'is not an object'],
    ['{"conversationId": "A1", "messageId": 7}', 'has a messageId that is not text'],
    ['{"conversationId": null}', 'has a conversationId that is not text'],
    ['{"conversationId": "A1"', 'is not JSON'],
    ['{"error": null}', 'reports an error'],
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

  test.each([201, 202, 204])('%i is not the documented status of Analyze', async (status) => {
    const text = status === 204 ? '' : '{"conversationId": "A1"}';
    expect(await answeredBy(status, text)).toStrictEqual(
      unreadable(status, `ASAPP answered ${status}, but the answer is not the documented one`),
    );
  });
});
