import axios from 'axios';
import { NodeHelpers, type IDataObject, type INodeParameters, type WorkflowActivateMode } from 'n8n-workflow';

import { startSandbox, type Sandbox, type SandboxOptions } from '../../../sandbox';
import { startWorkflow } from '../../../scripts/engine/runWorkflow';
import { activateTrigger, type ActiveTrigger } from '../../support/activeTrigger';
import { useAsapp } from '../../support/asapp';
import { EventServer } from '../../support/eventServer';
import { triggerWorkflow } from '../../support/triggerWorkflow';

const STREAM = 'n8n-support';
const API_KEY = { apiId: 'the-api-id', apiSecret: 'the-api-secret' };

const asapp = useAsapp({ eventDelay: 0 });
const open: ActiveTrigger[] = [];
const others: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((trigger) => trigger.deactivate()));
  await Promise.all(others.splice(0).map((sandbox) => sandbox.close()));
  asapp.sandbox.streams.behave();
});

async function activate(
  parameters: INodeParameters = {},
  { credential = asapp.credential(), mode = 'activate' as WorkflowActivateMode } = {},
): Promise<ActiveTrigger> {
  const trigger = await activateTrigger(asapp.nodePackage, {
    parameters: { streamId: STREAM, ...parameters },
    credential,
    mode,
  });
  open.push(trigger);
  return trigger;
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((wait) => setTimeout(wait, 10));
};

const typesOf = ({ emitted }: ActiveTrigger) =>
  emitted.map((outputs) => outputs.map((items) => items.map(({ json }) => json.type)));

/** Lets the sandbox's GenerativeAgent answer a message on the stream. */
async function analyze({ url, apiId, apiSecret }: Sandbox, conversationId = 'DEMO1'): Promise<void> {
  const sender = { role: 'customer', externalId: 'c' };
  await axios.post(
    `${url}/generativeagent/v1/analyze`,
    {
      conversationId,
      streamId: STREAM,
      message: { text: 'Hello', sender, timestamp: new Date().toISOString() },
    },
    { headers: { 'asapp-api-id': apiId, 'asapp-api-secret': apiSecret } },
  );
}

describe('an active workflow', () => {
  test('starts with each event that an Analyze on the stream brings, in order', async () => {
    const trigger = await activate();
    await analyze(asapp.sandbox);
    await until(() => typesOf(trigger).flat(2).includes('processingEnd'));
    const types = typesOf(trigger);
    expect(types[0]).toEqual([['processingStart']]);
    expect(types.flat(2)).toContain('reply');
    const items = trigger.emitted.map(([items = []]) => items[0]?.json);
    for (const json of items) {
      expect(json).toMatchObject({
        conversationId: 'DEMO1',
        eventId: expect.any(String),
        event: expect.any(Object),
      });
    }
    expect(items.find((json) => json?.type === 'reply')).toMatchObject({
      reply: { messageId: expect.any(String), text: expect.any(String) },
    });
  });

  test('hears nothing of another stream', async () => {
    const trigger = await activate({ streamId: 'another' });
    await analyze(asapp.sandbox);
    asapp.sandbox.streams.emit('another', { type: 'reply' });
    await until(() => trigger.emitted.length > 0);
    expect(typesOf(trigger)).toEqual([[['reply']]]);
  });

  test('has an output for each chosen type, and one for types that nobody knows', async () => {
    const parameters = { streamId: STREAM, outputMode: 'perEvent', events: ['reply', 'transferToAgent'] };
    const trigger = await activate(parameters);
    for (const type of ['transferToAgent', 'processingEnd', 'handoff', 'reply']) {
      asapp.sandbox.streams.emit(STREAM, { type });
    }
    await until(() => trigger.emitted.length === 3);
    expect(typesOf(trigger)).toEqual([
      [[], [], ['transferToAgent']],
      [['handoff'], [], []],
      [[], ['reply'], []],
    ]);

    const { workflow, node } = triggerWorkflow(asapp.nodePackage, 'asappStreamTrigger', parameters);
    const { description } = asapp.nodePackage.nodeTypes.getByNameAndVersion(node.type, 1);
    expect(NodeHelpers.getNodeOutputs(workflow, node, description)).toMatchObject([
      { displayName: 'Other Events' },
      { displayName: 'Reply' },
      { displayName: 'To Agent' },
    ]);
  });

  test('ignores repeats if it is told to', async () => {
    const trigger = await activate({ options: { ignoreRepeats: true } });
    for (const id of ['1', '1', '2', '1', '3']) {
      asapp.sandbox.streams.emit(STREAM, { type: 'reply', generativeAgentMessageId: id });
    }
    await until(() => trigger.emitted.length >= 3);
    expect(trigger.emitted.map(([items]) => items?.[0]?.json.eventId)).toEqual(['1', '2', '3']);
  });

  test('reads every way to write a stream', async () => {
    const trigger = await activate();
    const ways = [
      { lineEnd: 'cr', chunkBytes: 1 },
      { lineEnd: 'crlf', comments: true, pings: true, dataLines: true },
      { spelling: 'alternative', replyBytes: 300_000 },
    ] as const;
    for (const [index, way] of ways.entries()) {
      asapp.sandbox.streams.misbehave(way);
      await analyze(asapp.sandbox, `WAY${index}`);
      await until(
        () =>
          typesOf(trigger)
            .flat(2)
            .filter((type) => type === 'processingEnd').length > index,
      );
      asapp.sandbox.streams.behave();
    }
    const lengths = trigger.emitted.map(([items]) => {
      const { reply } = (items?.[0]?.json ?? {}) as { reply?: IDataObject };
      return Buffer.byteLength(String(reply?.text ?? ''));
    });
    expect(Math.max(...lengths)).toBeGreaterThanOrEqual(300_000);
    expect(trigger.failures).toEqual([]);
  });
});

describe('survival', () => {
  test('goes on after the connection was dropped, whichever way', async () => {
    const trigger = await activate();
    for (const [index, how] of (['end', 'abort', 'reset'] as const).entries()) {
      expect(asapp.sandbox.streams.drop(STREAM, how)).toBe(1);
      await until(() => asapp.sandbox.streams.isConnected(STREAM));
      asapp.sandbox.streams.emit(STREAM, { type: 'reply', generativeAgentMessageId: how });
      await until(() => trigger.emitted.length === index + 1);
    }
    expect(trigger.failures).toEqual([]);
  });

  test('goes on after ASAPP was killed and came back', async () => {
    const options: SandboxOptions = { ...API_KEY, eventDelay: 0 };
    const first = await startSandbox(options);
    const port = Number(new URL(first.url).port);
    const credential = asapp.credential({ baseUrl: first.url, ...API_KEY });
    const trigger = await activate({}, { credential });
    await first.close();
    await new Promise((wait) => setTimeout(wait, 800));
    const second = await startSandbox({ ...options, port });
    others.push(second);
    await until(() => second.streams.isConnected(STREAM));
    await analyze(second);
    await until(() => typesOf(trigger).flat(2).includes('processingEnd'));
    expect(trigger.failures).toEqual([]);
  });

  test('is there again after it was deactivated and activated', async () => {
    for (let round = 0; round < 3; round++) {
      const trigger = await activate();
      asapp.sandbox.streams.emit(STREAM, { type: 'reply' });
      await until(() => trigger.emitted.length === 1);
      await trigger.deactivate();
      await until(() => !asapp.sandbox.streams.isConnected(STREAM));
    }
  });
});

describe('with a hand on every byte', () => {
  let server: EventServer;
  beforeEach(async () => {
    server = await new EventServer().start();
  });
  afterEach(async () => {
    await server.kill();
  });

  const credential = () => asapp.credential({ baseUrl: server.url, ...API_KEY });
  const refusing = (status: number, body: unknown = {}): EventServer['onCreate'] => {
    return (_request, response) => {
      response.writeHead(status).end(JSON.stringify(body));
      return true;
    };
  };
  const refusal = { error: { requestId: 'r-1', code: '401-01', message: 'Invalid key' } };

  test('deactivating leaves no connection and no timer, connected or not', async () => {
    const resources = () => process.getActiveResourcesInfo().filter((kind) => kind !== 'Immediate').length;
    const before = resources();
    const connected = await activate({}, { credential: credential() });
    await connected.deactivate();
    await server.until(() => server.openSockets === 0);

    const waiting = await activate({}, { credential: credential() });
    server.onCreate = refusing(401);
    server.drop();
    await until(() => waiting.failures.length === 1);
    await waiting.deactivate();
    await server.until(() => server.openSockets === 0);

    server.onCreate = () => true;
    server.created.length = 0;
    const opening = activate({}, { credential: credential(), mode: 'init' });
    await server.until(() => server.created.length === 1);
    await server.kill();
    await (await opening).deactivate();
    await new Promise((wait) => setTimeout(wait, 50));
    expect(resources()).toBeLessThanOrEqual(before);
  });

  test('a key that ASAPP refuses stops the activation, in ASAPP’s words', async () => {
    server.onCreate = refusing(401, refusal);
    const error = (await activate({}, { credential: credential() }).catch(
      (reason: unknown) => reason,
    )) as Error;
    // The message is all that n8n shows of it.
    expect(error.message).toContain(
      "Invalid key (code 401-01, request ID r-1). Check 'API ID', 'API Secret' and 'Environment'",
    );
    expect(error.message).not.toContain('[item');
    expect(error.message).not.toContain(API_KEY.apiSecret);
    expect(server.created).toHaveLength(1);
  });

  test.each([
    ['a host that nobody answers at', { baseUrl: 'http://127.0.0.1:1' }, 'the connection was refused'],
    ['an empty key', { apiId: '' }, "'API ID' is empty"],
  ])('so does %s', async (_what, changes, words) => {
    const broken = { ...credential(), ...changes };
    await expect(activate({}, { credential: broken })).rejects.toThrow(words);
  });

  test('so does an empty stream ID', async () => {
    await expect(activate({ streamId: '={{ "" }}' }, { credential: credential() })).rejects.toThrow(
      "'Stream ID' is empty",
    );
  });

  test('so does a stream ID that is a number with too many digits', async () => {
    const streamId = '={{ 7615917337495251231 }}';
    await expect(activate({ streamId }, { credential: credential() })).rejects.toThrow(
      "'Stream ID' is a number that cannot be sent exactly: give it as text",
    );
  });

  test('when n8n starts, the same is told once, and the trigger waits for ASAPP', async () => {
    server.onCreate = refusing(401, refusal);
    const trigger = await activate({}, { credential: credential(), mode: 'init' });
    expect(trigger.failures.map(({ message }) => message)).toEqual([
      'Invalid key (code 401-01, request ID r-1)',
    ]);
    expect(trigger.failures[0]).toMatchObject({ description: expect.stringContaining('keeps trying') });
  });

  test('when n8n starts, an ASAPP that is down for a moment is no matter', async () => {
    server.onCreate = refusing(503);
    const trigger = await activate({}, { credential: credential(), mode: 'leadershipChange' });
    server.onCreate = () => false;
    await server.until(() => server.streams.length === 1);
    server.send({ type: 'reply' });
    await until(() => trigger.emitted.length === 1);
    expect(trigger.failures).toEqual([]);
  });

  test('the workflow stays active when the key is withdrawn, and it is told once', async () => {
    const trigger = await activate({}, { credential: credential() });
    server.onCreate = refusing(401, refusal);
    server.drop();
    await until(() => trigger.failures.length > 0);
    await new Promise((wait) => setTimeout(wait, 100));
    expect(trigger.failures.map(({ message }) => message)).toEqual([
      'Invalid key (code 401-01, request ID r-1)',
    ]);
  });
});

describe('a manual test', () => {
  const run = (parameters: INodeParameters = {}, credential = asapp.credential()) => {
    const { node } = triggerWorkflow(asapp.nodePackage, 'asappStreamTrigger', {
      streamId: STREAM,
      ...parameters,
    });
    return startWorkflow(
      asapp.nodePackage,
      { name: 'Test', nodes: [node], connections: {} },
      { credentials: { asappApi: credential } },
    );
  };

  test('waits for the first event, shows it, and lets the stream go', async () => {
    const { finished } = run({ outputMode: 'perEvent', events: ['transferToAgent', 'reply'] });
    await until(() => asapp.sandbox.streams.isConnected(STREAM));
    asapp.sandbox.streams.emit(STREAM, { type: 'processingStart' });
    asapp.sandbox.streams.emit(STREAM, { type: 'reply', reply: { messageId: 'M', text: 'Hello' } });
    const { data, status } = await finished;
    expect(status).toBe('success');
    const [first, second, third] = data.resultData.runData.Trigger?.[0]?.data?.main ?? [];
    expect([first, second]).toEqual([[], []]);
    expect(third).toMatchObject([{ json: { type: 'reply', reply: { text: 'Hello' } } }]);
    await until(() => !asapp.sandbox.streams.isConnected(STREAM));
  });

  test('shows why the stream cannot be opened', async () => {
    const { data } = await run({}, asapp.credential({ apiSecret: 'wrong' })).finished;
    expect(data.resultData.error).toMatchObject({ httpCode: '401' });
  });

  test('lets the stream go when it is stopped', async () => {
    const { cancel, finished } = run();
    await until(() => asapp.sandbox.streams.isConnected(STREAM));
    cancel();
    await until(() => !asapp.sandbox.streams.isConnected(STREAM));
    expect((await finished).status).toBe('canceled');
  });
});
