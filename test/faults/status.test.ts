import { useAsapp } from '../support/asapp';
import { ADVICE, failedItem, OPERATIONS, REQUEST_ID } from './support';

const asapp = useAsapp();

/** Status, kind, whether the same request may succeed later. */
const STATUSES: Array<[number, string, boolean]> = [
  [400, 'badRequest', false],
  [401, 'unauthorized', false],
  [403, 'forbidden', false],
  [404, 'notFound', false],
  [409, 'conflict', false],
  [413, 'requestEntityTooLarge', false],
  [422, 'unprocessableEntity', false],
  [429, 'tooManyRequests', true],
  [503, 'serviceUnavailable', true],
  [500, 'internalServerError', true],
  [501, 'internalServerError', true],
  [502, 'internalServerError', true],
  [504, 'internalServerError', true],
  [402, 'unexpectedResponse', false],
  [418, 'unexpectedResponse', false],
];

describe.each(OPERATIONS)('$operation', ({ parameters }) => {
  test.each(STATUSES)("%i is %s, in ASAPP's own words", async (status, kind, retryable) => {
    const message = `ERROR - [Path '/x'] "Wörter" of ASAPP about ${status}`;
    asapp.sandbox.faults.set({ fault: 'status', status, code: `${status}-07`, message });
    expect(await failedItem(asapp, { parameters: parameters() })).toStrictEqual({
      kind,
      status,
      code: `${status}-07`,
      message,
      requestId: expect.stringMatching(REQUEST_ID) as string,
      retryable,
      attempts: 1,
      phase: 'answered',
      description: expect.stringMatching(ADVICE) as string,
    });
    expect(asapp.sandbox.ledger.requests).toMatchObject([{ status, fault: 'status' }]);
  });

  test('a wrong API secret is unauthorized and is not tried twice', async () => {
    const credential = asapp.credential({ apiSecret: 'wrong' });
    expect(await failedItem(asapp, { parameters: parameters(), credential })).toMatchObject({
      kind: 'unauthorized',
      status: 401,
      code: '401-01',
      description: expect.stringContaining("'API Secret'") as string,
    });
    expect(asapp.sandbox.ledger.requests).toMatchObject([{ credentialsRight: false }]);
  });

  test('Retry-After changes nothing about the item', async () => {
    asapp.sandbox.faults.set({ fault: 'status', status: 429, retryAfter: 1, message: 'Slow down' });
    expect(await failedItem(asapp, { parameters: parameters() })).toMatchObject({
      kind: 'tooManyRequests',
      message: 'Slow down',
    });
    expect(asapp.sandbox.ledger.requests).toHaveLength(1);
  });
});

test('each request has its own request ID on its own error', async () => {
  asapp.sandbox.faults.set({ fault: 'status', status: 500 });
  const { parameters } = OPERATIONS[0]!;
  const first = await failedItem(asapp, { parameters: parameters() });
  const second = await failedItem(asapp, { parameters: parameters() });
  expect(first.requestId).not.toBe(second.requestId);
});
