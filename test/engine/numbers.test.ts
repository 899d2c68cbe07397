import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { useAsapp } from '../support/asapp';
import { analyzeParameters, authenticateParameters, parametersOf } from '../support/parameters';
import { delivery, refusal } from '../support/refusal';

const asapp = useAsapp();

const EXACTLY = 'that cannot be sent exactly: give it as text, in quotes';

function variablesJson(inputVariablesJson: string): INodeParameters {
  return analyzeParameters({ inputVariablesInput: 'json', inputVariablesJson });
}

function row(type: string, value: unknown, name = 'n'): INodeParameters {
  return analyzeParameters({
    inputVariables: { assignments: [{ id: '1', name, type, value: value as string }] },
  });
}

async function variables(parameters: INodeParameters, item: IDataObject = {}): Promise<unknown> {
  const body = JSON.parse(await delivery(asapp, parameters, item)) as { inputVariables?: unknown };
  return body.inputVariables;
}

describe('JSON as text', () => {
  test.each([
    ['an account number', '{"accountNumber": 7615917337495251231}', 'accountNumber'],
    ['one deep inside', '{"a": {"b.c": [1, {"d": 9007199254740993}]}}', 'a.b.c[1].d'],
    ['the first integer that may be another', '{"n": 9007199254740992}', 'n'],
    ['a negative one', '{"n": -12345678901234567890}', 'n'],
    ['an integer that n8n has made inexact before', '{"n": {{ 7615917337495251231 }}}', 'n'],
    ['more digits than a number has', '{"n": 0.12345678901234567890}', 'n'],
    ['a number that would become null', '{"n": 1e400}', 'n'],
    ['a number that would become 0', '{"n": 1e-400}', 'n'],
    ['behind a text with quotes and digits', '{"a": "\\"1e400", "n": 1e400}', 'n'],
    ['a name of 100 characters', `{"${'x'.repeat(100)}": 1e400}`, `${'x'.repeat(60)}…`],
  ])('%s is refused', async (_name, json, place) => {
    const parameters = variablesJson(json.includes('{{') ? `=${json}` : json);
    expect(await refusal(asapp, parameters)).toBe(
      `'Input Variables (JSON)' has a number for "${place}" ${EXACTLY}`,
    );
  });

  test.each([
    ['{"n": 9007199254740991, "m": -9007199254740991}', { n: 9007199254740991, m: -9007199254740991 }],
    [
      '{"a": 0.1, "b": 1.0, "c": 1e2, "d": -0, "e": 2.50, "f": 0.0}',
      { a: 0.1, b: 1, c: 100, d: 0, e: 2.5, f: 0 },
    ],
    ['{"a": 0.30000000000000004, "b": 1.5e-7}', { a: 0.30000000000000004, b: 1.5e-7 }],
    [
      '{"7615917337495251231": "7615917337495251231", "b": "\\\\", "c": "\\" 1e400"}',
      { '7615917337495251231': '7615917337495251231', b: '\\', c: '" 1e400' },
    ],
  ])('%s arrives as it is', async (json, expected) => {
    expect(await variables(variablesJson(json))).toEqual(expected);
  });
});

describe('values of an expression', () => {
  const HAS = "'Input Variables (JSON)' has";

  test.each([
    ['({n: 7615917337495251231})', `${HAS} a number for "n" ${EXACTLY}`],
    ['({a: [1, {n: NaN}]})', `${HAS} a number for "a[1].n" ${EXACTLY}`],
    ['({n: -Infinity})', `${HAS} a number for "n" ${EXACTLY}`],
    ['({n: BigInt(5)})', `${HAS} a number for "n" ${EXACTLY}`],
    ['({list: [1, undefined]})', `${HAS} nothing for "list[1]": check that its expression finds a value`],
    ['({d: new Date(NaN)})', `${HAS} a date for "d" that does not exist: check its expression`],
    [
      '({m: new Map([[1, 2]])})',
      `${HAS} a value for "m" that JSON cannot carry: give text, a number, true or false, a list or an object`,
    ],
  ])('%s is refused', async (expression, message) => {
    expect(await refusal(asapp, variablesJson(`={{ ${expression} }}`))).toBe(message);
  });

  test('a key without a value is left out, as in JSON', async () => {
    expect(await variables(variablesJson('={{ ({a: $json.none, b: null, c: new Date(0)}) }}'))).toEqual({
      b: null,
      c: '1970-01-01T00:00:00.000Z',
    });
  });

  test('a number of the item that has lost digits is refused', async () => {
    const parameters = variablesJson('={{ $json.variables }}');
    expect(await refusal(asapp, parameters, { variables: { n: 2 ** 60 } })).toBe(
      `${HAS} a number for "n" ${EXACTLY}`,
    );
  });
});

describe('rows', () => {
  const HAS = "'Input Variables' has";
  const ROW_EXACTLY = 'that cannot be sent exactly: choose String as its type, and give it as text';

  test.each<[string, string, unknown, string]>([
    ['number', 'nothing', '', `${HAS} a value for "n" that is not of type number`],
    ['number', 'spaces', '  ', `${HAS} a value for "n" that is not of type number`],
    ['number', 'an empty list', '={{ [] }}', `${HAS} a value for "n" that is not of type number`],
    ['number', 'true', '={{ true }}', `${HAS} a value for "n" that is not of type number`],
    ['number', 'hexadecimal digits', '0x10', `${HAS} a value for "n" that is not of type number`],
    ['number', 'NaN', '={{ NaN }}', `${HAS} a value for "n" that is not of type number`],
    ['number', 'a bigint', '={{ BigInt(5) }}', `${HAS} a value for "n" that is not of type number`],
    ['number', 'too many digits as text', '7615917337495251231', `${HAS} a number for "n" ${ROW_EXACTLY}`],
    ['number', 'too large an exponent', '1e400', `${HAS} a number for "n" ${ROW_EXACTLY}`],
    ['number', 'Infinity', '={{ Infinity }}', `${HAS} a number for "n" ${ROW_EXACTLY}`],
    ['number', 'too large a number', '={{ 2 ** 53 }}', `${HAS} a number for "n" ${ROW_EXACTLY}`],
    [
      'string',
      'an object',
      '={{ ({a: 1}) }}',
      `${HAS} an object for "n": choose Object as its type, or give text`,
    ],
    ['string', 'a list', '={{ [1] }}', `${HAS} a list for "n": choose Array as its type, or give text`],
    [
      'string',
      'too large a number',
      '={{ 7615917337495251231 }}',
      "'Input Variables → n' is a number that cannot be sent exactly: give it as text",
    ],
    ['boolean', 'an empty list', '={{ [] }}', `${HAS} a value for "n" that is not of type boolean`],
    ['boolean', 'nothing', '', `${HAS} a value for "n" that is not of type boolean`],
    ['array', 'a long number', '[1, 7615917337495251231]', `${HAS} a number for "n[1]" ${EXACTLY}`],
    ['array', 'nothing', '', `${HAS} a value for "n" that is not of type array`],
    ['object', 'a long number', '{"a": 7615917337495251231}', `${HAS} a number for "n.a" ${EXACTLY}`],
    [
      'object',
      'a long number, loosely',
      "{a: 0.12345678901234567890, 'b': 1}",
      `${HAS} a number for "n.a" ${EXACTLY}`,
    ],
    ['object', 'null as text', 'null', `${HAS} a value for "n" that is not of type object`],
    ['object', 'a date', '={{ new Date() }}', `${HAS} a value for "n" that is not of type object`],
  ])('a %s row given %s is refused', async (type, _name, value, message) => {
    expect(await refusal(asapp, row(type, value))).toBe(message);
  });

  test.each<[string, unknown, unknown]>([
    ['number', ' 7.50 ', 7.5],
    ['number', '-1e2', -100],
    ['number', '={{ $json.none }}', null],
    ['string', '={{ 4711.5 }}', '4711.5'],
    ['string', '={{ BigInt("7615917337495251231") }}', '7615917337495251231'],
    ['string', '={{ new Date(Date.UTC(2026, 0, 1)) }}', '2026-01-01T00:00:00.000Z'],
    ['string', '', ''],
    ['boolean', '={{ 0 }}', false],
    ['array', "['7615917337495251231']", ['7615917337495251231']],
    ['object', "{a: '1e400'}", { a: '1e400' }],
  ])('a %s row given %j arrives as %j', async (type, value, expected) => {
    expect(await variables(row(type, value))).toEqual({ n: expected });
  });
});

describe('where text is meant', () => {
  const CANNOT = 'is a number that cannot be sent exactly: give it as text';

  test.each([
    ['Customer External ID', { customerExternalId: '={{ 12345678901234567890 }}' }],
    ['Customer External ID', { customerExternalId: '={{ 1.10 }}' }],
    ['Customer External ID', { customerExternalId: '={{ 1e21 }}' }],
    ['Customer External ID', { customerExternalId: '={{ 1e-7 }}' }],
    ['Conversation ID', { conversationId: '={{ 7615917337495251231 }}' }],
    ['Stream ID', { options: { streamId: '={{ 1.5 }}' } }],
    ['Task Name', { options: { taskName: '={{ 2 ** 53 }}' } }],
    ['Message Text', { text: '={{ 7615917337495251231 }}' }],
  ])('%s with %j is refused', async (field, changes) => {
    expect(await refusal(asapp, analyzeParameters(changes))).toBe(`'${field}' ${CANNOT}`);
  });

  test('a message may be a number with a fraction', async () => {
    expect(await delivery(asapp, analyzeParameters({ text: '={{ 12.5 }}' }))).toContain('"text":"12.5"');
  });

  test.each<[string, INodeParameters]>([
    ["'Token'", { auth: { token: '={{ 7615917337495251231 }}' } }],
    ["'Headers → X-Account'", { auth: { headers: entry('X-Account') } }],
    ["'Cookies → account'", { auth: { cookies: entry('account') } }],
  ])('%s is refused', async (field, changes) => {
    expect(await refusal(asapp, authenticateParameters(changes))).toBe(`${field} ${CANNOT}`);
  });

  test.each<[string, INodeParameters]>([
    [`'Body' has a number for "pin" ${EXACTLY}`, { auth: { body: '{"pin": 7615917337495251231}' } }],
    [
      `'Customer Credentials (JSON)' has a number for "headers.X-Account" ${EXACTLY}`,
      { authInput: 'json', authJson: '{"headers": {"X-Account": 7615917337495251231}}' },
    ],
  ])('%s', async (message, changes) => {
    expect(await refusal(asapp, authenticateParameters(changes))).toBe(message);
  });

  function entry(name: string): INodeParameters {
    return { entry: [{ name, value: '={{ 7615917337495251231 }}' }] };
  }
});

describe('in the fields of other operations', () => {
  const CANNOT = 'is a number that cannot be sent exactly: give it as text';
  const LONG = '={{ 7615917337495251231 }}';
  const entry = (value: string) => ({ entry: [{ name: 'account', value }] });
  const message = (changes: object) =>
    JSON.stringify([{ text: 'Hi', sender: { role: 'agent', externalId: 'a-1' }, ...changes }]);

  test.each<[string, INodeParameters, string]>([
    ['conversation.find', { externalId: LONG }, `'External ID' ${CANNOT}`],
    ['conversation.createOrUpdate', { options: { metadata: entry(LONG) } }, `'Metadata → account' ${CANNOT}`],
    ['conversation.createOrUpdate', { options: { agentName: '={{ NaN }}' } }, `'Agent Name' ${CANNOT}`],
    [
      'callTransfer.create',
      { options: { inputVariables: entry(LONG) } },
      `'Input Variables → account' ${CANNOT}`,
    ],
    ['callTransfer.create', { transferId: '={{ 1.10 }}' }, `'Transfer ID' ${CANNOT}`],
    ['callTransfer.create', { transferType: 'SIP', sip: { password: LONG } }, `'Password' ${CANNOT}`],
    ['message.get', { messageId: LONG }, `'Message ID' ${CANNOT}`],
    ['message.create', { text: LONG }, `'Message Text' ${CANNOT}`],
    ['message.create', { senderExternalId: '={{ 1e21 }}' }, `'Sender External ID' ${CANNOT}`],
    [
      'message.createMany',
      { messages: message({ text: 0 }).replace('0', '7615917337495251231') },
      `'Messages' has a number for "[0].text" ${EXACTLY}`,
    ],
    [
      'message.createMany',
      { messages: message({ sender: { role: 'agent', externalId: 1.1 } }) },
      `'Messages[0].sender.externalId' ${CANNOT}`,
    ],
    ['summary.intent', { findBy: 'issueId', issueId: LONG }, `'Issue ID' ${CANNOT}`],
    [
      'message.getAll',
      { returnAll: false, limit: '={{ 10.5 }}' },
      "'Limit' must be a whole number from 1 to 100000",
    ],
    [
      'message.getAll',
      { returnAll: false, limit: '={{ Infinity }}' },
      "'Limit' must be a whole number from 1 to 100000",
    ],
  ])('%s with %j is refused', async (name, changes, expected) => {
    expect(await refusal(asapp, parametersOf(name, changes))).toBe(expected);
  });

  test.each<[string, INodeParameters, string]>([
    ['summary.intent', { findBy: 'issueId', issueId: '={{ 5544332211 }}' }, '{"issueId":"5544332211"}'],
    [
      'conversation.createOrUpdate',
      { options: { metadata: entry('={{ 1.5 }}') } },
      '"metadata":{"account":"1.5"}',
    ],
  ])('%s takes %j as text', async (name, changes, expected) => {
    expect(await delivery(asapp, parametersOf(name, changes))).toContain(expected);
  });
});

describe('numbers among the options', () => {
  test.each(['1e400', '0x10', '1_0', '={{ true }}', '={{ [] }}', '={{ NaN }}', '={{ BigInt(5) }}'])(
    '%s is refused',
    async (timeout) => {
      expect(await refusal(asapp, analyzeParameters({ options: { timeout } }))).toBe(
        "'Timeout' must be a number from 0.1 to 300",
      );
    },
  );

  test.each(['  ', ' 5.5 ', '={{ null }}'])('%j is taken', async (timeout) => {
    await delivery(asapp, analyzeParameters({ options: { timeout } }));
  });
});
