import type { INodeParameters } from 'n8n-workflow';

import { runAsapp, useAsapp } from '../../support/asapp';
import { parametersOf } from '../../support/parameters';
import { refusal } from '../../support/refusal';

const asapp = useAsapp();

const empty = (field: string) => `'${field}' is empty: enter a value, or check that its expression finds one`;
const notOwn = (shown: string) =>
  `'Conversation ID' must be ASAPP's own ID, in capital letters and digits only (e.g. 01BX5ZZKBKACTAV9WEVGEMMVS0); this item has ${shown}`;
const inexact = (field: string) => `'${field}' is a number that cannot be sent exactly: give it as text`;
const NOTHING = '={{ $json.nope }}';

/** The required texts of each operation: parameter, its name in the editor, and what has to be chosen for it. */
const REQUIRED: Array<[name: string, parameter: string, field: string, changes: INodeParameters]> = [
  ['callTransfer.create', 'transferId', 'Transfer ID', {}],
  ['callTransfer.create', 'externalConversationId', 'External Conversation ID', {}],
  ['callTransfer.create', 'country', 'Country', {}],
  ['callTransfer.get', 'transferId', 'Transfer ID', {}],
  ['conversation.createOrUpdate', 'externalId', 'External ID', {}],
  ['conversation.createOrUpdate', 'customerExternalId', 'Customer External ID', {}],
  ['conversation.find', 'externalId', 'External ID', {}],
  ['conversation.get', 'conversationId', 'Conversation ID', {}],
  ['generativeAgent.getState', 'conversationId', 'Conversation ID', {}],
  ['generativeAgent.getState', 'externalId', 'External ID', { findBy: 'externalId' }],
  ['message.create', 'conversationId', 'Conversation ID', {}],
  ['message.create', 'text', 'Message Text', {}],
  ['message.create', 'senderExternalId', 'Sender External ID', {}],
  ['message.createMany', 'conversationId', 'Conversation ID', {}],
  ['message.createMany', 'messages', 'Messages', {}],
  ['message.get', 'conversationId', 'Conversation ID', {}],
  ['message.get', 'messageId', 'Message ID', {}],
  ['message.getAll', 'conversationId', 'Conversation ID', {}],
  ['message.getAll', 'externalId', 'External ID', { findBy: 'externalId' }],
  ['summary.freeText', 'conversationId', 'Conversation ID', {}],
  [
    'summary.freeText',
    'externalConversationId',
    'External Conversation ID',
    { findBy: 'externalConversationId' },
  ],
  ['summary.intent', 'issueId', 'Issue ID', { findBy: 'issueId' }],
  ['summary.structuredData', 'issueId', 'Issue ID', { findBy: 'issueId' }],
  ['summary.sendFeedback', 'conversationId', 'Conversation ID', {}],
  ['summary.sendFeedback', 'summaryId', 'Summary ID', {}],
  ['summary.sendFeedback', 'summaryText', 'Summary Text', {}],
];

describe('a required field', () => {
  test.each(REQUIRED)('of %s, %s, is there', async (name, parameter, field, changes) => {
    for (const value of [NOTHING, '={{ "" }}']) {
      expect(await refusal(asapp, parametersOf(name, { ...changes, [parameter]: value }))).toBe(empty(field));
    }
  });

  test.each(REQUIRED.filter(([, parameter]) => parameter !== 'messages'))(
    'of %s, %s, is text',
    async (name, parameter, field, changes) => {
      const parameters = parametersOf(name, { ...changes, [parameter]: '={{ ({a: 1}) }}' });
      expect(await refusal(asapp, parameters)).toBe(`'${field}' must be text; this item has an object`);
    },
  );

  test.each(REQUIRED.filter(([, parameter]) => parameter === 'conversationId'))(
    "of %s, %s, is ASAPP's own ID",
    async (name) => {
      for (const [id, shown] of [
        ['ticket-1', '"ticket-1"'],
        ['01bx5zzkbk', '"01bx5zzkbk"'],
        ['A/../B', '"A/../B"'],
        ['A B', '"A B"'],
        ['ÄÖ', '"<U+00C4><U+00D6>"'],
      ] as const) {
        const parameters = parametersOf(name, { conversationId: id });
        expect(await refusal(asapp, parameters)).toBe(notOwn(shown));
      }
    },
  );
});

const CREATE_OR_UPDATE = 'conversation.createOrUpdate';
const TRANSFER = 'callTransfer.create';
const SIP = { transferType: 'SIP' };

test.each<[name: string, changes: INodeParameters, message: string]>([
  [
    'message.create',
    { senderRole: '={{ "boss" }}' },
    '\'Sender Role\' must be agent or customer or system; this item has "boss"',
  ],
  [
    'message.getAll',
    { findBy: 'phone' },
    '\'Find By\' must be conversationId or externalId; this item has "phone"',
  ],
  [
    'summary.intent',
    { findBy: 'externalId' },
    '\'Find By\' must be conversationId or externalConversationId or issueId; this item has "externalId"',
  ],
  [
    TRANSFER,
    { transferType: '={{ "FAX" }}' },
    '\'Transfer Type\' must be PHONE_NUMBER or SIP; this item has "FAX"',
  ],
  [
    TRANSFER,
    { ...SIP, sip: { returnTransferType: '={{ "DROP" }}' } },
    '\'Return Transfer Type\' must be BYE or INVITE or REFER; this item has "DROP"',
  ],
  [
    TRANSFER,
    { country: '={{ "USA" }}' },
    '\'Country\' must be two letters such as US or GB (ISO 3166); this item has "USA"',
  ],
  [TRANSFER, { ...SIP, sip: { password: NOTHING } }, empty('Password')],
  [TRANSFER, { ...SIP, sip: { username: NOTHING } }, empty('Username')],
  [TRANSFER, { ...SIP, sip: { returnUri: '={{ [1] }}' } }, "'Return URI' must be text; this item has a list"],
  [
    TRANSFER,
    { options: { inputVariables: { entry: [{ name: 'plan', value: '={{ ({a: 1}) }}' }] } } },
    "'Input Variables → plan' must be text; this item has an object",
  ],
  [
    TRANSFER,
    { options: { inputVariables: { entry: [{ name: ' ', value: 'x' }] } } },
    "'Input Variables' has a row without a name",
  ],
  [TRANSFER, { options: { taskName: '={{ 1.5 }}' } }, inexact('Task Name')],
  [
    CREATE_OR_UPDATE,
    { options: { agentName: 'Nathan' } },
    "'Agent Name' needs 'Agent External ID', which is empty",
  ],
  [
    CREATE_OR_UPDATE,
    { options: { agentName: 'Nathan', agentExternalId: NOTHING } },
    "'Agent Name' needs 'Agent External ID', which is empty",
  ],
  [
    CREATE_OR_UPDATE,
    { options: { metadata: { entry: [{ name: 'queue', value: '={{ [1] }}' }] } } },
    "'Metadata → queue' must be text; this item has a list",
  ],
  [CREATE_OR_UPDATE, { externalId: '={{ 1.10 }}' }, inexact('External ID')],
  ['message.get', { messageId: '={{ 2 ** 60 }}' }, inexact('Message ID')],
  [
    'message.create',
    { options: { timestamp: 'soon' } },
    '\'Message Timestamp\' must be a date and time such as 2026-01-31T09:30:00Z, or a number of seconds or milliseconds since 1970, from 2000 to 2100; this item has "soon"',
  ],
  [
    'generativeAgent.createStream',
    { options: { streamId: '={{ true }}' } },
    "'Stream ID' must be text; this item has true or false",
  ],
  ...['0', '-1', '1.5', '100001', 'many'].map((limit): [string, INodeParameters, string] => [
    'message.getAll',
    { returnAll: false, limit: `={{ ${JSON.stringify(limit)} }}` },
    "'Limit' must be a whole number from 1 to 100000",
  ]),
  ['message.getAll', { returnAll: '={{ "all" }}' }, "'Return All' must be true or false"],
])('%s refuses %j', async (name, changes, message) => {
  expect(await refusal(asapp, parametersOf(name, changes))).toBe(message);
});

describe('what was not chosen', () => {
  test.each<[name: string, changes: INodeParameters]>([
    ['message.getAll', { findBy: 'externalId', externalId: 'ticket-1', conversationId: 'not an ID' }],
    [
      'summary.intent',
      { findBy: 'issueId', issueId: 'I1', conversationId: NOTHING, externalConversationId: '' },
    ],
    ['callTransfer.create', { ...SIP, country: 'nowhere' }],
    ['callTransfer.create', { sip: { password: NOTHING } }],
    ['message.getAll', { findBy: 'externalId', externalId: 'ticket-1', returnAll: true, limit: 0 }],
  ])('does not matter: %s with %j', async (name, changes) => {
    const { json, error } = await runAsapp(asapp, { parameters: parametersOf(name, changes) });
    expect(error).toBeUndefined();
    for (const item of json) expect(item).not.toHaveProperty('error');
    expect(asapp.sandbox.ledger.requests).toMatchObject([{ status: 200 }]);
  });
});
