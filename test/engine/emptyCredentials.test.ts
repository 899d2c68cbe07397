import type { INodeParameters } from 'n8n-workflow';

import { useAsapp } from '../support/asapp';
import { authenticateParameters, parametersOf } from '../support/parameters';
import { delivery, refusal } from '../support/refusal';

const asapp = useAsapp();

const EMPTY = 'is empty: enter a value, or check that its expression finds one';
const REMAINS =
  'has no credential, only what is left of one when an expression finds nothing: check its expression';
const BROKEN = 'has a line break or control character';
const JSON_FIELD = 'Customer Credentials (JSON)';

function fields(auth: INodeParameters): INodeParameters {
  return authenticateParameters({ auth });
}

function rows(...entries: Array<[name: string, value: string]>): INodeParameters {
  return { entry: entries.map(([name, value]) => ({ name, value })) };
}

function header(value: string, name = 'Authorization'): INodeParameters {
  return fields({ token: 't', headers: rows([name, value]) });
}

function json(authJson: string): INodeParameters {
  return authenticateParameters({ authInput: 'json', authJson });
}

const NOTHING = ['', '  ', '={{ $json.nope }}', '={{ null }}', '={{ $json.nope ?? "" }}'];
const LEFT_OVER = [
  '=Bearer {{ $json.nope }}',
  '=bearer {{ $json.nope.deeper }}',
  '={{ "Bearer " + $json.nope }}',
  '={{ "Token " + null }}',
  '=ApiKey {{ ({}) }}',
  '={{ "Basic  " }}',
  '={{ String($json.nope) }}',
  '={{ "Basic " + (":").base64Encode() }}',
  '={{ "Basic " + ("anna:" + $json.nope).base64Encode() }}',
];

describe('fields', () => {
  test.each(NOTHING)('a header that is %j is refused by its name', async (value) => {
    expect(await refusal(asapp, header(value))).toBe(`'Headers → Authorization' ${EMPTY}`);
  });

  test.each([...LEFT_OVER, 'Bearer', 'basic', 'Digest'])('a header that is %j is refused', async (value) => {
    expect(await refusal(asapp, header(value))).toBe(`'Headers → Authorization' ${REMAINS}`);
  });

  test.each(NOTHING)('a token that is %j is refused, whatever is beside it', async (token) => {
    expect(await refusal(asapp, fields({ token, headers: rows(['A', 'b']) }))).toBe(`'Token' ${EMPTY}`);
  });

  test.each([...LEFT_OVER, 'Bearer'])('a token that is %j is refused', async (token) => {
    expect(await refusal(asapp, fields({ token }))).toBe(`'Token' ${REMAINS}`);
  });

  test.each<[string, INodeParameters, string]>([
    [
      'a cookie without a value',
      { cookies: rows(['a', '1'], ['sid', '={{ $json.nope }}']) },
      `'Cookies → sid' ${EMPTY}`,
    ],
    [
      'a cookie of nothing',
      { cookies: rows(['sid', '={{ "" + $json.nope }}']) },
      `'Cookies → sid' ${REMAINS}`,
    ],
    ['a body of nothing', { token: 't', body: '={{ $json.nope }}' }, `'Body' ${EMPTY}`],
    [
      'a body of empty values',
      { token: 't', body: '={"pin": "{{ $json.nope }}", "list": [null, {}], "auth": "Bearer "}' },
      "'Body' has nothing but empty values: check that its expressions find them, or leave it out",
    ],
    [
      'a body whose expression leaves a value out',
      { body: '={{ ({pin: $json.nope, id: 1}) }}' },
      `'Body' has nothing for "pin": check that its expression finds a value`,
    ],
    ['a name of spaces', { headers: rows([' ', 'v']) }, "'Headers' has a row without a name"],
    [
      'headers that differ in capitals only',
      { headers: rows(['authorization', 'a'], ['Authorization', 'b']) },
      `'Headers' has both "authorization" and "Authorization", which are the same header: keep one`,
    ],
    [
      'a whole header pasted as a name',
      { headers: rows(['Authorization: Bearer canary', 'v']) },
      `'Headers' has a name with ":" in it, after "Authorization": the name of a header cannot have that`,
    ],
    [
      'a space before a name',
      { headers: rows([' X', 'v']) },
      `'Headers' has a name with " " in it: the name of a header cannot have that`,
    ],
    [
      'a cookie with another one in its name',
      { cookies: rows(['a=canary', 'v']) },
      `'Cookies' has a name with "=" in it, after "a": the name of a cookie cannot have that`,
    ],
    [
      'a cookie with another one in its value',
      { cookies: rows(['a', '1; b=canary']) },
      "'Cookies → a' has a semicolon, which ends a cookie: give each cookie by its own name",
    ],
    ['a token with a line break', { token: 'canary\n' }, `'Token' ${BROKEN}`],
    ['a header with a line separator', { headers: rows(['X', 'a\u2028b']) }, `'Headers → X' ${BROKEN}`],
  ])('%s is refused', async (_name, auth, message) => {
    expect(await refusal(asapp, fields(auth))).toBe(message);
  });

  test.each<[string, INodeParameters, string]>([
    [
      'cookies that differ in capitals',
      { cookies: rows(['a', '1'], ['A', '2']) },
      '{"cookies":{"a":"1","A":"2"}}',
    ],
    [
      'the name of a scheme as a value',
      { headers: rows(['X-Plan', 'Basic']) },
      '{"headers":{"X-Plan":"Basic"}}',
    ],
    ['words that begin like a scheme', { token: 'Tokenized null' }, '{"token":"Tokenized null"}'],
    [
      'a key as user of Basic',
      { headers: rows(['Authorization', 'Basic a2V5Og==']) },
      '{"headers":{"Authorization":"Basic a2V5Og=="}}',
    ],
    ['a cookie name with brackets', { cookies: rows(['cart[1]', '0']) }, '{"cookies":{"cart[1]":"0"}}'],
    ['an empty value in a body', { body: '{"pin": "1", "hint": ""}' }, '{"body":{"pin":"1","hint":""}}'],
    ['zero and false in a body', { body: '{"a": 0, "b": false}' }, '{"body":{"a":0,"b":false}}'],
    ['a body that was not filled in', { token: 't', body: '{}' }, '{"token":"t"}'],
  ])('%s arrives', async (_name, auth, expected) => {
    expect(await delivery(asapp, fields(auth))).toBe(
      `{"customerExternalId":"customer-xyz","auth":${expected}}`,
    );
  });
});

describe('JSON', () => {
  test.each([
    ['an empty token', '{"token": ""}', `→ token' ${EMPTY}`],
    ['a token of nothing', '={"token": "Bearer {{ $json.nope }}"}', `→ token' ${REMAINS}`],
    [
      'an empty header',
      '{"headers": {"A": "b", "Authorization": ""}}',
      `→ headers → Authorization' ${EMPTY}`,
    ],
    ['a header that is null', '{"headers": {"A": null}}', `→ headers → A' ${EMPTY}`],
    ['a header that is a list of nothing', '{"headers": {"A": []}}', `→ headers → A' ${EMPTY}`],
    ['nothing in a list', '{"headers": {"A": ["b", ""]}}', `→ headers → A' ${EMPTY}`],
    ['a scheme alone', '{"headers": {"A": {"b": ["Bearer "]}}}', `→ headers → A' ${REMAINS}`],
    ['a cookie of nothing', '{"cookies": {"sid": "undefined"}}', `→ cookies → sid' ${REMAINS}`],
    ['a line break in a list', '{"headers": {"A": ["b", "c\\r\\nd"]}}', `→ headers → A' ${BROKEN}`],
    ['a line break in a name inside', '{"cookies": {"A": {"b\\n": "c"}}}', `→ cookies → A' ${BROKEN}`],
    [
      'headers that differ in capitals only',
      '{"headers": {"X-a": "b", "x-A": "c"}}',
      `→ headers' has both "X-a" and "x-A", which are the same header: keep one`,
    ],
    ['a header without a name', '{"headers": {"": "b"}}', "→ headers' has a header without a name"],
    [
      'a body of empty values',
      '{"token": "t", "body": {"a": {"b": ""}}}',
      "→ body' has nothing but empty values: check that its expressions find them, or leave it out",
    ],
    [
      'a further key without a value',
      '{"token": "t", "client_token": ""}',
      "→ client_token' has nothing but empty values: check that its expressions find them, or leave it out",
    ],
  ])('%s is refused', async (_name, authJson, message) => {
    expect(await refusal(asapp, json(authJson))).toBe(`'${JSON_FIELD} ${message}`);
  });

  test.each([
    [
      '={{ ({token: "t", headers: {Authorization: $json.nope} }) }}',
      `'${JSON_FIELD}' has nothing for "headers.Authorization": check that its expression finds a value`,
    ],
    ['{"token": null}', `'${JSON_FIELD}' must have text as its token; this item has nothing`],
    [
      '{"headers": {}, "body": {}}',
      `'${JSON_FIELD}' is empty: give at least one of token, headers, cookies or body`,
    ],
  ])('%s is refused', async (authJson, message) => {
    expect(await refusal(asapp, json(authJson))).toBe(message);
  });

  test('parts without any name may stand beside others', async () => {
    expect(await delivery(asapp, json('{"headers": {}, "cookies": {"a": ["b", 0]}, "body": {}}'))).toContain(
      '"auth":{"headers":{},"cookies":{"a":["b",0]},"body":{}}',
    );
  });
});

describe('SIP', () => {
  const sip = (changes: INodeParameters) =>
    parametersOf('callTransfer.create', { transferType: 'SIP', sip: { username: 'user', ...changes } });

  test.each<[string, INodeParameters, string]>([
    ['a password whose expression finds nothing', { password: '={{ $json.nope }}' }, `'Password' ${EMPTY}`],
    ['a password that was left empty', { password: '' }, `'Password' ${EMPTY}`],
    ['a password of nothing', { password: '={{ "" + $json.nope }}' }, `'Password' ${REMAINS}`],
    ['a password with a line break', { password: 'canary\n' }, `'Password' ${BROKEN}`],
    ['a user without a name', { username: '={{ $json.nope }}', password: 'canary' }, `'Username' ${EMPTY}`],
  ])('%s is refused', async (_name, changes, message) => {
    expect(await refusal(asapp, sip(changes))).toBe(message);
  });

  test.each(['token', 'pass: word', 'Bearer'])('the password %j arrives', async (password) => {
    expect(await delivery(asapp, sip({ password }))).toContain(
      `"returnInviteAuthentication":{"username":"user","password":"${password}"}`,
    );
  });
});
