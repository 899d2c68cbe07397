import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import type { AxiosResponse } from 'axios';
import { parse, stringify } from 'yaml';

import { startSandbox, type Sandbox } from '../../../sandbox';
import { exampleOf } from '../../../sandbox/schemaValues';
import {
  loadSpecification,
  packagedSpecification,
  type SpecifiedOperation,
} from '../../../sandbox/specification';
import { ANALYZE, analysis, clientOf, message, outcomeOf, UUID } from './client';
import { SchemaCheck } from './schemaCheck';

const SPEC = resolve(__dirname, '../../../spec/asapp.openapi.yaml');
const { operations } = packagedSpecification();
/** What the requests of these tests are about. */
const IDS: Readonly<Record<string, string>> = {
  conversationId: 'C0NV',
  messageId: 'M1',
  externalId: 'external-C0NV',
  callTransferId: 'call-1',
  agentExternalId: 'agent-1',
};

let sandbox: Sandbox;
let answers: SchemaCheck;

beforeAll(async () => {
  sandbox = await startSandbox({ generativeAgent: false });
  answers = await SchemaCheck.ofAnswers();
});
beforeEach(() => {
  sandbox.faults.clear();
  sandbox.ledger.clear();
  sandbox.conversations.add('C0NV', message(), 'M1');
});
afterAll(() => Promise.all([sandbox.close(), answers.close()]));

/** A request that the specification allows, made of its examples. */
function requestOf({ method, url, schema, requestBody }: SpecifiedOperation) {
  return {
    method,
    url: url.replaceAll(/:(\w+)/g, (_whole, name: string) => IDS[name] ?? name),
    params: Object.fromEntries(
      Object.keys((schema.querystring?.['properties'] ?? {}) as object).map((name) => [name, IDS[name]]),
    ),
    ...(requestBody && { data: exampleOf(requestBody, { conversationId: 'C0NV' }) }),
  };
}

function send(operation: SpecifiedOperation, to = sandbox): Promise<AxiosResponse> {
  return clientOf(to).request(requestOf(operation));
}

function announceCall(): void {
  const call = { id: 'call-1', externalConversationId: 'external-C0NV', type: 'SIP' } as const;
  sandbox.callTransfers.prepare(call).announce();
}

describe.each(operations.map((operation) => [operation.operationId, operation] as const))(
  '%s',
  (operationId, operation) => {
    it('answers a valid request as the specification says', async () => {
      announceCall();
      const { status, data } = await send(operation);
      expect([status, data]).toEqual([operation.success.status, expect.anything()]);
      if (operation.success.body) expect(await answers.complaint(operationId, data)).toBe('valid');
      else expect(data).toBe('');
    });

    it('is in the ledger with all that was said', async () => {
      announceCall();
      const { data } = requestOf(operation);
      await send(operation);
      const [record] = sandbox.ledger.requests;
      expect(record).toMatchObject({
        operationId,
        operation: operation.name,
        method: operation.method,
        params: expect.any(Object),
        query: requestOf(operation).params,
        status: operation.success.status,
        accepted: true,
      });
      expect(record?.body).toEqual(data);
      for (const [name, value] of Object.entries(record?.params ?? {})) expect(value).toBe(IDS[name]);
    });

    it.each([...operation.errors, 502])('can be made to answer %i', async (status) => {
      sandbox.faults.set({ fault: 'status', status, operation: operationId, times: 1 });
      const { status: seen, data } = await send(operation);
      expect(seen).toBe(status);
      expect(data.error).toEqual({
        requestId: expect.stringMatching(UUID),
        code: `${status}-01`,
        message: expect.any(String),
      });
      expect(sandbox.ledger.requests[0]).toMatchObject({ fault: 'status', status });
      expect(sandbox.ledger.requests[0]).not.toHaveProperty('accepted');
    });

    it.each([
      'resetBeforeReading',
      'resetAfterReading',
      'truncatedBody',
      'emptyBody',
      'malformedBody',
    ] as const)('can be hit by %s', async (fault) => {
      sandbox.faults.set({ fault, operation: operation.name });
      const seen = await outcomeOf(send(operation));
      expect(seen).toBe(
        fault.startsWith('reset') ? 'ECONNRESET' : fault === 'truncatedBody' ? 'ERR_BAD_RESPONSE' : 200,
      );
    });

    it('refuses a wrong secret', async () => {
      const { status } = await clientOf(sandbox, { 'asapp-api-secret': 'other' }).request(
        requestOf(operation),
      );
      expect(status).toBe(401);
    });

    it('takes a parameter of the path as it was encoded, and refuses what its pattern does not allow', async () => {
      const client = clientOf(sandbox);
      for (const [name, schema] of Object.entries(
        (operation.schema.params?.['properties'] ?? {}) as object,
      )) {
        const url = operation.url.replaceAll(/:(\w+)/g, (_whole, other: string) =>
          other === name ? 'a%2Fb%20c' : (IDS[other] ?? other),
        );
        const { status } = await client.request({ ...requestOf(operation), url });
        expect(status).toBe('pattern' in schema ? 422 : 404);
        expect(sandbox.ledger.requests.at(-1)?.params[name]).toBe('a/b c');
      }
    });
  },
);

it('every operation is served under a name of its own', () => {
  expect(new Set(operations.map(({ name }) => name)).size).toBe(operations.length);
  expect(operations).toHaveLength(19);
});

it.each(operations.map(({ name, method, url }) => [name, method, url] as const))(
  '%s is in the table of docs/sandbox.md',
  (name, method, url) => {
    const rows = readFileSync(resolve(__dirname, '../../../docs/sandbox.md'), 'utf8').split('\n');
    const row = rows.find((line) => line.startsWith(`| \`${name}\` `));
    expect(row).toContain(`\`${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
  },
);

it('tells the two endpoints of messages apart', async () => {
  const client = clientOf(sandbox);
  await client.post('/conversation/v1/conversations/C0NV/messages/batch', { messages: [message()] });
  await client.get('/conversation/v1/conversations/C0NV/messages/BATCH');
  expect(sandbox.ledger.requests.map(({ operation }) => operation)).toEqual([
    'createBatchMessages',
    'getMessage',
  ]);
});

it('startsRun: false accepts a message that GenerativeAgent takes no notice of', async () => {
  const talking = await startSandbox({ eventDelay: 0 });
  try {
    talking.faults.set({ fault: 'status', status: 500, accepted: true, startsRun: false, times: 1 });
    expect(await outcomeOf(clientOf(talking).post(ANALYZE, analysis('A')))).toBe(500);
    expect(talking.conversations.get('A')?.messages).toHaveLength(1);
    await clientOf(talking).post(ANALYZE, analysis('B'));
    expect(talking.ledger.eventsOf('A')).toEqual([]);
  } finally {
    await talking.close();
  }
});

describe('an operation that is only in the specification', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-spec-'));
  const file = join(folder, 'asapp.openapi.yaml');
  const document = parse(readFileSync(SPEC, 'utf8'));
  document.paths['/conversation/v1/conversations/{conversationId}/notes'] = {
    post: {
      operationId: 'createNote',
      parameters: [{ $ref: '#/components/parameters/ConversationId' }],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: { type: 'object', required: ['note'], properties: { note: { type: 'string' } } },
          },
        },
      },
      responses: {
        201: {
          description: 'Stored.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: {
                  conversationId: { type: 'string' },
                  note: { type: 'string' },
                  tags: { type: 'array', items: { type: 'string', enum: ['new', 'old'] } },
                  size: { type: 'integer' },
                  createdAt: { type: 'string', format: 'date-time' },
                },
              },
            },
          },
        },
        418: { $ref: '#/components/responses/BadRequest' },
      },
    },
  };
  writeFileSync(file, stringify(document));
  let other: Sandbox;
  const url = '/conversation/v1/conversations/C0NV/notes';

  beforeAll(async () => {
    other = await startSandbox({ specification: file });
  });
  beforeEach(() => other.faults.clear());
  afterAll(async () => {
    await other.close();
    rmSync(folder, { recursive: true });
  });

  it('is answered by what the specification says, and with what was sent', async () => {
    const { status, data } = await clientOf(other).post(url, { note: 'Call back' });
    expect(status).toBe(201);
    expect(data).toEqual({
      conversationId: 'C0NV',
      note: 'Call back',
      tags: ['new'],
      size: 1,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(other.ledger.requestsOf('C0NV').at(-1)).toMatchObject({ operation: 'createNote', accepted: true });
  });

  it('is validated', async () => {
    const { status, data } = await clientOf(other).post(url, { note: 5 });
    expect([status, data.error.message]).toEqual([400, "ERROR - [Path '/note'] must be string"]);
  });

  it('misbehaves by a fault, and by a special id', async () => {
    other.faults.set({ fault: 'status', status: 418, operation: 'createNote' });
    expect((await clientOf(other).post(url, { note: 'a' })).status).toBe(418);
    other.faults.clear();
    const special = url.replace('C0NV', 'FAULT409ONCREATENOTE');
    expect((await clientOf(other).post(special, { note: 'a' })).status).toBe(409);
    expect((await clientOf(other).post(ANALYZE, analysis('FAULT409ONCREATENOTE'))).status).toBe(200);
  });
});

it('refuses a specification in which a reference leads nowhere, or a success is not clear', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-spec-'));
  const load = (change: (text: string) => string): unknown => {
    const file = join(folder, 'changed.yaml');
    writeFileSync(file, change(readFileSync(SPEC, 'utf8')));
    return loadSpecification(file);
  };
  try {
    expect(() => load((text) => text.replace('parameters/MessageId', 'parameters/Nothing'))).toThrow(
      '#/components/parameters/Nothing leads nowhere',
    );
    expect(() => load((text) => text.replace("'204':", "'304':"))).toThrow(
      'postAuthenticate needs exactly one status of success',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
