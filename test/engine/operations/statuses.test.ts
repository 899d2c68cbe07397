import { ERROR_KINDS, kindOfStatus } from '../../../nodes/Asapp/errors/errorKinds';
import { RESOURCES } from '../../../nodes/Asapp/operations';
import { loadSpecification } from '../../../sandbox/specification';
import { runAsapp, useAsapp } from '../../support/asapp';
import { parametersOf } from '../../support/parameters';
import { startHttpServer } from '../../support/servers';

const asapp = useAsapp();
const specified = new Map(loadSpecification().operations.map((call) => [call.operationId, call]));

const OPERATIONS = RESOURCES.flatMap(({ option: resource, operations }) =>
  operations.map((operation) => ({ name: `${resource.value}.${operation.option.value}`, operation })),
);

describe.each(OPERATIONS)('$name', ({ name, operation }) => {
  const [id = ''] = operation.endpoints;
  const call = specified.get(id);
  const fault = { operation: call?.name ?? '' } as const;
  const isOnce = operation.effect({ sendMessage: true }) === 'once';
  /** It says something, which is looked for in its conversation when it may have arrived. */
  const isSaid = operation.saying !== undefined;
  const run = async (options = {}, changes = {}) =>
    await runAsapp(asapp, {
      parameters: parametersOf(name, { ...changes, options }),
      items: [{ ticket: 1 }],
      node: { onError: 'continueErrorOutput' },
    });

  /** Expects a run to fail with a status of ASAPP; `scope` is a conversation of its own. */
  async function failsWith(status: number, scope: { conversationId?: string }): Promise<void> {
    asapp.sandbox.faults.set({ fault: 'status', status, ...fault, ...scope });
    const { outputs, error: stopped } = await run({}, scope);
    expect(stopped).toBeUndefined();
    const error = outputs[1]?.[0]?.json.error;
    const kind = kindOfStatus(status);
    // A 5xx of ASAPP's own, but for its 503, may come after what it was asked for was done.
    const mayBeDone = isOnce && status >= 500 && status !== 503;
    const inDoubt = mayBeDone && !isSaid;
    const looks = isSaid && (mayBeDone || status === 409) ? 3 : undefined;
    const { retryable } = ERROR_KINDS[kind];
    expect(error).toMatchObject({
      kind,
      status,
      attempts: 1,
      phase: 'answered',
      retryable: retryable && !inDoubt,
    });
    const { inDoubt: toldDoubt, looks: toldLooks } = error as { inDoubt?: true; looks?: number };
    expect([status, toldDoubt, toldLooks]).toEqual([status, inDoubt ? true : undefined, looks]);
    expect(outputs.map(({ length }) => length)).toEqual([0, 1]);
    const { ledger } = asapp.sandbox;
    const { conversationId } = scope;
    const arrived = conversationId === undefined ? ledger.requests : ledger.requestsOf(conversationId);
    const expected = [id, ...Array.from({ length: looks ?? 0 }, () => 'getMessages')];
    expect(arrived.map(({ operationId }) => operationId)).toEqual(expected);
  }

  test('every status of the specification leaves as its kind, once', async () => {
    // A 429 holds the pace of all: it has a test of its own.
    const statuses = [...(call?.errors ?? []), 502].filter((status) => status !== 429);
    expect(statuses.length).toBeGreaterThan(1);
    // All at once where looks take seconds.
    if (isSaid) {
      await Promise.all(statuses.map((status) => failsWith(status, { conversationId: `S${status}` })));
      return;
    }
    for (const status of statuses) {
      asapp.sandbox.ledger.clear();
      asapp.sandbox.faults.clear();
      await failsWith(status, {});
    }
  });

  test('a connection that broke is a doubt only if the item must not arrive twice', async () => {
    asapp.sandbox.faults.set({ fault: 'resetAfterReading', times: 1, ...fault });
    const { outputs } = await run({ maxRetries: 1 });
    const requests = asapp.sandbox.ledger.requests.map(({ operationId }) => operationId);
    if (isSaid) {
      expect(outputs).toMatchObject([[{ json: { recovered: true } }], []]);
      expect(requests).toEqual([id, 'getMessages']);
    } else if (isOnce) {
      expect(outputs[1]).toMatchObject([{ json: { error: { inDoubt: true, retryable: false } } }]);
      expect(requests).toEqual([id]);
    } else {
      // What was asked for may not be there; the second answer is ASAPP's own.
      for (const { json } of outputs[1] ?? []) expect(json.error).toMatchObject({ kind: 'notFound' });
      expect(requests).toEqual([id, id]);
    }
  });

  test("so is a gateway's 503", async () => {
    asapp.sandbox.faults.set({ fault: 'html', status: 503, ...fault });
    const { outputs } = await run();
    const error = outputs[1]?.[0]?.json.error;
    expect(error).toMatchObject({ kind: 'serviceUnavailable', retryable: !isOnce, attempts: 1 });
    const { inDoubt, looks } = error as { inDoubt?: true; looks?: number };
    expect([inDoubt, looks]).toEqual([isOnce ? true : undefined, isSaid ? 3 : undefined]);
  });
});

test('a 429 leaves as its kind, whichever operation it answers', async () => {
  const error = { requestId: 'r-1', code: '429-01', message: 'Too many' };
  const server = await startHttpServer((_request, response) => {
    response.writeHead(429, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
  });
  for (const { name } of OPERATIONS) {
    // A 429 holds the pace of its API key.
    const credential = asapp.credential({ baseUrl: server.url, apiId: name });
    const node = { onError: 'continueRegularOutput' } as const;
    const { json } = await runAsapp(asapp, { parameters: parametersOf(name), node, credential });
    expect(json[0]?.error).toMatchObject({ kind: 'tooManyRequests', status: 429, retryable: true });
  }
  expect(server.requests).toHaveLength(OPERATIONS.length);
  await server.close();
});

test('a 404 names the field with the ID that ASAPP does not know', async () => {
  const advice = async (name: string) => {
    const { json } = await runAsapp(asapp, {
      parameters: parametersOf(name),
      node: { onError: 'continueRegularOutput' },
    });
    expect(json[0]?.error).toMatchObject({ kind: 'notFound' });
    return (json[0]?.error as { description: string }).description;
  };
  expect(await advice('conversation.get')).toMatch(/^Check 'Conversation ID', and /);
  expect(await advice('message.get')).toMatch(/^Check 'Conversation ID' and 'Message ID', and /);
  expect(await advice('callTransfer.get')).toMatch(/^Check 'Transfer ID', and /);
});
