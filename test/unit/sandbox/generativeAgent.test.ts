import { startSandbox, type Sandbox } from '../../../sandbox';
import { ANALYZE, clientOf, ULID, until, UUID } from './client';
import { SchemaCheck } from './schemaCheck';
import {
  ask,
  authenticateOn,
  listen,
  runsEnded,
  STATE,
  textsOf,
  typesOf,
  type Listener,
} from './streamClient';

let sandbox: Sandbox;
let stream: Listener;
let schemas: SchemaCheck;

beforeAll(async () => {
  sandbox = await startSandbox({ eventDelay: 2 });
  schemas = await SchemaCheck.of('GenerativeAgentEvent', 'GenerativeAgentState');
});
beforeEach(async () => {
  sandbox.ledger.clear();
  sandbox.faults.clear();
  stream = await listen(sandbox);
});
afterEach(async () => {
  stream.close();
  for (const event of stream.events) {
    expect(await schemas.complaint('GenerativeAgentEvent', event)).toBe('valid');
  }
});
afterAll(() => Promise.all([sandbox.close(), schemas.close()]));

const here = (): object => ({ streamId: stream.streamId });

async function state(conversationId: string): Promise<string> {
  const { data } = await clientOf(sandbox).get(STATE, { params: { conversationId } });
  expect(await schemas.complaint('GenerativeAgentState', data)).toBe('valid');
  return data.state;
}

describe('a customer who says', () => {
  it.each<[string, string[], string]>([
    ['How can I pay my bill?', ['reply', 'reply'], 'ready'],
    ['Let me talk to a human', ['reply', 'transferToAgent'], 'transferredToAgent'],
    ['AGENT!', ['reply', 'transferToAgent'], 'transferredToAgent'],
    ['I want a refund', ['reply', 'transferToSystem'], 'transferredToSystem'],
    ['Please cancel my plan', ['reply'], 'waitingForConfirmation'],
    ['What is my balance?', ['reply', 'authenticationRequested'], 'waitingForAuth'],
    ['Say nothing', [], 'ready'],
    ['CONFIRM', ['reply', 'reply'], 'ready'],
    ['agents and refunds', ['reply', 'reply'], 'ready'],
  ])('%j gets %j and leaves the conversation %s', async (text, between, after) => {
    await ask(sandbox, 'A', text, here());
    await runsEnded(stream, 'A');
    expect(typesOf(stream, 'A')).toEqual(['processingStart', ...between, 'processingEnd']);
    expect(await state('A')).toBe(after);
  });
});

it('an answer quotes the question and comes after a filler', async () => {
  await ask(sandbox, 'A', 'Is "it" open?', here());
  await runsEnded(stream, 'A');
  expect(textsOf(stream, 'A')).toEqual(['One moment please.', 'You asked "Is "it" open?". It is done.']);
});

it('an event has the fields of ASAPP in the order of its samples', async () => {
  await ask(sandbox, 'A', 'I want a refund', { ...here(), taskName: 'Refunds' });
  await runsEnded(stream, 'A');
  const [start, , reply, transfer] = stream.events;
  const head = ['generativeAgentMessageId', 'externalConversationId', 'conversationId', 'type'];
  expect(Object.keys(start ?? {})).toEqual(head);
  expect(Object.keys(reply ?? {})).toEqual([...head, 'reply']);
  expect(Object.keys(reply?.reply ?? {})).toEqual(['messageId', 'text']);
  expect(reply?.reply?.messageId).toMatch(ULID);
  expect(Object.keys(transfer ?? {})).toEqual([...head, 'transferToSystem']);
  expect(transfer?.['transferToSystem']).toEqual({
    referenceVariables: { customerName: 'John Smith', accountNumber: '12345', isActive: true },
    transferVariables: { department: 'billing', request: 'I want a refund', notes: ['Payment pending'] },
    currentTaskName: 'Refunds',
  });
  const ids = stream.events.map((event) => event['generativeAgentMessageId']);
  for (const id of ids) expect(id).toMatch(UUID);
  expect(new Set(ids).size).toBe(ids.length);
});

it('the task and the variables are named in a reply', async () => {
  const extra = { taskName: 'UpgradePlan', inputVariables: { plan: 'GOLD', since: 2020 } };
  await ask(sandbox, 'A', 'Hello', { ...here(), ...extra });
  await runsEnded(stream, 'A');
  expect(textsOf(stream, 'A')).toEqual([
    'One moment please.',
    'The task is UpgradePlan. I know plan, since.',
    'You asked "Hello". It is done.',
  ]);
  const { data } = await clientOf(sandbox).get(STATE, { params: { externalId: 'external-A' } });
  expect(data).toEqual({
    state: 'ready',
    lastGenerativeAgentMessageId: stream.events.at(-1)?.['generativeAgentMessageId'],
    currentTaskName: 'UpgradePlan',
    inputVariables: { plan: 'GOLD', since: 2020 },
  });
});

it('a confirmation is carried out, once', async () => {
  for (const text of ['Please cancel my plan', ' confirm ', 'CONFIRM']) await ask(sandbox, 'A', text, here());
  await runsEnded(stream, 'A', 3);
  expect(textsOf(stream, 'A')).toEqual([
    'Do you really want to cancel? Reply with "CONFIRM" to go on.',
    'Thank you.',
    'I am canceling your plan.',
    'Your plan is canceled.',
    'One moment please.',
    'You asked "CONFIRM". It is done.',
  ]);
});

describe('authentication', () => {
  it('makes the run go on by itself, on the stream that it names', async () => {
    await ask(sandbox, 'A', 'What is my balance?', here());
    await runsEnded(stream, 'A');
    const other = await listen(sandbox, 'OTHER');
    await authenticateOn(sandbox, 'A', { streamId: 'OTHER' });
    await runsEnded(other, 'A');
    expect(typesOf(other, 'A')).toEqual(['processingStart', 'reply', 'reply', 'reply', 'processingEnd']);
    expect(textsOf(other, 'A')[1]).toContain('"What is my balance?"');
    expect(await state('A')).toBe('ready');
    expect(typesOf(stream, 'A')).toHaveLength(4);
    other.close();
  });

  it('that comes first is not asked for', async () => {
    await authenticateOn(sandbox, 'A', here());
    await ask(sandbox, 'A', 'What is my balance?', here());
    await runsEnded(stream, 'A');
    expect(typesOf(stream, 'A')).toEqual(['processingStart', 'reply', 'reply', 'processingEnd']);
  });

  it('that nobody waits for says nothing', async () => {
    await authenticateOn(sandbox, 'A', here());
    await ask(sandbox, 'B', 'Hello', here());
    await runsEnded(stream, 'B');
    expect(sandbox.ledger.eventsOf('A')).toEqual([]);
  });

  it('that arrives while the run is under way counts when it is over', async () => {
    await ask(sandbox, 'A', 'What is my balance?', here());
    await authenticateOn(sandbox, 'A', here());
    await runsEnded(stream, 'A', 2);
    expect(typesOf(stream, 'A').slice(4)).toEqual([
      'processingStart',
      'reply',
      'reply',
      'reply',
      'processingEnd',
    ]);
  });
});

it('without a message it reads what the conversation has', async () => {
  const client = clientOf(sandbox);
  await client.post(ANALYZE, { conversationId: 'A', ...here() });
  await runsEnded(stream, 'A');
  expect(textsOf(stream, 'A')).toEqual(['Hello, how can I help you?']);
  await ask(sandbox, 'A', 'Where is my parcel?');
  await client.post(ANALYZE, { conversationId: 'A', ...here() });
  await runsEnded(stream, 'A', 2);
  expect(textsOf(stream, 'A').at(-1)).toBe('You asked "Where is my parcel?". It is done.');
});

it('the runs of a conversation follow one another', async () => {
  await Promise.all(['one', 'two', 'three'].map((text) => ask(sandbox, 'A', text, here())));
  await runsEnded(stream, 'A', 3);
  const run = ['processingStart', 'reply', 'reply', 'processingEnd'];
  expect(typesOf(stream, 'A')).toEqual([...run, ...run, ...run]);
});

it('a run that never ends leaves the conversation processing and does not hold up the next one', async () => {
  await ask(sandbox, 'A', 'never end', here());
  await until(() => stream.events.length === 2);
  expect(await state('A')).toBe('processing');
  await ask(sandbox, 'A', 'Hello', here());
  await runsEnded(stream, 'A');
  expect(await state('A')).toBe('ready');
});

it('says nothing about a request that was refused, and answers one that was accepted in spite of its fault', async () => {
  const client = clientOf(sandbox);
  const post = (conversationId: string): Promise<unknown> =>
    client
      .post(ANALYZE, {
        conversationId,
        ...here(),
        message: {
          text: 'Hi',
          sender: { role: 'customer', externalId: '1' },
          timestamp: '2024-01-23T13:43:04Z',
        },
      })
      .catch(() => undefined);
  await post('FAULT503');
  await post('FAULTRESETBEFOREREADING');
  await post('FAULTRESETAFTERREADING');
  await runsEnded(stream, 'FAULTRESETAFTERREADING');
  expect(new Set(stream.events.map(({ conversationId }) => conversationId))).toEqual(
    new Set(['FAULTRESETAFTERREADING']),
  );
});

it('forgets a conversation with the ledger, in the middle of a run', async () => {
  await ask(sandbox, 'A', 'What is my balance?', here());
  sandbox.ledger.clear();
  expect(await state('A')).toBe('ready');
  await ask(sandbox, 'A', 'Hello', here());
  await runsEnded(stream, 'A');
  expect(typesOf(stream, 'A').filter((type) => type === 'processingStart').length).toBeLessThanOrEqual(2);
  expect(typesOf(stream, 'A')).not.toContain('authenticationRequested');
});

it('serves two hundred conversations at once on one stream', async () => {
  const ids = Array.from({ length: 200 }, (_unused, index) => `C${index}`);
  await Promise.all(ids.map((id) => ask(sandbox, id, `question ${id}`, here())));
  await Promise.all(ids.map((id) => runsEnded(stream, id)));
  for (const id of ids) {
    expect(textsOf(stream, id)).toEqual(['One moment please.', `You asked "question ${id}". It is done.`]);
  }
  expect(sandbox.ledger.events.every(({ writtenAt }) => writtenAt !== undefined)).toBe(true);
});

describe('get state', () => {
  it('of a conversation that was never used is ready', async () => {
    expect(await state('NEW')).toBe('ready');
  });

  it.each<[object, number]>([
    [{}, 400],
    [{ externalId: 'unknown' }, 404],
    [{ conversationId: 'lower' }, 404],
  ])('%j is answered with %i', async (params, status) => {
    expect((await clientOf(sandbox).get(STATE, { params })).status).toBe(status);
  });

  it('does not use up what a special id asks for', async () => {
    expect(await state('FAULT500TIMES1')).toBe('ready');
    sandbox.faults.set({ fault: 'status', status: 503, operation: 'state' });
    expect((await clientOf(sandbox).get(STATE, { params: { conversationId: 'A' } })).status).toBe(503);
  });
});

it('can be switched off', async () => {
  const silent = await startSandbox({ generativeAgent: false, eventDelay: 0 });
  try {
    await ask(silent, 'A', 'Hello', { streamId: 'S' });
    expect((await clientOf(silent).get(STATE, { params: { conversationId: 'A' } })).data).toEqual({
      state: 'ready',
    });
    expect(silent.ledger.events).toEqual([]);
  } finally {
    await silent.close();
  }
});
