import type { INodeParameters } from 'n8n-workflow';

import { ERROR_KINDS } from '../../nodes/Asapp/errors/errorKinds';
import { RESOURCES } from '../../nodes/Asapp/operations';
import { ENDPOINTS } from '../../nodes/Asapp/transport/endpoints';
import { resolveBaseUrl } from '../../nodes/Asapp/transport/baseUrl';
import { runAsapp, useAsapp } from '../support/asapp';
import { descriptionOf, fieldsOf, isContainer, optionValues, type Field } from './description';
import { fullSamples, minimalSamples, steeringFields, type Sample } from './samples';
import {
  constantsOf,
  KEY_HEADERS,
  leavesOfRequest,
  leavesOfSchema,
  SERVERS,
  specifiedCall,
  specifiedCalls,
  valuesAt,
} from './specification';

const asapp = useAsapp();

const OPERATIONS = RESOURCES.flatMap(({ option: resource, operations }) =>
  operations.map((operation) => ({
    name: `${resource.name}: ${operation.option.name}`,
    resource: resource.value,
    operation,
  })),
);

/** What ASAPP's own pages say may stand in a request, and that the node leaves out on purpose. */
const LEFT_OUT: Record<string, string[]> = {
  // The external ID decides; the ID of ASAPP's own would be a second way to say the same.
  createOrUpdateConversation: ['body.id'],
  // The conversation ID in the path says it.
  createFeedbackEvent: ['body.externalConversationId'],
};

describe.each(OPERATIONS)('$name', ({ resource, operation }) => {
  const { value } = operation.option;
  const fields = (): Field[] => fieldsOf(descriptionOf(asapp.nodePackage), resource, value);
  const calls = operation.endpoints.map(specifiedCall);

  /** Sends one item; what arrived, and at which call of the specification. */
  async function send({ parameters }: Sample) {
    asapp.sandbox.ledger.clear();
    const { json } = await runAsapp(asapp, { parameters, node: { onError: 'continueRegularOutput' } });
    const { requests } = asapp.sandbox.ledger;
    const options = parameters.options as INodeParameters | undefined;
    const isLookedFor = options?.lookBeforeSending === true && parameters.sendMessage !== false;
    const looks = requests.slice(0, isLookedFor ? 1 : 0);
    expect(looks.map(({ operation: name }) => name)).toEqual(looks.map(() => 'getMessages'));
    const [request, ...others] = requests.slice(looks.length);
    expect({ json, others: others.length }).toMatchObject({ others: 0 });
    const call = calls.find(({ operationId }) => operationId === request?.operationId);
    if (request === undefined || call === undefined) throw new Error('Another call arrived');
    return { request, call };
  }

  test('with every field filled, exactly what the specification has is sent, in every way to fill it', async () => {
    const sent = new Set<string>();
    const fieldsSent = new Set<string>();
    for (const sample of fullSamples(resource, value, fields())) {
      const { request, call } = await send(sample);
      expect(request.method).toBe(call.method);
      expect(request.credentialsRight).toBe(true);
      expect(Object.keys(request.headers)).toEqual(expect.arrayContaining(KEY_HEADERS));
      expect(request.headers['content-type']).toBe(call.body === undefined ? undefined : 'application/json');
      // A read of what is not there is as good a request; one that breaks the contract is 400 or 422.
      expect([call.success, 404]).toContain(request.status);
      for (const leaf of leavesOfRequest(call, request)) sent.add(leaf);
      for (const [path, text] of constantsOf(call)) {
        // Not in a body without the part that it belongs to.
        expect([[], [text]]).toContainEqual(valuesAt(request.body, path));
      }
      const arrived =
        decodeURIComponent(request.path) + JSON.stringify([request.query, request.body, request.headers]);
      for (const [path, text] of sample.values) {
        if (arrived.includes(text)) fieldsSent.add(path);
      }
    }
    const specified = calls.flatMap((call) =>
      leavesOfSchema(call).filter((leaf) => !LEFT_OUT[call.operationId]?.includes(leaf)),
    );
    // Of a list, what each call has; of a choice between calls, all of them.
    expect([...sent].sort()).toEqual([...new Set(specified)].sort());
    const steering = steeringFields(fields());
    const unsent = fields()
      .filter(
        (field) => !isContainer(field) && !/^(error|options\.(max|timeout|replyTimeout))/.test(field.path),
      )
      .map(({ path }) => path)
      .filter((path) => !fieldsSent.has(path) && !steering.includes(path));
    expect(unsent).toEqual([]);
  });

  test('required by the contract is required by the node, or filled by it', async () => {
    for (const sample of minimalSamples(resource, value, fields())) {
      const { request, call } = await send(sample);
      expect([call.success, 404]).toContain(request.status);
    }
  });

  test('its success and each of its failures are known', () => {
    const known = Object.values(ERROR_KINDS).flatMap((kind) => ('status' in kind ? [kind.status] : []));
    for (const { operationId, method, path, success, errors } of calls) {
      expect(ENDPOINTS[operationId]).toMatchObject({ method, path, success });
      expect(errors.filter((status) => !(known as number[]).includes(status))).toEqual([]);
    }
  });

  const idField = () => fields().find(({ path }) => path === 'conversationId')?.property.displayOptions?.show;

  test("the node takes exactly the conversation IDs of the specification's pattern", async () => {
    const [minimal] = minimalSamples(resource, value, fields());
    const hasId = minimal !== undefined && 'conversationId' in minimal.parameters;
    // Some operations know a conversation by other IDs only.
    if (!hasId) return expect(idField()).toBeUndefined();
    const visible = Array.from({ length: 0x7f - 0x21 }, (_value, index) => String.fromCharCode(0x21 + index));
    const ids = [...visible, 'Ä', '٣', '\u212a', '\u200b', '\n'].map((character) => `A${character}1`);
    const { json } = await runAsapp(asapp, {
      parameters: {
        ...minimal.parameters,
        conversationId: '={{ $json.id }}',
        options: { maxRetries: 0, maxRequestsPerSecond: 5_000, maxConcurrency: 50 },
      },
      items: ids.map((id) => ({ id })),
      node: { onError: 'continueErrorOutput' },
    });
    expect(json.length).toBeLessThanOrEqual(ids.length);
    const pattern = /^[A-Z0-9]+$/;
    expect(specifiedCalls().map((call) => call.conversationIdPattern)).toContain(pattern.source);
    const asked = asapp.sandbox.ledger.requests.map(({ conversationId }) => conversationId);
    expect(asked.sort()).toEqual(ids.filter((id) => pattern.test(id)).sort());
  });
});

test('every call of the specification but health is that of an operation', () => {
  const used = new Set(OPERATIONS.flatMap(({ operation }) => operation.endpoints));
  const unused = Object.keys(ENDPOINTS).filter((id) => !used.has(id as keyof typeof ENDPOINTS));
  expect(unused).toEqual(['getHealth']);
});

test('every status with a kind of its own is in the specification, and default is 500', () => {
  const specified = new Set([500, ...specifiedCalls().flatMap(({ errors }) => errors)]);
  const ownStatuses = Object.values(ERROR_KINDS).flatMap((kind) => ('status' in kind ? [kind.status] : []));
  expect(ownStatuses.filter((status) => !specified.has(status))).toEqual([]);
});

test.each([
  ['generativeAgent', 'analyze', 'options.channelType', 'postAnalyze', 'body.channelType'],
  ['message', 'create', 'senderRole', 'createMessage', 'body.sender.role'],
  ['callTransfer', 'create', 'transferType', 'createCallTransfer', 'body.type'],
  ['callTransfer', 'create', 'sip.returnTransferType', 'createCallTransfer', 'body.sip.returnTransferType'],
] as const)('%s %s: the values of %s are those of the specification', (resource, operation, path, id, at) => {
  const field = fieldsOf(descriptionOf(asapp.nodePackage), resource, operation).find(
    (candidate) => candidate.path === path,
  );
  expect(optionValues(field!.property).sort()).toEqual([...specifiedCall(id).enumAt(at)].sort());
});

test("the environments lead to the specification's servers", () => {
  expect(resolveBaseUrl({ environment: 'sandbox' })).toBe(SERVERS.Sandbox);
  expect(resolveBaseUrl({ environment: 'production' })).toBe(SERVERS.Production);
});
