import { startSandbox, type Sandbox } from '../../../sandbox';
import {
  ANALYZE,
  analysis,
  authenticatePath,
  clientOf,
  CONVERSATIONS,
  CREDENTIALS,
  message,
  MESSAGES_BY_EXTERNAL_ID,
  messagesPath,
  UUID,
} from './client';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

function analysisWithMessage(change: Record<string, unknown>): object {
  const { conversationId, message } = analysis('C0NV');
  return { conversationId, message: { ...message, ...change } };
}

const authenticate = authenticatePath('C0NV');

/** What is wrong, where it is sent, the body, the code, and a part of the message. */
const REFUSED: Array<[string, string, unknown, string, string]> = [
  ['no JSON', ANALYZE, '{', '400-01', "[Path '/'] The request body is not JSON"],
  ['no body', ANALYZE, undefined, '400-01', "[Path '/'] The request body is not JSON"],
  ['null', ANALYZE, 'null', '400-01', "[Path '/'] must be object"],
  ['an array', ANALYZE, [], '400-01', "[Path '/'] must be object"],
  ['a string', ANALYZE, '"C0NV"', '400-01', "[Path '/'] must be object"],
  ['no conversation', ANALYZE, {}, '400-01', "[Path '/conversationId'] is required"],
  ['a numeric id', ANALYZE, { conversationId: 7 }, '400-01', "[Path '/conversationId'] must be string"],
  ['an empty id', ANALYZE, { conversationId: '' }, '404-01', "[Path '/conversationId']"],
  ['a lower-case id', ANALYZE, { conversationId: 'abc' }, '404-01', 'no conversation abc'],
  [
    'variables as a list',
    ANALYZE,
    { conversationId: 'A', inputVariables: [] },
    '400-01',
    "[Path '/inputVariables'] must be object",
  ],
  [
    'an unknown channel',
    ANALYZE,
    { conversationId: 'A', channelType: 'fax' },
    '422-01',
    '[Path \'/channelType\'] must be one of ["digital","voice"]',
  ],
  [
    'a message without parts',
    ANALYZE,
    { conversationId: 'A', message: {} },
    '400-01',
    "[Path '/message/sender'] is required; [Path '/message/timestamp'] is required",
  ],
  ['an empty text', ANALYZE, analysisWithMessage({ text: '' }), '422-01', "[Path '/message/text']"],
  [
    'a numeric text',
    ANALYZE,
    analysisWithMessage({ text: 5 }),
    '400-01',
    "[Path '/message/text'] must be string",
  ],
  [
    'another role',
    ANALYZE,
    analysisWithMessage({ sender: { role: 'agent', externalId: '1' } }),
    '422-01',
    '[Path \'/message/sender/role\'] must be one of ["customer"]',
  ],
  [
    'a numeric customer id',
    ANALYZE,
    analysisWithMessage({ sender: { role: 'customer', externalId: 123 } }),
    '400-01',
    "[Path '/message/sender/externalId'] must be string",
  ],
  [
    'a timestamp that is none',
    ANALYZE,
    analysisWithMessage({ timestamp: 'yesterday' }),
    '400-03',
    "[Path '/message/timestamp'] String yesterday is invalid against requested date format(s)",
  ],
  [
    'a timestamp without a zone',
    ANALYZE,
    analysisWithMessage({ timestamp: '2024-01-23T13:43:04' }),
    '400-03',
    "[Path '/message/timestamp']",
  ],
  [
    'a wrong type and a wrong format',
    ANALYZE,
    analysisWithMessage({ text: 5, timestamp: 'x' }),
    '400-01',
    "[Path '/message/text'] must be string; [Path '/message/timestamp'] String x",
  ],
  ['no auth', authenticate, { customerExternalId: 'C1' }, '400-01', "[Path '/auth'] is required"],
  [
    'no customer',
    authenticate,
    { auth: { token: 't' } },
    '400-01',
    "[Path '/customerExternalId'] is required",
  ],
  ['an empty auth', authenticate, { customerExternalId: 'C1', auth: {} }, '422-01', "[Path '/auth']"],
  [
    'headers as text',
    authenticate,
    { customerExternalId: 'C1', auth: { headers: 'x' } },
    '400-01',
    "[Path '/auth/headers'] must be object",
  ],
  [
    'a conversation without a customer',
    CONVERSATIONS,
    { externalId: 'a', timestamp: '2024-01-23T13:41:20Z' },
    '400-01',
    "[Path '/customer'] is required",
  ],
  [
    'metadata that is no text',
    CONVERSATIONS,
    {
      externalId: 'a',
      customer: { externalId: 'C1' },
      metadata: { size: 5 },
      timestamp: '2024-01-23T13:41:20Z',
    },
    '400-01',
    "[Path '/metadata/size'] must be string",
  ],
  [
    'a message of an unknown role',
    messagesPath('C0NV'),
    { ...message(), sender: { role: 'bot', externalId: '1' } },
    '422-01',
    '[Path \'/sender/role\'] must be one of ["agent","customer","system"]',
  ],
  [
    'a message without a sender',
    messagesPath('C0NV'),
    { text: 'Hi', timestamp: '2024-01-23T13:41:20Z' },
    '400-01',
    "[Path '/sender'] is required",
  ],
  ['no list of messages', `${messagesPath('C0NV')}/batch`, {}, '400-01', "[Path '/messages'] is required"],
  [
    'an empty list of messages',
    `${messagesPath('C0NV')}/batch`,
    { messages: [] },
    '422-01',
    "[Path '/messages'] must NOT have fewer than 1 items",
  ],
  [
    'one bad message among many',
    `${messagesPath('C0NV')}/batch`,
    { messages: [message(), { ...message(), timestamp: 'yesterday' }] },
    '400-03',
    "[Path '/messages/1/timestamp'] String yesterday",
  ],
  ['a lower-case id in the path', authenticatePath('abc'), CREDENTIALS, '422-01', "[Path '/conversationId']"],
  ['an unknown path', '/generativeagent/v2/analyze', {}, '404-01', 'POST /generativeagent/v2/analyze'],
  ['a body over 1 MB', ANALYZE, analysis('C0NV', 'x'.repeat(1_048_576)), '413-01', '1048576 bytes'],
];

it.each(REFUSED)('refuses %s', async (_what, url, body, code, words) => {
  const { status, data } = await clientOf(sandbox).post(url, body, {
    headers: { 'content-type': 'application/json' },
    // axios would repair a body that is no JSON.
    transformRequest: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
  });
  expect(data).toEqual({
    error: { requestId: expect.stringMatching(UUID), code, message: expect.stringContaining(words) },
  });
  expect(status).toBe(Number(code.slice(0, 3)));
  expect(sandbox.ledger.messages).toEqual([]);
  expect(sandbox.ledger.conversations.size).toBe(0);
  expect(sandbox.conversations.list()).toEqual([]);
});

it.each([
  ['without an external id', '', "[Path '/externalId'] is required"],
  ['with two external ids', '?externalId=a&externalId=b', "[Path '/externalId'] must be string"],
])('refuses a list %s', async (_what, query, words) => {
  for (const url of [CONVERSATIONS, MESSAGES_BY_EXTERNAL_ID]) {
    const { status, data } = await clientOf(sandbox).get(url + query);
    expect([status, data.error.code]).toEqual([400, '400-01']);
    expect(data.error.message).toContain(words);
  }
});

it.each([
  ['text/plain', 'text/plain'],
  ['a form', 'application/x-www-form-urlencoded'],
  ['no media type at all', 'nonsense'],
])('refuses %s as content type', async (_name, contentType) => {
  const { status, data } = await clientOf(sandbox).post(ANALYZE, JSON.stringify(analysis('C0NV')), {
    headers: { 'content-type': contentType },
  });
  expect([status, data.error.code]).toEqual([400, '400-01']);
});

it('refuses a method that the specification does not have', async () => {
  const { status, data } = await clientOf(sandbox).get(ANALYZE);
  expect([status, data.error.code]).toEqual([404, '404-01']);
});

it('changes nothing in a valid body', async () => {
  const body = { ...analysis('KEEP'), unknown: '1', inputVariables: { nested: { list: [1, null] } } };
  const { status } = await clientOf(sandbox).post(ANALYZE, body);
  expect(status).toBe(200);
  expect(sandbox.ledger.requestsOf('KEEP')[0]?.body).toEqual(body);
});

it.each(['2024-01-23T13:43:04Z', '2024-01-23T13:43:04.123456789Z', '2024-01-23T13:43:04+01:00'])(
  'accepts the timestamp %s',
  async (timestamp) => {
    const { status } = await clientOf(sandbox).post(ANALYZE, analysisWithMessage({ timestamp }));
    expect(status).toBe(200);
  },
);
