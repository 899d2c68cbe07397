import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { runAsapp, useAsapp } from '../support/asapp';
import { authenticateParameters, CONVERSATION_ID } from '../support/parameters';
import { delivery, refusal } from '../support/refusal';

const asapp = useAsapp();

async function arrived(changes: INodeParameters, item: IDataObject = {}): Promise<string> {
  const body = await delivery(asapp, authenticateParameters(changes), item);
  const [request] = asapp.sandbox.ledger.requests;
  expect(request?.path).toBe(`/conversation/v1/conversations/${CONVERSATION_ID}/authenticate`);
  return body;
}

async function refused(changes: INodeParameters): Promise<string> {
  return await refusal(asapp, authenticateParameters(changes));
}

function rows(...entries: Array<[string, string]>): INodeParameters {
  return { entry: entries.map(([name, value]) => ({ name, value })) };
}

describe('what arrives', () => {
  test("the document's own example, in the shape its schema wants", async () => {
    expect(await arrived({})).toBe('{"customerExternalId":"customer-xyz","auth":{"token":"cGFzc3dvcmQ="}}');
  });

  test('every part at once, byte for byte', async () => {
    const body = await arrived({
      customerExternalId: 'a03839d6-461c-479c-99db-8160174ef12d',
      auth: {
        token: 'tökén "1"',
        headers: rows(['X-Session', 's;1'], ['__proto__', 'p']),
        cookies: rows(['sid', 'ü=1'], ['SID', '2']),
        body: '{"pin": "0042", "nested": {"list": [1, null]}}',
      },
      options: { streamId: '97555020-0276-435f-8104-c378221ba292' },
    });
    expect(body).toBe(
      '{"customerExternalId":"a03839d6-461c-479c-99db-8160174ef12d","auth":{"token":"tökén \\"1\\"",' +
        '"headers":{"X-Session":"s;1","__proto__":"p"},"cookies":{"sid":"ü=1","SID":"2"},' +
        '"body":{"pin":"0042","nested":{"list":[1,null]}}},"streamId":"97555020-0276-435f-8104-c378221ba292"}',
    );
    expect(({} as IDataObject)['X-Session']).toBeUndefined();
  });

  test.each<[string, INodeParameters, IDataObject, string]>([
    ['token alone', { auth: { token: 't' } }, {}, '{"token":"t"}'],
    ['token given as a number', { auth: { token: '={{ $json.n }}' } }, { n: 4711 }, '{"token":"4711"}'],
    ['headers alone', { auth: { headers: rows(['a', 'b']) } }, {}, '{"headers":{"a":"b"}}'],
    ['cookies alone', { auth: { cookies: rows(['a', 'b']) } }, {}, '{"cookies":{"a":"b"}}'],
    ['body alone', { auth: { body: '{"a": 1}' } }, {}, '{"body":{"a":1}}'],
    ['body as an object', { auth: { body: '={{ $json.b }}' } }, { b: { a: 1 } }, '{"body":{"a":1}}'],
    [
      'an empty part beside a full one',
      { auth: { cookies: {}, headers: rows(['a', 'b']), body: '{}' } },
      {},
      '{"headers":{"a":"b"}}',
    ],
  ])('%s', async (_name, changes, item, auth) => {
    expect(await arrived(changes, item)).toBe(`{"customerExternalId":"customer-xyz","auth":${auth}}`);
  });

  test.each([
    ['text', '{"token": "t", "client_token": "c", "__proto__": {"x": 1}}', {}],
    [
      'an object',
      '={{ $json.auth }}',
      { auth: JSON.parse('{"token":"t","client_token":"c","__proto__":{"x":1}}') as IDataObject },
    ],
  ])('JSON given as %s, with keys of your own', async (_name, authJson, item) => {
    expect(await arrived({ authInput: 'json', authJson }, item)).toBe(
      '{"customerExternalId":"customer-xyz","auth":{"token":"t","client_token":"c","__proto__":{"x":1}}}',
    );
  });
});

describe('what is refused before it is sent', () => {
  test.each<[string, INodeParameters, RegExp]>([
    ['a wrong conversation ID', { conversationId: 'abc' }, /'Conversation ID' must be/],
    ['no customer', { customerExternalId: '={{ $json.none }}' }, /'Customer External ID' is empty/],
    ['nothing at all', { auth: {} }, /'Customer Credentials' is empty: add at least one/],
    ['only empty parts', { auth: { body: '{}', headers: {} } }, /'Customer Credentials' is empty/],
    [
      'a header name with a line break',
      { auth: { headers: rows(['X\r\nY', 'v']) } },
      /'Headers' has a name with "\\r" in it, after "X"/,
    ],
    [
      'a header value with a line break',
      { auth: { headers: rows(['X', 'a\nb']) } },
      /'Headers → X' has a line break/,
    ],
    [
      'a cookie name with a control character',
      { auth: { cookies: rows(['a\u0000', 'v']) } },
      /'Cookies' .*name/,
    ],
    [
      'a cookie value with a control character',
      { auth: { cookies: rows(['a', 'v\u007f']) } },
      /'Cookies → a' has a line break/,
    ],
    ['a header without a name', { auth: { headers: rows(['', 'v']) } }, /'Headers' has a row without a name/],
    ['a cookie given twice', { auth: { cookies: rows(['a', '1'], ['a', '2']) } }, /'Cookies' has "a" twice/],
    ['a body that is no object', { auth: { body: '[1]' } }, /'Body' must be a JSON object/],
    ['a token that is a list', { auth: { token: '={{ [1] }}' } }, /'Token' must be text/],
    ['JSON that is empty', json('={{ $json.none }}'), /'Customer Credentials \(JSON\)' is empty/],
    ['JSON without a key', json('{}'), /'Customer Credentials \(JSON\)' is empty/],
    ['JSON that is a list', json('[]'), /'Customer Credentials \(JSON\)' must be a JSON object/],
    [
      'JSON with a token that is no text',
      json('{"token": 1}'),
      /'Customer Credentials \(JSON\)' must have text as its token/,
    ],
    ['JSON with headers that are no object', json('{"headers": "a"}'), /→ headers' must be a JSON object/],
    [
      'JSON with a line break in a header',
      json('{"headers": {"a": "b\\nc"}}'),
      /→ headers → a' has a line break/,
    ],
    [
      'JSON with a line break in a cookie name',
      json('{"cookies": {"a\\r": "b"}}'),
      /→ cookies' has a name with "\\r" in it, after "a"/,
    ],
  ])('%s', async (_name, changes, message) => {
    expect(await refused(changes)).toMatch(message);
  });

  test.each([
    ['broken JSON', { authInput: 'json', authJson: '{"token": "canary-4711" "x"}' }],
    ['broken JSON in the body', { auth: { body: '{"pin": canary-4711}' } }],
    ['a line break in a value', { auth: { headers: rows(['X', 'canary-4711\n']) } }],
    ['a wrong type', { auth: { token: '={{ ["canary-4711"] }}' } }],
    ['an expression that fails', { auth: { token: "={{ $('canary-4711').item.json.a }}" } }],
  ])('the message quotes nothing secret: %s', async (_name, changes) => {
    expect(await refused(changes as INodeParameters)).not.toContain('canary');
  });
});

function json(authJson: string): INodeParameters {
  return { authInput: 'json', authJson };
}

test('the output item names the conversation and the customer, and no credential', async () => {
  const { items } = await runAsapp(asapp, { parameters: authenticateParameters() });
  expect(items).toEqual([
    {
      json: { conversationId: CONVERSATION_ID, customerExternalId: 'customer-xyz', authenticated: true },
      pairedItem: { item: 0 },
    },
  ]);
});
