import type { INodeParameters } from 'n8n-workflow';

import { runAsapp, useAsapp } from '../support/asapp';
import { authenticateParameters } from '../support/parameters';
import { startHttpServer } from '../support/servers';
import { failedItem, OPERATIONS } from './support';

const API_SECRET = 'Zk9-api"secret\\7';

const asapp = useAsapp({ apiSecret: API_SECRET });

/** Makes ASAPP refuse every item with these words. */
function refuseWith(message: string): void {
  asapp.sandbox.faults.set({ fault: 'status', status: 400, code: '400-03', message });
}

describe.each(OPERATIONS)('$operation', ({ parameters }) => {
  test.each([
    ['as it is', API_SECRET],
    ['inside JSON', JSON.stringify(API_SECRET).slice(1, -1)],
    ['inside a URL', encodeURIComponent(API_SECRET)],
  ])('an API secret that ASAPP quotes %s is not repeated', async (_name, quoted) => {
    refuseWith(`The key ${quoted} and again <${quoted}> is not known`);
    const error = await failedItem(asapp, { parameters: parameters() });
    expect(error.message).toBe('The key [redacted] and again <[redacted]> is not known');
    expect(JSON.stringify(error)).not.toContain(quoted);
    expect(asapp.sandbox.ledger.requests).toMatchObject([{ credentialsRight: true }]);
  });

  test.each([`${API_SECRET}\n`, `  ${API_SECRET}`])(
    'an API secret that was pasted with a space or line break (%j) is not repeated',
    async (apiSecret) => {
      refuseWith(`The key ${API_SECRET} is not known`);
      const error = await failedItem(asapp, {
        parameters: parameters(),
        credential: asapp.credential({ apiSecret }),
      });
      expect(asapp.sandbox.ledger.requests).toMatchObject([{ credentialsRight: true }]);
      expect(error.message).toBe('The key [redacted] is not known');
    },
  );

  test('an API secret is in nothing that a stopped run keeps', async () => {
    refuseWith(`The key ${API_SECRET} is not known`);
    const { run, error } = await runAsapp(asapp, { parameters: parameters() });
    expect(error?.message).toContain('The key [redacted] is not known [item 0]');
    const kept = JSON.stringify({ run, stack: error?.stack });
    expect(kept).not.toContain(API_SECRET);
    expect(kept).not.toContain(JSON.stringify(API_SECRET).slice(1, -1));
  });
});

const row = (name: string, value: string): INodeParameters => ({ entry: [{ name, value }] });
const SECRET = 's3cr3t-Ümlaut/+="x"';

describe("the customer's credentials that ASAPP quotes are not repeated", () => {
  test.each<[string, INodeParameters]>([
    ['a token', { auth: { token: SECRET } }],
    ['a header', { auth: { headers: row('X-Session', SECRET) } }],
    ['a cookie', { auth: { cookies: row('session', SECRET) } }],
    ['a value of the body', { auth: { body: JSON.stringify({ deep: [{ pin: SECRET }] }) } }],
    ['a token from JSON', { authInput: 'json', authJson: JSON.stringify({ token: SECRET }) }],
    [
      'a further key from JSON',
      { authInput: 'json', authJson: JSON.stringify({ token: 'abcde', other: SECRET }) },
    ],
  ])('%s', async (_name, changes) => {
    const escaped = JSON.stringify(SECRET).slice(1, -1);
    refuseWith(
      `'${SECRET}' is no token, "${escaped}" neither, ?t=${encodeURIComponent(SECRET)} least of all`,
    );
    const error = await failedItem(asapp, { parameters: authenticateParameters(changes) });
    expect(error.message).toBe(
      '\'[redacted]\' is no token, "[redacted]" neither, ?t=[redacted] least of all',
    );
    expect(asapp.sandbox.ledger.requests).toHaveLength(1);
  });

  test('a token that is a number', async () => {
    refuseWith('471147 is no token');
    const { json } = await runAsapp(asapp, {
      parameters: authenticateParameters({ auth: { token: '={{ $json.pin }}' } }),
      items: [{ pin: 471147 }],
      node: { onError: 'continueRegularOutput' },
    });
    expect(json[0]?.error).toMatchObject({ message: '[redacted] is no token' });
  });

  test('a token typed into a field is in nothing that a stopped run keeps', async () => {
    refuseWith(`${SECRET} is no token`);
    const { error } = await runAsapp(asapp, {
      parameters: authenticateParameters({ auth: { token: SECRET } }),
    });
    expect(error?.message).toMatch(/^\[redacted\] is no token \[item 0\]/);
    const kept = JSON.stringify({ error, stack: error?.stack });
    expect(kept).not.toContain(JSON.stringify(SECRET).slice(1, -1));
    expect(kept).not.toContain('s3cr3t');
  });

  test("one item's token is not what another item's words are searched for", async () => {
    asapp.sandbox.faults.set({ fault: 'status', status: 400, message: 'first-token or second-token' });
    const { json } = await runAsapp(asapp, {
      parameters: authenticateParameters({ auth: { token: '={{ $json.token }}' } }),
      items: [{ token: 'first-token' }, { token: 'second-token' }],
      node: { onError: 'continueRegularOutput' },
    });
    expect(json.map(({ error }) => (error as { message: string }).message)).toEqual([
      '[redacted] or second-token',
      'first-token or [redacted]',
    ]);
  });
});

describe('parts of what the customer is known by', () => {
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0NzExIn0.c2lnbmF0dXJl';
  const basic = Buffer.from('jane.doe:Tr0ub4dor/&3').toString('base64');

  test.each<[string, INodeParameters, string, string]>([
    [
      'the token of Bearer',
      { auth: { token: `Bearer ${jwt}` } },
      `Token ${jwt} is over`,
      'Token [redacted] is over',
    ],
    [
      'user and password of Basic',
      { auth: { headers: row('Authorization', `Basic ${basic}`) } },
      'No user jane.doe with Tr0ub4dor/&3',
      'No user [redacted] with [redacted]',
    ],
    [
      'a token in lower-case URL form',
      { auth: { token: SECRET } },
      `?t=${encodeURIComponent(SECRET).replace(/%../g, (byte) => byte.toLowerCase())}`,
      '?t=[redacted]',
    ],
    [
      'a token in HTML',
      { auth: { token: SECRET } },
      '<b>s3cr3t-&#220;mlaut&sol;&plus;&#x3d;&quot;x&quot;</b>',
      '<b>[redacted]</b>',
    ],
    ['a token in \\u escapes', { auth: { token: SECRET } }, 's3cr3t-\\u00dcmlaut\\/+=\\"x\\"', '[redacted]'],
    [
      'a token in base64url',
      { auth: { token: SECRET } },
      `v=${Buffer.from(SECRET).toString('base64url')}.`,
      'v=[redacted].',
    ],
    ['a token without its blanks', { auth: { token: ` ${SECRET}  ` } }, `<${SECRET}>`, '<[redacted]>'],
    [
      'a short value, where it is a word',
      { auth: { body: '{"customerId": "cust"}' } },
      'customer cust is blocked',
      'customer [redacted] is blocked',
    ],
    [
      'a number, where it is a word',
      { auth: { body: '{"pin": 4711}' } },
      '4711 is not 47110, see pin',
      '[redacted] is not 47110, see pin',
    ],
  ])('%s', async (_name, changes, message, expected) => {
    refuseWith(message);
    const error = await failedItem(asapp, { parameters: authenticateParameters(changes) });
    expect(error.message).toBe(expected);
  });
});

describe('whatever a server says goes through redaction', () => {
  const token = 'tok-4711-secret';

  /** The error of an Authenticate that a server answers like this. */
  async function refusal(status: number, body: string, headers: Record<string, string> = {}, phrase = 'No') {
    const server = await startHttpServer((_request, response) => {
      response.writeHead(status, phrase, headers).end(body);
    });
    try {
      return await failedItem(asapp, {
        parameters: authenticateParameters({ auth: { token, body: '{"short": "400"}' } }),
        credential: asapp.credential({ baseUrl: server.url }),
      });
    } finally {
      await server.close();
    }
  }

  test("every part of ASAPP's error, but no key", async () => {
    const error = await refusal(
      400,
      JSON.stringify({
        error: {
          requestId: `r-${token}`,
          code: '400-03',
          message: `${token}!`,
          fields: [{ [token]: [token, 400, 4001] }],
        },
      }),
    );
    expect(error).toMatchObject({
      requestId: 'r-[redacted]',
      // A part of a code is not the secret that it resembles.
      code: '400-03',
      message: '[redacted]!',
      details: { fields: [{ [token]: ['[redacted]', '[redacted]', 4001] }] },
    });
    expect((await refusal(400, `{"error": {"requestId": "r", "code": "${token}"}}`)).code).toBe('[redacted]');
  });

  test.each<[string, number, string, Record<string, string>]>([
    ['a page', 403, `<p>${token}</p>`, {}],
    ['a page that tears it apart', 403, '<p>tok-4711<wbr>-<b>sec</b>ret</p>', {}],
    ['text', 502, `x ${token} y`, {}],
    ['a cut in the middle of it', 403, `${'x'.repeat(190)} ${token}`, {}],
    ['a redirect', 302, '', { location: `https://${token}.example.com/?t=${token}` }],
    ['a page of success', 200, `<p>${token}</p>`, {}],
  ])('%s', async (_name, status, body, headers) => {
    const { message } = await refusal(status, body, headers);
    expect(message).toContain('[redact');
    expect(message).not.toContain('tok-');
  });

  test('the reason phrase', async () => {
    expect((await refusal(404, '', {}, `No ${token}`)).message).toBe(
      'ASAPP answered 404 No [redacted] without saying why',
    );
  });
});
