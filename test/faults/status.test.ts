import type { IDataObject } from 'n8n-workflow';

import type { RequestRecord } from '../../sandbox';
import { useAsapp } from '../support/asapp';
import {
  ADVICE,
  failedItem,
  failedItems,
  FIELDS,
  OPERATIONS,
  REFUSED_AS_CONFLICT,
  REQUEST_ID,
} from './support';

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

/** With these, ASAPP may hold the item all the same: it is looked for, and then is as good as any that failed. */
const DOUBTFUL = [409, 500, 501, 502, 504];

const wordsAbout = (status: number) => `ERROR - [Path '/x'] "Wörter" of ASAPP about ${status}`;

describe.each(OPERATIONS)('$operation', ({ parameters, call, repeatable }) => {
  let errors: IDataObject[];
  let requests: Array<readonly RequestRecord[]>;
  beforeAll(async () => {
    // All at once, as looking takes seconds.
    const items = STATUSES.map(([status]) => ({ ...FIELDS, conversationId: `S${status}` }));
    for (const [status] of STATUSES) {
      const words = { code: `${status}-07`, message: wordsAbout(status) };
      const scope = { operation: call, conversationId: `S${status}` };
      asapp.sandbox.faults.set({ fault: 'status', status, ...words, ...scope });
    }
    const all = parameters({
      conversationId: '={{ $json.conversationId }}',
      options: { maxConcurrency: items.length },
    });
    errors = await failedItems(asapp, { parameters: all, items });
    requests = items.map(({ conversationId }) => [...asapp.sandbox.ledger.requestsOf(conversationId)]);
  });

  test.each(STATUSES.map((status, index) => [...status, index] as const))(
    "%i is %s, in ASAPP's own words",
    (status, kind, retryable, index) => {
      const isLookedFor = !repeatable && DOUBTFUL.includes(status);
      const stays = isLookedFor && status === 409;
      expect(errors[index]).toStrictEqual({
        kind,
        status,
        code: `${status}-07`,
        message: wordsAbout(status),
        requestId: expect.stringMatching(REQUEST_ID) as string,
        retryable,
        attempts: 1,
        phase: 'answered',
        description: expect.stringMatching(stays ? REFUSED_AS_CONFLICT : ADVICE) as string,
        ...(isLookedFor ? { looks: 3 } : {}),
      });
      const [sent, ...others] = requests[index] ?? [];
      expect(sent).toMatchObject({ operation: call, status, fault: 'status' });
      expect(others.map(({ operation }) => operation)).toEqual(
        isLookedFor ? ['getMessages', 'getMessages', 'getMessages'] : [],
      );
    },
  );

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
  const { parameters } = OPERATIONS[1]!;
  const first = await failedItem(asapp, { parameters: parameters() });
  const second = await failedItem(asapp, { parameters: parameters() });
  expect(first.requestId).not.toBe(second.requestId);
});
