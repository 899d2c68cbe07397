import { resolve } from 'node:path';

import { loadNodePackage, type NodePackage } from '../../scripts/engine/nodePackage';
import { descriptionOf, fieldsOf, isContainer, optionValues, type Field } from './description';

let nodePackage: NodePackage;
beforeAll(async () => {
  nodePackage = await loadNodePackage(resolve(__dirname, '../..'));
});

/**
 * The names that saved workflows depend on, with what the editor makes of a field: type, whether it is required, and
 * its default. Rows may be added; a row that changes breaks somebody's workflow.
 */
const FIELDS: Record<string, Record<string, [type: string, required: boolean, defaultValue: unknown]>> = {
  'conversation: authenticate': {
    conversationId: ['string', true, ''],
    customerExternalId: ['string', true, ''],
    authInput: ['options', false, 'fields'],
    auth: ['collection', false, {}],
    'auth.token': ['string', false, ''],
    'auth.headers': ['fixedCollection', false, {}],
    'auth.headers.entry.name': ['string', false, ''],
    'auth.headers.entry.value': ['string', false, ''],
    'auth.cookies': ['fixedCollection', false, {}],
    'auth.cookies.entry.name': ['string', false, ''],
    'auth.cookies.entry.value': ['string', false, ''],
    'auth.body': ['json', false, '{}'],
    authJson: ['json', true, '{}'],
    errorHandling: ['options', false, 'onError'],
    'errorBranches.branch.name': ['string', false, ''],
    'errorBranches.branch.errors': ['multiOptions', false, []],
    'errorBranches.branch.codes': ['string', false, ''],
    'errorBranches.branch.words': ['string', false, ''],
    options: ['collection', false, {}],
    'options.streamId': ['string', false, ''],
    'options.timeout': ['number', false, 30],
    'options.maxOutage': ['number', false, 60],
  },
  'generativeAgent: analyze': {
    conversationId: ['string', true, ''],
    sendMessage: ['boolean', false, true],
    text: ['string', true, ''],
    customerExternalId: ['string', true, ''],
    addInputVariables: ['boolean', false, false],
    inputVariablesInput: ['options', false, 'fields'],
    inputVariables: ['assignmentCollection', false, {}],
    inputVariablesJson: ['json', false, '{}'],
    errorHandling: ['options', false, 'onError'],
    'errorBranches.branch.name': ['string', false, ''],
    'errorBranches.branch.errors': ['multiOptions', false, []],
    'errorBranches.branch.codes': ['string', false, ''],
    'errorBranches.branch.words': ['string', false, ''],
    options: ['collection', false, {}],
    'options.timestamp': ['dateTime', false, ''],
    'options.channelType': ['options', false, 'digital'],
    'options.taskName': ['string', false, ''],
    'options.streamId': ['string', false, ''],
    'options.lookBeforeSending': ['boolean', false, false],
    'options.timeout': ['number', false, 30],
    'options.maxOutage': ['number', false, 60],
  },
  'callTransfer: create': {
    transferId: ['string', true, ''],
    externalConversationId: ['string', true, ''],
    transferType: ['options', false, 'PHONE_NUMBER'],
    country: ['string', true, 'US'],
    sip: ['collection', false, {}],
    'sip.password': ['string', false, ''],
    'sip.returnTransferType': ['options', false, 'BYE'],
    'sip.returnUri': ['string', false, ''],
    'sip.username': ['string', false, ''],
    options: ['collection', false, {}],
    'options.inputVariables': ['fixedCollection', false, {}],
    'options.inputVariables.entry.name': ['string', false, ''],
    'options.inputVariables.entry.value': ['string', false, ''],
    'options.taskName': ['string', false, ''],
    'options.timeout': ['number', false, 30],
    'options.maxOutage': ['number', false, 60],
  },
  'callTransfer: get': {
    transferId: ['string', true, ''],
    options: ['collection', false, {}],
    'options.timeout': ['number', false, 30],
    'options.maxOutage': ['number', false, 60],
  },
  'conversation: createOrUpdate': {
    externalId: ['string', true, ''],
    customerExternalId: ['string', true, ''],
    options: ['collection', false, {}],
    'options.agentExternalId': ['string', false, ''],
    'options.agentName': ['string', false, ''],
    'options.timestamp': ['dateTime', false, ''],
    'options.customerName': ['string', false, ''],
    'options.metadata': ['fixedCollection', false, {}],
    'options.metadata.entry.name': ['string', false, ''],
    'options.metadata.entry.value': ['string', false, ''],
    'options.timeout': ['number', false, 30],
    'options.maxOutage': ['number', false, 60],
  },
  'conversation: find': {
    externalId: ['string', true, ''],
    options: ['collection', false, {}],
    'options.timeout': ['number', false, 30],
    'options.maxOutage': ['number', false, 60],
  },
  'conversation: get': {
    conversationId: ['string', true, ''],
    options: ['collection', false, {}],
    'options.timeout': ['number', false, 30],
    'options.maxOutage': ['number', false, 60],
  },
  'generativeAgent: createStream': {
    options: ['collection', false, {}],
    'options.streamId': ['string', false, ''],
    'options.timeout': ['number', false, 30],
    'options.maxOutage': ['number', false, 60],
  },
  'generativeAgent: getState': {
    findBy: ['options', false, 'conversationId'],
    conversationId: ['string', true, ''],
    externalId: ['string', true, ''],
    options: ['collection', false, {}],
    'options.timeout': ['number', false, 30],
    'options.maxOutage': ['number', false, 60],
  },
  'message: create': {
    conversationId: ['string', true, ''],
    text: ['string', true, ''],
    senderRole: ['options', false, 'customer'],
    senderExternalId: ['string', true, ''],
    options: ['collection', false, {}],
    'options.timestamp': ['dateTime', false, ''],
    'options.lookBeforeSending': ['boolean', false, false],
    'options.timeout': ['number', false, 30],
    'options.maxOutage': ['number', false, 60],
  },
  'message: createMany': {
    conversationId: ['string', true, ''],
    messages: ['json', true, '[]'],
    options: ['collection', false, {}],
    'options.timeout': ['number', false, 30],
    'options.maxOutage': ['number', false, 60],
  },
  'message: get': {
    conversationId: ['string', true, ''],
    messageId: ['string', true, ''],
    options: ['collection', false, {}],
    'options.timeout': ['number', false, 30],
    'options.maxOutage': ['number', false, 60],
  },
  'message: getAll': {
    findBy: ['options', false, 'conversationId'],
    conversationId: ['string', true, ''],
    externalId: ['string', true, ''],
    returnAll: ['boolean', false, false],
    limit: ['number', false, 50],
    options: ['collection', false, {}],
    'options.timeout': ['number', false, 30],
    'options.maxOutage': ['number', false, 60],
  },
  'summary: freeText': {
    findBy: ['options', false, 'conversationId'],
    conversationId: ['string', true, ''],
    externalConversationId: ['string', true, ''],
    issueId: ['string', true, ''],
    options: ['collection', false, {}],
    'options.agentExternalId': ['string', false, ''],
    'options.language': ['string', false, ''],
    'options.timeout': ['number', false, 30],
    'options.maxOutage': ['number', false, 60],
  },
  'summary: intent': {
    findBy: ['options', false, 'conversationId'],
    conversationId: ['string', true, ''],
    externalConversationId: ['string', true, ''],
    issueId: ['string', true, ''],
    options: ['collection', false, {}],
    'options.timeout': ['number', false, 30],
    'options.maxOutage': ['number', false, 60],
  },
  'summary: sendFeedback': {
    conversationId: ['string', true, ''],
    summaryId: ['string', true, ''],
    summaryText: ['string', true, ''],
    options: ['collection', false, {}],
    'options.agentExternalId': ['string', false, ''],
    'options.timeout': ['number', false, 30],
    'options.maxOutage': ['number', false, 60],
  },
  'summary: structuredData': {
    findBy: ['options', false, 'conversationId'],
    conversationId: ['string', true, ''],
    externalConversationId: ['string', true, ''],
    issueId: ['string', true, ''],
    options: ['collection', false, {}],
    'options.agentExternalId': ['string', false, ''],
    'options.timeout': ['number', false, 30],
    'options.maxOutage': ['number', false, 60],
  },
};

/** The values of lists that are saved in workflows, in any order. */
const VALUES: Record<string, string[]> = {
  authInput: ['fields', 'json'],
  inputVariablesInput: ['fields', 'json'],
  'options.channelType': ['digital', 'voice'],
  errorHandling: ['onError', 'branches'],
  senderRole: ['agent', 'customer', 'system'],
  transferType: ['PHONE_NUMBER', 'SIP'],
  'sip.returnTransferType': ['BYE', 'INVITE', 'REFER'],
};

/** The IDs by which an operation finds a conversation. */
const FIND_BY: Record<string, string[]> = {
  'message: getAll': ['conversationId', 'externalId'],
  'generativeAgent: getState': ['conversationId', 'externalId'],
  'summary: freeText': ['conversationId', 'externalConversationId', 'issueId'],
  'summary: structuredData': ['conversationId', 'externalConversationId', 'issueId'],
  'summary: intent': ['conversationId', 'externalConversationId', 'issueId'],
};

/** Fields whose value is a secret. */
const MASKED = ['auth.token', 'auth.headers.entry.value', 'auth.cookies.entry.value'];

function fieldsOfPair(pair: string): Field[] {
  const [resource = '', operation = ''] = pair.split(': ');
  return fieldsOf(descriptionOf(nodePackage), resource, operation);
}

function allFields(): Array<[string, Field]> {
  return Object.keys(FIELDS).flatMap((pair) =>
    fieldsOfPair(pair).map((field): [string, Field] => [`${pair}: ${field.path}`, field]),
  );
}

/** Names of the fields for which `isRight` does not hold. */
function wrong(isRight: (field: Field) => boolean): string[] {
  const fields = allFields();
  expect(fields.length).toBeGreaterThan(20);
  return fields.flatMap(([name, field]) => (isRight(field) ? [] : [name]));
}

test('the node and its version', () => {
  const description = descriptionOf(nodePackage);
  expect(description).toMatchObject({ name: 'asapp', displayName: 'ASAPP', version: 1 });
  expect(description.credentials).toEqual([{ name: 'asappApi', required: true }]);
});

test('the resources, and the operations of each', () => {
  const { properties } = descriptionOf(nodePackage);
  const resource = properties.find(({ name }) => name === 'resource');
  expect(optionValues(resource!)).toEqual(expect.arrayContaining(['conversation', 'generativeAgent']));
  const operations = properties
    .filter(({ name }) => name === 'operation')
    .flatMap((property) =>
      optionValues(property).map(
        (value) => `${String(property.displayOptions?.show?.resource)}: ${String(value)}`,
      ),
    );
  expect(operations).toEqual(expect.arrayContaining(Object.keys(FIELDS)));
});

test.each(
  Object.entries(FIELDS).flatMap(([pair, fields]) =>
    Object.entries(fields).map(([path, shape]) => [pair, path, ...shape] as const),
  ),
)('%s has %s', (pair, path, type, required, defaultValue) => {
  const field = fieldsOfPair(pair).find((candidate) => candidate.path === path);
  const { type: actual, required: isRequired = false, default: actualDefault } = field?.property ?? {};
  expect([actual, isRequired, actualDefault]).toEqual([type, required, defaultValue]);
});

test.each(Object.entries(VALUES))('the values of %s', (path, values) => {
  const fields = allFields().filter(([, field]) => field.path === path);
  expect(fields).not.toEqual([]);
  for (const [, { property }] of fields)
    expect(optionValues(property)).toEqual(expect.arrayContaining(values));
});

test.each(Object.entries(FIND_BY))('the values of findBy of %s', (pair, values) => {
  const field = fieldsOfPair(pair).find(({ path }) => path === 'findBy');
  expect(optionValues(field!.property)).toEqual(values);
  // With an expression, n8n shows and requires the IDs of all of these operations at once.
  expect(field!.property.noDataExpression).toBe(true);
});

test('the password of SIP is not shown while it is typed', () => {
  const field = fieldsOfPair('callTransfer: create').find(({ path }) => path === 'sip.password');
  expect(field?.property.typeOptions?.password).toBe(true);
});

test.each(MASKED)('%s is not shown while it is typed', (path) => {
  const field = fieldsOfPair('conversation: authenticate').find((candidate) => candidate.path === path);
  expect(field?.property.typeOptions?.password).toBe(true);
});

test('the message text has several rows', () => {
  const field = fieldsOfPair('generativeAgent: analyze').find(({ path }) => path === 'text');
  expect(field?.property.typeOptions?.rows).toBeGreaterThan(1);
});

test('the fields of the credential', () => {
  const { name, displayName, properties } = nodePackage.credentialType('asappApi');
  expect([name, displayName]).toEqual(['asappApi', 'ASAPP API']);
  const byName = new Map(properties.map((property) => [property.name, property]));
  expect(byName.get('environment')).toMatchObject({ type: 'options', default: 'sandbox' });
  expect(optionValues(byName.get('environment')!)).toEqual(['sandbox', 'production', 'custom']);
  expect(byName.get('baseUrl')).toMatchObject({
    type: 'string',
    displayOptions: { show: { environment: ['custom'] } },
  });
  expect(byName.get('apiId')).toMatchObject({ type: 'string', required: true });
  expect(byName.get('apiSecret')).toMatchObject({
    type: 'string',
    required: true,
    typeOptions: { password: true },
  });
});

test('the connection test asks for the health of the platform', () => {
  const { test: connectionTest } = nodePackage.credentialType('asappApi');
  expect(connectionTest?.request).toMatchObject({
    method: 'GET',
    url: '/v1/health',
    disableFollowRedirect: true,
  });
  expect(connectionTest?.rules?.map(({ properties }) => properties)).toMatchObject([
    { value: 401 },
    { value: 403 },
  ]);
});

test('every field says what it is for', () => {
  // "Options" speaks for itself.
  expect(
    wrong(({ path, property }) => path === 'options' || /^\S.{8,}$/s.test(property.description ?? '')),
  ).toEqual([]);
});

test('every text and JSON field shows an example', () => {
  // There is no example of a secret that would help.
  const isExempt = ({ path }: Field): boolean => /^auth\.(headers|cookies)\.entry\.value$/.test(path);
  expect(
    wrong((field) => {
      const { type, placeholder = '' } = field.property;
      return isExempt(field) || (type !== 'string' && type !== 'json') || /^e\.g\. \S/.test(placeholder);
    }),
  ).toEqual([]);
});

test('the examples of JSON fields are JSON objects', () => {
  const examples = allFields().flatMap(([, { property }]) =>
    property.type === 'json' ? [JSON.parse(property.placeholder?.replace('e.g. ', '') ?? '') as unknown] : [],
  );
  expect(examples.length).toBeGreaterThan(2);
  for (const example of examples) expect(Object.keys(example as object)).not.toEqual([]);
});

test('every collection says what it adds', () => {
  expect(wrong((field) => !isContainer(field) || /^Add \S/.test(field.property.placeholder ?? ''))).toEqual(
    [],
  );
});
