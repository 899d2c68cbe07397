import { runAsapp, startAsapp, type Asapp } from '../support/asapp';
import { startHttpServer } from '../support/servers';
import { ADVICE, failedItem, OPERATIONS } from './support';

let asapp: Asapp;
let stranger: Awaited<ReturnType<typeof startHttpServer>>;
beforeAll(async () => {
  asapp = await startAsapp();
  stranger = await startHttpServer((_request, response) => response.end('{}'));
});
afterAll(async () => {
  await asapp.sandbox.close();
  await stranger.close();
});
beforeEach(() => {
  asapp.sandbox.ledger.clear();
  stranger.requests.length = 0;
});
afterEach(() => {
  asapp.sandbox.faults.clear();
});

const PHRASES = { 302: 'Found', 307: 'Temporary Redirect', 308: 'Permanent Redirect' } as const;

describe.each(OPERATIONS)('$operation', ({ parameters }) => {
  test.each([302, 307, 308] as const)('a %i to another host gives it nothing', async (status) => {
    const location = `${stranger.url}/login?session=geheim`;
    asapp.sandbox.faults.set({ fault: 'redirect', status, location });
    expect(await failedItem(asapp, { parameters: parameters() })).toStrictEqual({
      kind: 'unexpectedResponse',
      status,
      message: `ASAPP answered ${status} ${PHRASES[status]}, a redirect to ${stranger.url} that was not followed, so that the API secret stays with ASAPP`,
      retryable: false,
      attempts: 1,
      phase: 'answered',
      description: expect.stringMatching(ADVICE) as string,
    });
    expect(stranger.requests).toEqual([]);
    expect(asapp.sandbox.ledger.requests).toMatchObject([{ status, fault: 'redirect' }]);
  });

  test('a redirect to ASAPP itself is not followed either', async () => {
    asapp.sandbox.faults.set({ fault: 'redirect', location: `${asapp.sandbox.url}/v1/health` });
    expect(await failedItem(asapp, { parameters: parameters() })).toMatchObject({ status: 302 });
    expect(asapp.sandbox.ledger.requests).toHaveLength(1);
  });
});

test('a redirect that does not say where is an unexpected response', async () => {
  const server = await startHttpServer((_request, response) => response.writeHead(302).end());
  try {
    const credential = asapp.credential({ baseUrl: server.url });
    const error = await failedItem(asapp, { parameters: OPERATIONS[0]!.parameters(), credential });
    expect(error).toMatchObject({
      kind: 'unexpectedResponse',
      message: expect.stringMatching(/^ASAPP answered 302 Found, a redirect that was not followed/) as string,
    });
    expect(server.requests).toHaveLength(1);
  } finally {
    await server.close();
  }
});

test('the server that records would see a secret header', async () => {
  await runAsapp(asapp, {
    parameters: OPERATIONS[2]!.parameters(),
    credential: asapp.credential({ baseUrl: stranger.url }),
  });
  expect(stranger.requests).toMatchObject([{ headers: { 'asapp-api-secret': asapp.sandbox.apiSecret } }]);
});
