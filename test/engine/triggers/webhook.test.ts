import { resolve } from 'node:path';

import axios from 'axios';
import type { ICredentialDataDecryptedObject, IDataObject, INodeParameters } from 'n8n-workflow';

import { startSandbox } from '../../../sandbox';
import { loadNodePackage, type NodePackage } from '../../../scripts/engine/nodePackage';
import { serveTrigger, type WebhookServer } from '../../support/webhookServer';

const SECRET = 'a-long-random-text-0123456789';
const CREDENTIAL = { secretName: 'X-Webhook-Secret', secret: SECRET };
const ALL = [
  'authenticationRequested',
  'processingEnd',
  'processingStart',
  'reply',
  'transferToAgent',
  'transferToSystem',
];
const REPLY = {
  webhookMessageId: 'W1',
  conversationId: 'C1',
  type: 'reply',
  reply: { messageId: 'M1', text: 'Hello' },
};
const REPLY_ITEM = {
  json: { type: 'reply', eventId: 'W1', conversationId: 'C1', reply: REPLY.reply, event: REPLY },
};

let nodePackage: NodePackage;
const servers: WebhookServer[] = [];
beforeAll(async () => {
  nodePackage = await loadNodePackage(resolve(__dirname, '../../..'));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(
  parameters: INodeParameters = {},
  credential: ICredentialDataDecryptedObject = CREDENTIAL,
): Promise<WebhookServer> {
  const server = await serveTrigger(nodePackage, parameters, { asappWebhookApi: credential });
  servers.push(server);
  return server;
}

interface Call {
  headers?: Record<string, string>;
  params?: Record<string, string | string[]>;
}

/** Calls the webhook with the secret in the header, or as `call` says. */
async function post(
  { url }: WebhookServer,
  body: unknown,
  { headers = { 'x-webhook-secret': SECRET }, params = {} }: Call = {},
) {
  const data = typeof body === 'string' ? body : JSON.stringify(body);
  return await axios.post<unknown>(url, data, {
    headers: { 'content-type': 'application/json', ...headers },
    params,
    validateStatus: () => true,
  });
}

describe('who may call', () => {
  test('whoever has the secret in the header', async () => {
    const server = await serve();
    const { status } = await post(server, REPLY);
    expect(status).toBe(200);
    expect(server.runs).toEqual([[[REPLY_ITEM]]]);
    expect(JSON.stringify(server.runs)).not.toContain(SECRET);
  });

  test.each<[string, Call]>([
    ['nothing', { headers: {} }],
    ['a wrong secret', { headers: { 'x-webhook-secret': `${SECRET}x` } }],
    ['a part of it', { headers: { 'x-webhook-secret': SECRET.slice(0, -1) } }],
    ['an empty one', { headers: { 'x-webhook-secret': '' } }],
    ['another header', { headers: { 'x-secret': SECRET } }],
    ['the secret in the URL', { headers: {}, params: { 'X-Webhook-Secret': SECRET } }],
  ])('not who has %s', async (_what, call) => {
    const server = await serve();
    const { status, data } = await post(server, REPLY, call);
    expect(status).toBe(401);
    expect(JSON.stringify(data)).not.toContain(SECRET);
    expect(server.runs).toEqual([]);
  });

  test('or in the URL', async () => {
    const server = await serve({ authentication: 'querySecret' });
    const inUrl = { headers: {}, params: { 'X-Webhook-Secret': SECRET } };
    expect((await post(server, REPLY, inUrl)).status).toBe(200);
    expect((await post(server, REPLY, { ...inUrl, params: { 'X-Webhook-Secret': 'x' } })).status).toBe(401);
    expect((await post(server, REPLY)).status).toBe(401);
    expect(server.runs).toHaveLength(1);
  });

  test('or anybody', async () => {
    const server = await serve({ authentication: 'none' });
    expect((await post(server, REPLY, { headers: {} })).status).toBe(200);
  });

  test('a secret is compared as it is meant, not with the space it was pasted with', async () => {
    const server = await serve({}, { secretName: ' x-webhook-secret ', secret: ` ${SECRET}\n` });
    expect((await post(server, REPLY)).status).toBe(200);
  });
});

describe('what may come', () => {
  test.each([
    ['an empty body', ''],
    ['text', 'hello'],
    ['half an event', '{"type":"reply"'],
  ])('%s is answered with 400', async (_what, body) => {
    const server = await serve();
    const { status } = await post(server, body, {
      headers: { 'x-webhook-secret': SECRET, 'content-type': 'text/plain' },
    });
    expect(status).toBe(400);
    expect(server.runs).toEqual([]);
  });

  test.each([[{}], [[]], [{ type: 7 }], ['"reply"'], ['null'], [[{}, 'x']]])(
    '%j is no event',
    async (body) => {
      const server = await serve();
      expect((await post(server, body)).status).toBe(400);
      expect(server.runs).toEqual([]);
    },
  );

  test('an event is read whatever its content type', async () => {
    const server = await serve();
    for (const type of ['text/plain', 'application/octet-stream', 'application/json; charset=utf-8']) {
      const headers = { 'x-webhook-secret': SECRET, 'content-type': type };
      expect((await post(server, REPLY, { headers })).status).toBe(200);
    }
    expect(server.runs).toEqual(Array(3).fill([[REPLY_ITEM]]));
  });

  test('a byte order mark is no part of it', async () => {
    const server = await serve();
    const body = Buffer.from(`\uFEFF${JSON.stringify(REPLY)}`);
    for (const type of ['application/json', 'text/plain']) {
      const headers = { 'x-webhook-secret': SECRET, 'content-type': type };
      expect((await axios.post(server.url, body, { headers })).status).toBe(200);
    }
    expect(server.runs).toEqual(Array(2).fill([[REPLY_ITEM]]));
  });

  test.each([
    ['without a byte order mark', ''],
    ['with one', '\uFEFF'],
  ])('UTF-16 %s is answered with 400 and the reason', async (_what, mark) => {
    const server = await serve();
    const body = Buffer.from(mark + JSON.stringify(REPLY), 'utf16le');
    const headers = { 'x-webhook-secret': SECRET, 'content-type': 'application/octet-stream' };
    for (const bytes of [body, Buffer.from(body).swap16()]) {
      const { status, data } = await axios.post<unknown>(server.url, bytes, {
        headers,
        validateStatus: () => true,
      });
      expect([status, data]).toEqual([
        400,
        { error: { message: 'The body is not UTF-8, as JSON has to be' } },
      ]);
    }
    expect(server.runs).toEqual([]);
  });

  test('more than 1 MiB is answered with 413, but only to who has the secret', async () => {
    const server = await serve();
    const event = (length: number) => ({ type: 'reply', reply: { text: 'x'.repeat(length) } });
    expect((await post(server, event(1024 * 1024))).status).toBe(413);
    expect((await post(server, event(1024 * 1024), { headers: {} })).status).toBe(401);
    expect((await post(server, event(1_000_000))).status).toBe(200);
    expect(server.runs).toHaveLength(1);
  });

  test('a list is one run with an item for each event; what is none is left out', async () => {
    const server = await serve();
    const end = { type: 'processingEnd' };
    expect((await post(server, [REPLY, {}, end])).status).toBe(200);
    expect(server.runs).toEqual([[[REPLY_ITEM, { json: { type: 'processingEnd', event: end } }]]]);
  });
});

describe('what leaves', () => {
  const LIST = [...ALL, 'handoff'].map((type) => ({ type }));
  const types = (run: WebhookServer['runs'][number] = []) =>
    run.map((items) => items.map(({ json }) => json.type));

  test('with the defaults every documented type, on one output', async () => {
    const server = await serve();
    expect(server.outputNames).toEqual([undefined]);
    await post(server, LIST);
    expect(types(server.runs[0])).toEqual([ALL]);
  });

  test('the chosen types alone', async () => {
    const server = await serve({ events: ['reply', 'transferToAgent'] });
    await post(server, LIST);
    expect(types(server.runs[0])).toEqual([['reply', 'transferToAgent']]);
  });

  test('nothing, and no run, where no type is chosen; ASAPP gets its 200', async () => {
    const server = await serve({ events: ['reply'] });
    expect((await post(server, { type: 'processingEnd' })).status).toBe(200);
    expect(server.runs).toEqual([]);
  });

  test('each chosen type on its own output, in the order of the choice, and new ones on the first', async () => {
    const server = await serve({ outputMode: 'perEvent', events: ['transferToSystem', 'reply'] });
    expect(server.outputNames).toEqual(['Other Events', 'To System', 'Reply']);
    await post(server, LIST);
    expect(types(server.runs[0])).toEqual([['handoff'], ['transferToSystem'], ['reply']]);
  });

  test('both spellings on the same output', async () => {
    const server = await serve({
      outputMode: 'perEvent',
      events: ['authenticationRequested', 'transferToSystem'],
    });
    const transfer = { currentTaskName: 'refund' };
    await post(server, [
      { type: 'authenticationRequired' },
      { type: 'systemTransfer', systemTransfer: transfer },
    ]);
    expect(types(server.runs[0])).toEqual([[], ['authenticationRequested'], ['transferToSystem']]);
    expect(server.runs[0]?.[2]?.[0]?.json.transfer).toEqual(transfer);
  });
});

describe('repeats', () => {
  test('come through unless they are to be ignored', async () => {
    const server = await serve();
    await post(server, REPLY);
    await post(server, REPLY);
    expect(server.runs).toHaveLength(2);
    expect(server.staticData).toEqual({});
  });

  test('are ignored, in one call and in several, and ASAPP gets its 200', async () => {
    const server = await serve({ options: { ignoreRepeats: true } });
    await post(server, [REPLY, REPLY]);
    for (const id of ['a', 'b', 'c', 'a', 'b', 'c', 'a']) {
      expect((await post(server, { type: 'reply', webhookMessageId: id })).status).toBe(200);
    }
    const ids = server.runs.map(([items]) => items?.map(({ json }) => json.eventId));
    expect(ids).toEqual([['W1'], ['a'], ['b'], ['c']]);
  });

  test('are remembered over a restart as far as n8n stored them', async () => {
    const options = { ignoreRepeats: true };
    const before = await serve({ options });
    for (const id of ['a', 'b']) await post(before, { type: 'reply', webhookMessageId: id });
    const after = await serveTrigger(
      nodePackage,
      { options },
      { asappWebhookApi: CREDENTIAL },
      before.staticData,
    );
    servers.push(after);
    for (const id of ['a', 'b']) await post(after, { type: 'reply', webhookMessageId: id });
    expect(after.runs.map(([items]) => items?.[0]?.json.eventId)).toEqual(['b']);
  });

  test('are only those in which nothing differs, whatever IDs they share', async () => {
    const server = await serve({ options: { ignoreRepeats: true } });
    const second = { ...REPLY, reply: { ...REPLY.reply, text: 'Goodbye' } };
    await post(server, REPLY);
    await post(server, second);
    expect(server.runs).toHaveLength(2);
  });

  test('are forgotten after 500 other events, so that n8n does not store ever more', async () => {
    const server = await serve({ options: { ignoreRepeats: true } });
    const others = Array.from({ length: 500 }, (_, index) => ({
      type: 'reply',
      webhookMessageId: `E${index}`,
    }));
    await post(server, [REPLY, ...others]);
    expect((server.staticData['node:Trigger'] as IDataObject).seenEvents).toHaveLength(500);
    expect(JSON.stringify(server.staticData).length).toBeLessThan(12_000);
    await post(server, REPLY);
    await post(server, REPLY);
    expect(server.runs).toHaveLength(2);
  });
});

describe('the credential', () => {
  const usable = async (credential: ICredentialDataDecryptedObject) => {
    const { methods } = nodePackage.nodeTypes.getByNameAndVersion('n8n-nodes-asapp.asappTrigger', 1);
    const test = methods?.credentialTest?.usableSecret;
    if (test === undefined) throw new Error('The node has no test of the credential');
    return await test.call({} as ThisParameterType<typeof test>, {
      id: '',
      name: '',
      type: '',
      data: credential,
    });
  };

  test.each([
    [{ secretName: '', secret: SECRET }, 'Secret Name'],
    [{ secretName: 'x secret', secret: SECRET }, 'Secret Name'],
    [{ secretName: 'x:secret', secret: SECRET }, 'Secret Name'],
    [{ secretName: 'x-secret', secret: ' ' }, "'Secret' is empty"],
    [{ secretName: 'x-secret', secret: 'two words' }, "'Secret'"],
    [{ secretName: 'x-secret', secret: 'naïve' }, "'Secret'"],
  ])('%j is refused by its test, and at activation', async (credential, words) => {
    const result = await usable(credential);
    expect(result).toMatchObject({ status: 'Error', message: expect.stringContaining(words) });
    await expect((await serve({}, credential)).activate()).rejects.toThrow(words);
    const given = { headers: { 'x-secret': credential.secret.trim() } };
    const { status } = await post(
      await serve({}, credential),
      REPLY,
      credential.secret === 'naïve' ? {} : given,
    );
    expect(status).toBe(500);
  });

  test('a usable one passes both; without authentication none is needed', async () => {
    expect(await usable(CREDENTIAL)).toMatchObject({ status: 'OK' });
    await (await serve()).activate();
    await (await serve({ authentication: 'none' }, {})).activate();
  });
});

test('what the sandbox posts after an Analyze arrives, in order', async () => {
  const server = await serve();
  const sandbox = await startSandbox({ eventDelay: 0 });
  try {
    sandbox.webhook.set({
      url: server.url,
      secret: { in: 'header', name: 'X-Webhook-Secret', value: SECRET },
    });
    await axios.post(
      `${sandbox.url}/generativeagent/v1/analyze`,
      {
        conversationId: 'DEMO1',
        message: {
          text: 'Hello',
          sender: { role: 'customer', externalId: 'c' },
          timestamp: new Date().toISOString(),
        },
      },
      { headers: { 'asapp-api-id': sandbox.apiId, 'asapp-api-secret': sandbox.apiSecret } },
    );
    const types = () => server.runs.map(([items]) => items?.[0]?.json.type);
    while (!types().includes('processingEnd')) await new Promise((wait) => setTimeout(wait, 10));
    expect(types()[0]).toBe('processingStart');
    expect(types()).toContain('reply');
    expect(server.runs[0]?.[0]?.[0]?.json).toMatchObject({
      conversationId: 'DEMO1',
      eventId: expect.any(String),
    });
  } finally {
    await sandbox.close();
  }
});
