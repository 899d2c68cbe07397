import { startSandbox } from '../../sandbox';
import { runAsapp, useAsapp } from '../support/asapp';
import { testConnection } from '../support/connectionTest';
import { analyzeParameters } from '../support/parameters';

const asapp = useAsapp();

describe('the key', () => {
  test('goes out in both headers, without what was pasted around it', async () => {
    const { apiId, apiSecret } = asapp.sandbox;
    const { error } = await runAsapp(asapp, {
      parameters: analyzeParameters(),
      credential: asapp.credential({ apiId: ` ${apiId}\n`, apiSecret: `${apiSecret} \n` }),
    });
    expect(error).toBeUndefined();
    expect(asapp.sandbox.ledger.requests).toMatchObject([{ credentialsRight: true, status: 200 }]);
  });

  test('is tried once when it is wrong', async () => {
    const { json } = await runAsapp(asapp, {
      parameters: analyzeParameters(),
      credential: asapp.credential({ apiSecret: 'wrong' }),
      node: { onError: 'continueRegularOutput' },
    });
    expect(json[0]).toMatchObject({ error: { kind: 'unauthorized', status: 401, code: '401-01' } });
    expect(asapp.sandbox.ledger.requests).toMatchObject([{ credentialsRight: false, status: 401 }]);
  });
});

test.each([7615917337495251231n, 1e21, 1.5, NaN])('a key that is the number %d is refused', async (key) => {
  const { json } = await runAsapp(asapp, {
    parameters: analyzeParameters(),
    credential: asapp.credential({ apiId: Number(key) }),
    node: { onError: 'continueRegularOutput' },
  });
  expect(json[0]).toMatchObject({
    error: {
      kind: 'credentialUnusable',
      message: expect.stringContaining(
        "'API ID' is a number that cannot be sent exactly: give it as text",
      ) as string,
    },
  });
  expect(asapp.sandbox.ledger.requests).toEqual([]);
});

describe('the base URL', () => {
  test.each(['/', '///', '/generativeagent/v1/analyze', '/v1/health?x=1#y'])('may end in %s', async (end) => {
    const { error } = await runAsapp(asapp, {
      parameters: analyzeParameters(),
      credential: asapp.credential({ baseUrl: ` ${asapp.sandbox.url}${end} ` }),
    });
    expect(error).toBeUndefined();
    expect(asapp.sandbox.ledger.requests).toMatchObject([
      { path: '/generativeagent/v1/analyze', status: 200 },
    ]);
  });
});

describe('the connection test', () => {
  const connect = async (changes = {}) =>
    await testConnection(asapp.nodePackage, 'asappApi', asapp.credential(changes));

  test('passes with a right key', async () => {
    expect(await connect()).toEqual({ status: 'OK' });
    expect(asapp.sandbox.ledger.requests.at(-1)).toMatchObject({
      path: '/v1/health',
      credentialsRight: true,
    });
  });

  test('passes with a pasted path and spaces', async () => {
    const baseUrl = `${asapp.sandbox.url}/generativeagent/v1/analyze `;
    expect(await connect({ baseUrl, apiId: `${asapp.sandbox.apiId} ` })).toEqual({ status: 'OK' });
  });

  test.each([
    [{ apiSecret: 'wrong' }, /^ASAPP does not accept this key\. Check 'API ID'/],
    [
      { baseUrl: 'http://127.0.0.1:9' },
      /^Could not reach 127\.0\.0\.1:9\. Check 'Environment' and 'Base URL'/,
    ],
    [{ baseUrl: 'https://nowhere.invalid' }, /^Could not reach nowhere\.invalid\./],
    [{ baseUrl: 'http://asapp.example.com' }, /^'Base URL' must start with https:\/\//],
    [{ baseUrl: '' }, /^'Base URL' is empty/],
  ])('with %j says what to do', async (changes, message) => {
    const result = await connect(changes);
    expect(result.status).toBe('Error');
    expect(result.message).toMatch(message);
  });

  test('says what to do when the key may not be used', async () => {
    asapp.sandbox.faults.set({ fault: 'status', status: 403, operation: 'health' });
    const { status, message } = await connect();
    expect(status).toBe('Error');
    expect(message).toMatch(/^ASAPP knows this key but does not allow it here/);
  });

  test('asks once whether the host can be reached, without showing it the key', async () => {
    // No other test asks for this host by this name.
    const baseUrl = asapp.sandbox.url.replace('127.0.0.1', 'localhost');
    await Promise.all([connect({ baseUrl }), connect({ baseUrl }), connect({ baseUrl })]);
    await connect({ baseUrl });
    const { requests } = asapp.sandbox.ledger;
    const withKey = requests.filter(({ headers }) => 'asapp-api-id' in headers);
    const withoutKey = requests.filter((request) => !withKey.includes(request));
    expect(withKey).toHaveLength(4);
    expect(withoutKey).toMatchObject([{ path: '/v1/health', credentialsRight: false }]);
  });

  test('asks a host anew that could not be reached', async () => {
    const gone = await startSandbox();
    await gone.close();
    expect((await connect({ baseUrl: gone.url })).message).toMatch(/^Could not reach/);
    const back = await startSandbox({ port: Number(new URL(gone.url).port) });
    expect(await connect({ baseUrl: gone.url })).toEqual({ status: 'OK' });
    await back.close();
  });
});
