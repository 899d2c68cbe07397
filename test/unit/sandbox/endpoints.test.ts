import { startSandbox, type Sandbox } from '../../../sandbox';
import { ANALYZE, analysis, authenticatePath, clientOf, CREDENTIALS, HEALTH, ULID, UUID } from './client';
import { STATE, STREAMS } from './streamClient';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

describe('a valid request', () => {
  it('to health is answered with SUCCESS', async () => {
    const { status, data } = await clientOf(sandbox).get(HEALTH);
    expect([status, data]).toEqual([200, { healthCheck: 'SUCCESS' }]);
  });

  it('to authenticate is answered with 204 and no body', async () => {
    const { status, data } = await clientOf(sandbox).post(authenticatePath('C0NV'), CREDENTIALS);
    expect([status, data]).toEqual([204, '']);
  });

  it('to analyze with a message is answered with both ids', async () => {
    const { status, data } = await clientOf(sandbox).post(ANALYZE, analysis('C0NV'));
    expect(status).toBe(200);
    expect(data).toEqual({ conversationId: 'C0NV', messageId: expect.stringMatching(ULID) });
  });

  it('to analyze without a message is answered without a message id', async () => {
    const { data } = await clientOf(sandbox).post(ANALYZE, { conversationId: 'C0NV', channelType: 'voice' });
    expect(data).toEqual({ conversationId: 'C0NV' });
  });
});

describe('the two headers', () => {
  const wrongPairs: Array<[string, Record<string, string>]> = [
    ['wrong id', { 'asapp-api-id': 'other' }],
    ['wrong secret', { 'asapp-api-secret': 'other' }],
    ['empty secret', { 'asapp-api-secret': '' }],
  ];
  const endpoints: Array<[string, string, string]> = [
    ['health', 'get', HEALTH],
    ['authenticate', 'post', authenticatePath('C0NV')],
    ['analyze', 'post', ANALYZE],
    ['streams', 'post', STREAMS],
    ['state', 'get', STATE],
  ];

  it.each(endpoints.flatMap((endpoint) => wrongPairs.map((pair) => [...endpoint, ...pair] as const)))(
    '%s (%s %s) refuses a %s',
    async (_operation, method, url, _pair, headers) => {
      // The body is invalid as well: the credentials are looked at first.
      const { status, data } = await clientOf(sandbox, headers).request({ method, url, data: {} });
      expect(status).toBe(401);
      expect(data).toEqual({
        error: {
          requestId: expect.stringMatching(UUID),
          code: '401-01',
          message: expect.stringContaining('asapp-api-secret'),
        },
      });
    },
  );

  it('are refused when missing', async () => {
    const { status } = await clientOf(sandbox).get(HEALTH, {
      headers: { 'asapp-api-id': null, 'asapp-api-secret': null },
    });
    expect(status).toBe(401);
    expect(sandbox.ledger.requests.at(-1)).toMatchObject({ credentialsRight: false, status: 401 });
  });

  it('are whatever the options say', async () => {
    const other = await startSandbox({ apiId: 'me', apiSecret: 'mine' });
    try {
      expect((await clientOf(other).get(HEALTH)).status).toBe(200);
      expect((await clientOf(sandbox).get(`${other.url}${HEALTH}`)).status).toBe(401);
    } finally {
      await other.close();
    }
  });
});

it('refuses a port that is in use with one clear message', async () => {
  const port = Number(new URL(sandbox.url).port);
  await expect(startSandbox({ port })).rejects.toThrow(`Port ${port} of 127.0.0.1 is already in use`);
});

it('refuses an invalid fault at the start', async () => {
  await expect(startSandbox({ faults: [{ fault: 'status', status: 200 }] })).rejects.toThrow(/^status: /);
});

it('can be closed twice', async () => {
  const other = await startSandbox();
  await Promise.all([other.close(), other.close()]);
  await expect(clientOf(other).get(HEALTH)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
