import type { INodeParameters } from 'n8n-workflow';

import { RESOURCES } from '../../../nodes/Asapp/operations';
import { exampleOf } from '../../../sandbox/schemaValues';
import { loadSpecification } from '../../../sandbox/specification';
import { runAsapp, useAsapp } from '../../support/asapp';
import { CONVERSATION_ID, parametersOf } from '../../support/parameters';
import { startHttpServer, type ArrivedRequest } from '../../support/servers';

const asapp = useAsapp();
const calls = new Map(loadSpecification().operations.map((call) => [call.operationId, call]));
const endpoints = new Map(
  RESOURCES.flatMap(({ option, operations }) =>
    operations.map((operation) => [`${option.value}.${operation.option.value}`, operation.endpoints]),
  ),
);

/** The request of an item as it is on the wire; it is answered with the example of the specification. */
async function sent(name: string, changes: INodeParameters = {}): Promise<ArrivedRequest> {
  const success = calls.get(endpoints.get(name)?.[0] ?? '')?.success;
  const server = await startHttpServer((_request, response) => {
    response.writeHead(success?.status ?? 500, { 'content-type': 'application/json' });
    response.end(success?.body === undefined ? undefined : JSON.stringify(exampleOf(success.body)));
  });
  try {
    const { error } = await runAsapp(asapp, {
      parameters: parametersOf(name, changes),
      credential: asapp.credential({ baseUrl: server.url }),
    });
    expect(error).toBeUndefined();
    expect(server.requests).toHaveLength(1);
    return server.requests[0]!;
  } finally {
    await server.close();
  }
}

/** An ID of somebody who did not think of URLs, as it has to stand in a path and in a query. */
const ODD = 'a/b?c#d é&+%';
const IN_PATH = 'a%2Fb%3Fc%23d%20%C3%A9%26%2B%25';
const IN_QUERY = 'a%2Fb%3Fc%23d+%C3%A9%26%2B%25';

const CONVERSATIONS = '/conversation/v1/conversations';
const CALL_TRANSFERS = '/generativeagent/v1/call-transfers';
const AT = '2024-01-23T13:41:20Z';
const rows = (...entries: Array<[string, string]>): INodeParameters => ({
  entry: entries.map(([name, value]) => ({ name, value })),
});

/** An operation with every field filled, and the request that it comes to. */
const FULL: Array<[name: string, changes: INodeParameters, request: string, body?: unknown]> = [
  [
    'conversation.createOrUpdate',
    {
      externalId: ODD,
      customerExternalId: 4711,
      options: {
        customerName: 'Kim Doe',
        agentExternalId: 'agent-1',
        agentName: 'Nathan',
        metadata: rows(['queue', 'some "queue"'], ['__proto__', 'text']),
        timestamp: AT,
      },
    },
    `POST ${CONVERSATIONS}`,
    '{"externalId":"a/b?c#d é&+%","customer":{"externalId":"4711","name":"Kim Doe"},"agent":{"externalId":"agent-1","name":"Nathan"},"metadata":{"queue":"some \\"queue\\"","__proto__":"text"},"timestamp":"2024-01-23T13:41:20.000Z"}',
  ],
  ['conversation.find', { externalId: ODD }, `GET ${CONVERSATIONS}?externalId=${IN_QUERY}`],
  ['conversation.get', { conversationId: ' C1\n' }, `GET ${CONVERSATIONS}/C1`],
  [
    'message.create',
    {
      conversationId: 'C1',
      text: ' a\n"b"\t\\ 你好 👩‍👩‍👧 ',
      senderRole: 'system',
      senderExternalId: ODD,
      options: { timestamp: AT },
    },
    `POST ${CONVERSATIONS}/C1/messages`,
    '{"text":" a\\n\\"b\\"\\t\\\\ 你好 👩‍👩‍👧 ","sender":{"role":"system","externalId":"a/b?c#d é&+%"},"timestamp":"2024-01-23T13:41:20.000Z"}',
  ],
  [
    'message.createMany',
    {
      conversationId: 'C1',
      messages: `[{"timestamp": "${AT}", "sender": {"externalId": 7, "role": "agent"}, "text": "Hi"}, {"text": 5, "sender": {"role": "system", "externalId": "bot"}, "timestamp": "2024-01-23T13:41:20.123456789Z"}]`,
    },
    `POST ${CONVERSATIONS}/C1/messages/batch`,
    '{"messages":[{"text":"Hi","sender":{"role":"agent","externalId":"7"},"timestamp":"2024-01-23T13:41:20.000Z"},{"text":"5","sender":{"role":"system","externalId":"bot"},"timestamp":"2024-01-23T13:41:20.123456789Z"}]}',
  ],
  ['message.get', { messageId: ODD }, `GET ${CONVERSATIONS}/${CONVERSATION_ID}/messages/${IN_PATH}`],
  [
    'message.get',
    { messageId: '0189f7e2-aa01-7cde-b8e5-0a1b2c3d4e5f' },
    `GET ${CONVERSATIONS}/${CONVERSATION_ID}/messages/0189f7e2-aa01-7cde-b8e5-0a1b2c3d4e5f`,
  ],
  ['message.getAll', {}, `GET ${CONVERSATIONS}/${CONVERSATION_ID}/messages`],
  [
    'message.getAll',
    { findBy: 'externalId', externalId: ODD },
    `GET /conversation/v1/conversation/messages?externalId=${IN_QUERY}`,
  ],
  ['generativeAgent.getState', {}, `GET /generativeagent/v1/state?conversationId=${CONVERSATION_ID}`],
  [
    'generativeAgent.getState',
    { findBy: 'externalId', externalId: ODD },
    `GET /generativeagent/v1/state?externalId=${IN_QUERY}`,
  ],
  [
    'generativeAgent.createStream',
    { options: { streamId: ODD } },
    'POST /generativeagent/v1/streams',
    '{"streamId":"a/b?c#d é&+%"}',
  ],
  [
    'callTransfer.create',
    {
      transferId: ODD,
      externalConversationId: ODD,
      country: 'de',
      options: {
        taskName: 'UpgradePlan',
        inputVariables: rows(['plan', 'GOLD'], ['customer.since', '2020']),
      },
    },
    `POST ${CALL_TRANSFERS}`,
    '{"id":"a/b?c#d é&+%","externalConversationId":"a/b?c#d é&+%","type":"PHONE_NUMBER","phoneNumber":{"country":"DE"},"inputContext":{"taskName":"UpgradePlan","inputVariables":{"plan":"GOLD","customer.since":"2020"}}}',
  ],
  [
    'callTransfer.create',
    {
      transferType: 'SIP',
      sip: {
        returnTransferType: 'REFER',
        returnUri: 'sip:back@example.com:5060;transport=tls?X=1',
        username: 'sip-user',
        password: 'p "ä" ',
      },
    },
    `POST ${CALL_TRANSFERS}`,
    '{"id":"T1","externalConversationId":"ticket-1","type":"SIP","sip":{"returnTransferType":"REFER","returnUri":"sip:back@example.com:5060;transport=tls?X=1","returnInviteAuthentication":{"username":"sip-user","password":"p \\"ä\\" "}}}',
  ],
  ['callTransfer.get', { transferId: ODD }, `GET ${CALL_TRANSFERS}/${IN_PATH}`],
  [
    'summary.freeText',
    { findBy: 'externalConversationId', externalConversationId: ODD, options: { agentExternalId: ODD } },
    'POST /autosummary/v1/free-text-summaries',
    '{"externalConversationId":"a/b?c#d é&+%","agentExternalId":"a/b?c#d é&+%"}',
  ],
  [
    'summary.structuredData',
    { findBy: 'issueId', issueId: 5544332211, options: { agentExternalId: 'agent-1' } },
    'POST /autosummary/v1/structured-data',
    '{"issueId":"5544332211","agentExternalId":"agent-1"}',
  ],
  [
    'summary.intent',
    { findBy: 'externalConversationId', externalConversationId: ODD },
    'POST /autosummary/v1/intent',
    '{"externalConversationId":"a/b?c#d é&+%"}',
  ],
  [
    'summary.sendFeedback',
    { summaryId: 'abc-1', summaryText: ' All\n"well" ', options: { agentExternalId: ODD } },
    `POST /autosummary/v1/feedback/free-text-summaries/${CONVERSATION_ID}?agentExternalId=${IN_QUERY}`,
    '{"summaryId":"abc-1","summaryText":" All\\n\\"well\\" "}',
  ],
];

/** The body of a POST with the required fields only; `*` is the moment of sending. */
const SHORTEST: Array<{ name: string; expected: string; changes?: INodeParameters }> = [
  {
    name: 'conversation.createOrUpdate',
    expected: '{"externalId":"ticket-1","customer":{"externalId":"customer-xyz"},"timestamp":"*"}',
  },
  {
    name: 'message.create',
    changes: { options: { timestamp: '' } },
    expected: '{"text":"Hello","sender":{"role":"agent","externalId":"agent-1"},"timestamp":"*"}',
  },
  {
    name: 'message.createMany',
    expected:
      '{"messages":[{"text":"Hello","sender":{"role":"customer","externalId":"customer-xyz"},"timestamp":"*"}]}',
  },
  { name: 'generativeAgent.createStream', expected: '{}' },
  {
    name: 'callTransfer.create',
    changes: { options: { inputVariables: {}, taskName: ' ' } },
    expected:
      '{"id":"T1","externalConversationId":"ticket-1","type":"PHONE_NUMBER","phoneNumber":{"country":"US"}}',
  },
  {
    name: 'callTransfer.create',
    changes: { transferType: 'SIP' },
    expected: '{"id":"T1","externalConversationId":"ticket-1","type":"SIP","sip":{}}',
  },
  {
    name: 'summary.freeText',
    changes: { options: { language: '' } },
    expected: `{"conversationId":"${CONVERSATION_ID}"}`,
  },
  { name: 'summary.structuredData', expected: `{"conversationId":"${CONVERSATION_ID}"}` },
  { name: 'summary.intent', expected: `{"conversationId":"${CONVERSATION_ID}"}` },
  { name: 'summary.sendFeedback', expected: '{"summaryId":"S1","summaryText":"All is well."}' },
];

describe('what is sent with every field', () => {
  test.each(FULL)('by %s with %j', async (name, changes, request, body = '') => {
    const { method, path, headers, body: text } = await sent(name, changes);
    expect(`${method} ${path}`).toBe(request);
    expect(text).toBe(body);
    const { apiId, apiSecret } = asapp.sandbox;
    expect(headers).toMatchObject({
      'asapp-api-id': apiId,
      'asapp-api-secret': apiSecret,
      accept: 'application/json',
    });
    expect(headers['content-type']).toBe(method === 'POST' ? 'application/json' : undefined);
    expect(headers['accept-language']).toBeUndefined();
  });

  test('is tried for every operation that is new', () => {
    const tried = new Set(FULL.map(([name]) => name));
    const others = [...endpoints.keys()].filter((name) => !tried.has(name));
    expect(others.sort()).toEqual(['conversation.authenticate', 'generativeAgent.analyze']);
  });

  test('a language is a header, and nothing of the body', async () => {
    const { headers, body } = await sent('summary.freeText', { options: { language: 'fr-CA' } });
    expect(headers['accept-language']).toBe('fr-CA');
    expect(body).not.toContain('fr-CA');
  });
});

describe('what is sent with the required fields only', () => {
  test.each(SHORTEST)('by $name: $expected', async ({ name, changes, expected }) => {
    const before = Date.now();
    const { path, body } = await sent(name, changes);
    const times = [...body.matchAll(/"timestamp":"([^"]+)"/g)].map(([, time = '']) => Date.parse(time));
    for (const time of times) {
      expect(time).toBeGreaterThanOrEqual(before);
      expect(time).toBeLessThanOrEqual(Date.now());
    }
    expect(body.replace(/("timestamp":")[^"]+/g, '$1*')).toBe(expected);
    expect(path).not.toContain('?');
  });

  test('each message of a batch of 300 is later than the one before', async () => {
    const message = { text: 'x', sender: { role: 'customer', externalId: 'c-1' } };
    const messages = JSON.stringify(Array.from({ length: 300 }, () => message));
    const { body } = await sent('message.createMany', { messages });
    const times = (JSON.parse(body) as { messages: Array<{ timestamp: string }> }).messages.map(
      ({ timestamp }) => timestamp,
    );
    expect(new Set(times).size).toBe(300);
    expect([...times].sort()).toEqual(times);
    for (const time of times) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,12}Z$/);
  });
});
