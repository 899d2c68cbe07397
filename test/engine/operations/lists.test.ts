import type { IDataObject } from 'n8n-workflow';

import { runAsapp, useAsapp, type AsappRunOptions } from '../../support/asapp';
import { parametersOf } from '../../support/parameters';
import { startHttpServer } from '../../support/servers';

const asapp = useAsapp();
const requests = () => asapp.sandbox.ledger.requests;

/** Reads the messages of the conversation in each item's `id`. */
async function getMany(
  items: Array<IDataObject & { id: string }>,
  changes = {},
  node: AsappRunOptions['node'] = { onError: 'continueRegularOutput' },
) {
  const parameters = parametersOf('message.getAll', { conversationId: '={{ $json.id }}', ...changes });
  return await runAsapp(asapp, { parameters, items, node });
}
/** The numbers at the ends of the messages' texts. */
const numbersOf = (json: IDataObject[]) => json.map(({ text }) => Number(String(text).split(' ').at(-1)));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('how many entries there are', () => {
  beforeEach(() => asapp.sandbox.conversations.fill('C1', 120));

  test.each<[changes: IDataObject, item: IDataObject, count: number]>([
    [{ returnAll: true }, {}, 120],
    [{ returnAll: false }, {}, 50],
    [{ returnAll: false, limit: 3 }, {}, 3],
    [{ returnAll: false, limit: 120 }, {}, 120],
    [{ returnAll: false, limit: 100_000 }, {}, 120],
    [{ returnAll: false, limit: '={{ $json.most }}' }, { most: '7' }, 7],
    [{ returnAll: false, limit: '={{ $json.most }}' }, {}, 50],
    [{ returnAll: '={{ $json.all }}', limit: 2 }, { all: true }, 120],
    [{ returnAll: '={{ $json.all }}', limit: 2 }, { all: 'false' }, 2],
  ])('with %j and %j', async (changes, item, count) => {
    const { json } = await getMany([{ id: 'C1', ...item }], changes);
    expect(numbersOf(json)).toEqual(upTo(count));
    expect(requests()).toMatchObject([{ query: {} }]);
  });

  test('is for each item to say', async () => {
    const items = [
      { id: 'C1', most: 2 },
      { id: 'C1', most: 0 },
      { id: 'C1', most: 1 },
    ];
    const { items: output } = await getMany(items, { returnAll: false, limit: '={{ $json.most }}' });
    expect(output).toMatchObject([
      { json: { text: 'Message 1' }, pairedItem: { item: 0 } },
      { json: { text: 'Message 2' }, pairedItem: { item: 0 } },
      { json: { id: 'C1', most: 0, error: { kind: 'invalidInput' } }, pairedItem: { item: 1 } },
      { json: { text: 'Message 1' }, pairedItem: { item: 2 } },
    ]);
  });

  test('is more than 1,000 by ID, and 1,000 by external ID', async () => {
    asapp.sandbox.conversations.fill('LONG', 1_100);
    expect((await getMany([{ id: 'LONG' }])).json).toHaveLength(1_100);
    const changes = { findBy: 'externalId', externalId: 'external-LONG' };
    expect((await getMany([{ id: '' }], changes)).json).toHaveLength(1_000);
  });
});

test('an entry is all that ASAPP says of it, and nothing of the input', async () => {
  asapp.sandbox.conversations.add('C1', {
    text: 'Hi',
    sender: { role: 'customer', externalId: 'c-1' },
    timestamp: '2024-01-23T13:43:04.123456Z',
  });
  const { items } = await getMany([{ id: 'C1', ticket: 4711 }]);
  expect(items).toEqual([
    {
      json: {
        text: 'Hi',
        sender: { role: 'customer', externalId: 'c-1' },
        messageId: expect.any(String) as string,
        createdTimestamp: expect.any(String) as string,
        clientTimestamp: '2024-01-23T13:43:04.123456Z',
      },
      pairedItem: { item: 0 },
    },
  ]);
});

describe('lists beside failures', () => {
  const ITEMS = [{ id: 'C1' }, { id: 'NEVERSEEN' }, { id: 'EMPTY' }, { id: 'C2' }, { id: 'not an ID' }];
  beforeEach(() => {
    asapp.sandbox.conversations.fill('C1', 2);
    asapp.sandbox.conversations.use('EMPTY');
    asapp.sandbox.conversations.fill('C2', 1);
  });
  const linked = (items: Array<{ json: IDataObject; pairedItem?: unknown }>) =>
    items.map(({ json, pairedItem }) => [
      json.text ?? (json.error as { kind: string } | undefined)?.kind,
      (pairedItem as { item: number }).item,
    ]);

  test('keep their places in the regular output', async () => {
    const { items } = await getMany(ITEMS);
    expect(linked(items)).toEqual([
      ['Message 1', 0],
      ['Message 2', 0],
      ['notFound', 1],
      ['Message 1', 3],
      ['invalidInput', 4],
    ]);
  });

  test('part from them at the error output', async () => {
    const { outputs } = await getMany(ITEMS, {}, { onError: 'continueErrorOutput' });
    expect(outputs.map(linked)).toEqual([
      [
        ['Message 1', 0],
        ['Message 2', 0],
        ['Message 1', 3],
      ],
      [
        ['notFound', 1],
        ['invalidInput', 4],
      ],
    ]);
  });

  test('are counted by their inputs, an empty list included', async () => {
    const branches = {
      errorHandling: 'branches',
      errorBranches: { branch: [{ name: 'Gone', errors: ['notFound'], codes: '' }] },
    };
    const { outputs, task } = await getMany(ITEMS, branches);
    expect(outputs.map(({ length }) => length)).toEqual([3, 1, 1]);
    expect(task.hints).toMatchObject([
      { message: '2 of 5 items took an error branch: Other Errors 1, Gone 1' },
      { message: expect.stringMatching(/^5 items, /) as string },
    ]);
  });

  test('count as delivered where the workflow stops', async () => {
    const items = [{ id: 'C1' }, { id: 'EMPTY' }, { id: 'NEVERSEEN' }];
    const { error } = await getMany(items, { options: { maxConcurrency: 1 } }, {});
    expect(error?.message).toMatch(/\[item 2\]/);
    expect(error?.description).toMatch(/ 2 of 3 items had been delivered\.$/);
  });

  test('are kept by Retry On Fail', async () => {
    asapp.sandbox.faults.set({ fault: 'status', status: 422, times: 1, latency: 100, conversationId: 'C1' });
    const { items } = await getMany(
      [{ id: 'C1' }, { id: 'EMPTY' }, { id: 'C2' }],
      {},
      {
        retryOnFail: true,
        maxTries: 2,
        waitBetweenTries: 1,
        onError: 'continueRegularOutput',
      },
    );
    expect(linked(items)).toEqual([
      ['Message 1', 0],
      ['Message 2', 0],
      ['Message 1', 2],
    ]);
    expect(
      requests()
        .map(({ conversationId }) => conversationId)
        .sort(),
    ).toEqual(['C1', 'C1', 'C2', 'EMPTY']);
  });
});

describe('conversations by external ID', () => {
  test('are items, with what was written', async () => {
    await runAsapp(asapp, {
      parameters: parametersOf('conversation.createOrUpdate', {
        options: {
          customerName: 'Kim',
          agentExternalId: 'a-1',
          metadata: { entry: [{ name: 'queue', value: 'q' }] },
        },
      }),
    });
    const { items } = await runAsapp(asapp, {
      parameters: parametersOf('conversation.find', { externalId: '={{ $json.id }}' }),
      items: [{ id: 'never-seen' }, { id: 'ticket-1' }],
    });
    expect(items).toEqual([
      {
        json: {
          id: expect.stringMatching(/^[A-Z0-9]+$/) as string,
          externalId: 'ticket-1',
          customer: { externalId: 'customer-xyz', name: 'Kim' },
          agent: { externalId: 'a-1' },
          metadata: { queue: 'q' },
        },
        pairedItem: { item: 1 },
      },
    ]);
  });

  test('that nobody knows may be a 404 as well', async () => {
    asapp.sandbox.reads.set({ unknownExternalId: 'notFound' });
    try {
      const { json } = await runAsapp(asapp, {
        parameters: parametersOf('conversation.find', { externalId: 'never-seen' }),
        node: { onError: 'continueRegularOutput' },
      });
      expect(json).toMatchObject([{ error: { kind: 'notFound', status: 404 } }]);
    } finally {
      asapp.sandbox.reads.reset();
    }
  });
});

test.each<[answer: string, flaw: string]>([
  ['{}', 'has no list'],
  ['{"items": null}', 'has no list'],
  ['{"items": {}}', 'items that is not a list'],
  ['{"items": [{"text": "a"}, null]}', 'has a list of something else than objects'],
  ['{"items": [["a"]]}', 'has a list of something else than objects'],
  ['[{"text": "a"}]', 'is not an object'],
  ['', 'is empty'],
])('the answer %s is no list, and no half of one', async (answer, flaw) => {
  const server = await startHttpServer((_request, response) => response.end(answer));
  try {
    const { json } = await runAsapp(asapp, {
      parameters: parametersOf('message.getAll'),
      credential: asapp.credential({ baseUrl: server.url }),
      node: { onError: 'continueRegularOutput' },
    });
    expect(json).toMatchObject([
      { error: { kind: 'unexpectedResponse', status: 200, attempts: 1, retryable: false } },
    ]);
    expect((json[0]?.error as { message: string }).message).toContain(flaw);
    expect(json[0]?.error).not.toHaveProperty('inDoubt');
  } finally {
    await server.close();
  }
});
