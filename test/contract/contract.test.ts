import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { ERROR_KINDS } from '../../nodes/Asapp/errors/errorKinds';
import { resolveBaseUrl } from '../../nodes/Asapp/transport/baseUrl';
import type { RequestRecord } from '../../sandbox';
import { runAsapp, useAsapp } from '../support/asapp';
import { analyzeParameters, authenticateParameters, CONVERSATION_ID } from '../support/parameters';
import { descriptionOf, fieldsOf, isContainer, optionValues, type Field } from './description';
import {
  KEY_HEADERS,
  leavesOfSchema,
  leavesOfValue,
  schemaAt,
  SERVERS,
  specifiedOperation,
} from './specification';

const asapp = useAsapp();

/** Fields that any operation may have and that never reach ASAPP; design section 2 reserves these names. */
const RESERVED = [
  /^errorHandling$/,
  /^errorBranches\.branch\.(name|errors|codes)$/,
  /^waitForReply$/,
  /^options\.(maxConcurrency|maxRequestsPerSecond|maxRetries|replyTimeout)$/,
];

interface Case {
  operationId: string;
  resource: string;
  operation: string;
  successStatus: number;
  /** Where the fields go: path in the contract -> paths of the fields that fill it. */
  mapping: Record<string, string[]>;
  /** Paths of the contract that have no field because the node always sends the same. */
  constants: Record<string, string>;
  /** Fields that steer the node and are not sent. */
  notSent: string[];
  /** Parameters with every field filled, once for each way to fill it. */
  filled: Record<string, INodeParameters>;
}

const ROW = { entry: [{ name: 'name', value: 'value' }] };
const FILLED_OPTIONS = {
  channelType: 'voice',
  streamId: 'S',
  taskName: 'T',
  timestamp: '2021-11-23T12:13:14Z',
};

const CASES: Case[] = [
  {
    operationId: 'postAuthenticate',
    resource: 'conversation',
    operation: 'authenticate',
    successStatus: 204,
    mapping: {
      'path.conversationId': ['conversationId'],
      'body.streamId': ['options.streamId'],
      'body.customerExternalId': ['customerExternalId'],
      'body.auth.body': ['auth.body', 'authJson'],
      'body.auth.cookies': ['auth.cookies.entry.name', 'auth.cookies.entry.value', 'authJson'],
      'body.auth.headers': ['auth.headers.entry.name', 'auth.headers.entry.value', 'authJson'],
      'body.auth.token': ['auth.token', 'authJson'],
    },
    constants: {},
    notSent: ['authInput', 'options.timeout'],
    filled: {
      fields: authenticateParameters({
        auth: { token: 't', headers: ROW, cookies: ROW, body: '{"a": 1}' },
        options: { streamId: 'S' },
      }),
      JSON: authenticateParameters({
        authInput: 'json',
        authJson: '{"token": "t", "headers": {"a": "b"}, "cookies": {"a": "b"}, "body": {"a": 1}}',
        options: { streamId: 'S' },
      }),
    },
  },
  {
    operationId: 'postAnalyze',
    resource: 'generativeAgent',
    operation: 'analyze',
    successStatus: 200,
    mapping: {
      'body.streamId': ['options.streamId'],
      'body.conversationId': ['conversationId'],
      'body.taskName': ['options.taskName'],
      'body.inputVariables': ['inputVariables', 'inputVariablesJson'],
      'body.message.text': ['text'],
      'body.message.sender.externalId': ['customerExternalId'],
      'body.message.timestamp': ['options.timestamp'],
      'body.channelType': ['options.channelType'],
    },
    constants: { 'body.message.sender.role': 'customer' },
    notSent: ['sendMessage', 'inputVariablesInput', 'options.timeout'],
    filled: {
      fields: analyzeParameters({
        inputVariables: { assignments: [{ id: '1', name: 'a.b', type: 'string', value: 'c' }] },
        options: FILLED_OPTIONS,
      }),
      JSON: analyzeParameters({
        inputVariablesInput: 'json',
        inputVariablesJson: '{"a": {"b": "c"}}',
        options: FILLED_OPTIONS,
      }),
    },
  },
];

describe.each(CASES)('$operationId', (row) => {
  const specified = specifiedOperation(row.operationId);
  const contractPaths = [
    ...Object.keys(specified.pathParameters).map((name) => `path.${name}`),
    ...leavesOfSchema(specified.body, 'body'),
  ];

  function fields(): Field[] {
    return fieldsOf(descriptionOf(asapp.nodePackage), row.resource, row.operation);
  }

  function valueFields(): string[] {
    return fields().flatMap((field) => (isContainer(field) ? [] : [field.path]));
  }

  test('everything that can be sent has a field, and every mapping leads to the contract', () => {
    const mapped = [...Object.keys(row.mapping), ...Object.keys(row.constants)];
    expect(mapped.sort()).toEqual([...contractPaths].sort());
  });

  test('every mapped field is in the description', () => {
    expect(valueFields()).toEqual(
      expect.arrayContaining([...Object.values(row.mapping).flat(), ...row.notSent]),
    );
  });

  test('every field goes somewhere, or is known to go nowhere', () => {
    const known = [...Object.values(row.mapping).flat(), ...row.notSent];
    const unknown = valueFields().filter(
      (path) => !known.includes(path) && !RESERVED.some((reserved) => reserved.test(path)),
    );
    expect(unknown).toEqual([]);
  });

  test.each(Object.entries(row.filled))(
    'with every field filled (%s), the whole contract is sent',
    async (_way, parameters) => {
      const { error } = await runAsapp(asapp, { parameters });
      expect(error).toBeUndefined();
      const [request, ...others] = asapp.sandbox.ledger.requests as [RequestRecord];
      expect(others).toEqual([]);
      expect(request.path).toBe(specified.path.replace('{conversationId}', CONVERSATION_ID));
      expect(request.status).toBe(row.successStatus);
      expect(request.credentialsRight).toBe(true);
      expect(Object.keys(request.headers)).toEqual(expect.arrayContaining(KEY_HEADERS));
      const sent = leavesOfValue(specified.body, request.body, 'body');
      expect(sent.sort()).toEqual(contractPaths.filter((path) => path.startsWith('body.')).sort());
      for (const [path, value] of Object.entries(row.constants)) {
        expect(at(request.body, path)).toBe(value);
        expect(schemaAt(specified.body, path.replace('body.', '')).enum).toEqual([value]);
      }
    },
  );

  test('required by the contract is required by the node, or filled by it', () => {
    const filledByTheNode = ['body.message.timestamp'];
    const required = contractPaths.filter((path) => {
      const [root, ...keys] = path.split('.');
      if (root === 'path') return true;
      const parent =
        keys.length === 1 ? specified.body : schemaAt(specified.body, keys.slice(0, -1).join('.'));
      const whole = '$ref' in parent ? schemaAt({ properties: { parent } }, 'parent') : parent;
      return whole.required?.includes(keys.at(-1) ?? '') === true;
    });
    expect(required.length).toBeGreaterThan(0);
    const properties = new Map(fields().map(({ path, property }) => [path, property]));
    const optional = required
      .filter((path) => !filledByTheNode.includes(path) && !(path in row.constants))
      .filter((path) => row.mapping[path]?.some((field) => properties.get(field)?.required !== true));
    expect(optional).toEqual([]);
  });

  test('its success and each of its failures are known', () => {
    const known = Object.values(ERROR_KINDS).flatMap((kind) => ('status' in kind ? [kind.status] : []));
    const success = specified.statuses.filter((status) => status < 300);
    const failures = specified.statuses.filter((status) => status >= 300);
    expect(success).toEqual([row.successStatus]);
    expect(failures.length).toBeGreaterThan(6);
    expect(failures.filter((status) => !(known as number[]).includes(status))).toEqual([]);
  });

  test("the node takes exactly the conversation IDs of the specification's pattern", async () => {
    const { pattern } = specifiedOperation('postAuthenticate').pathParameters.conversationId!;
    const visible = Array.from({ length: 0x7f - 0x21 }, (_value, index) => String.fromCharCode(0x21 + index));
    const ids = [...visible, 'Ä', '٣', '\u212a', '\u200b', '\n'].map((character) => `A${character}1`);
    const { json } = await runAsapp(asapp, {
      parameters: { ...row.filled.fields, conversationId: '={{ $json.id }}' },
      items: ids.map((id) => ({ id })),
      node: { onError: 'continueRegularOutput' },
    });
    const taken = json.map(({ error }) => (error as IDataObject | undefined)?.kind !== 'invalidInput');
    expect(pattern).toBeDefined();
    expect(ids.filter((_id, index) => taken[index])).toEqual(
      ids.filter((id) => new RegExp(pattern ?? '').test(id)),
    );
    expect(asapp.sandbox.ledger.requests.map(({ conversationId }) => conversationId)).toEqual(
      ids.filter((_id, index) => taken[index]),
    );
  });
});

test('every status with a kind of its own is in the specification, and default is 500', () => {
  const specified = new Set([
    500,
    ...CASES.flatMap(({ operationId }) => specifiedOperation(operationId).statuses),
  ]);
  const ownStatuses = Object.values(ERROR_KINDS).flatMap((kind) => ('status' in kind ? [kind.status] : []));
  expect(ownStatuses.filter((status) => !specified.has(status))).toEqual([]);
});

test('the channel types are those of the specification', () => {
  const field = fieldsOf(descriptionOf(asapp.nodePackage), 'generativeAgent', 'analyze').find(
    ({ path }) => path === 'options.channelType',
  );
  const { enum: values } = schemaAt(specifiedOperation('postAnalyze').body, 'channelType');
  expect(optionValues(field!.property)).toEqual(values);
});

test("the environments lead to the specification's servers", () => {
  expect(resolveBaseUrl({ environment: 'sandbox' })).toBe(SERVERS.Sandbox);
  expect(resolveBaseUrl({ environment: 'production' })).toBe(SERVERS.Production);
});

function at(value: unknown, path: string): unknown {
  const keys = path.split('.').slice(1);
  return keys.reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], value);
}
