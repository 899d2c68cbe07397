import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { runAsapp, startAsappRun, useAsapp } from '../../support/asapp';
import { branchParameters } from '../../support/branches';
import { looks } from '../../support/looks';
import { analyzeParameters, authenticateParameters } from '../../support/parameters';

const asapp = useAsapp({ eventDelay: 2 });

/** An Analyze that waits, its conversation and text taken from the item. */
function waiting(options: INodeParameters = {}, changes: INodeParameters = {}): INodeParameters {
  return analyzeParameters({
    conversationId: '={{ $json.id }}',
    text: '={{ $json.text }}',
    waitForReply: true,
    ...changes,
    options: { replyTimeout: 5, ...options },
  });
}

async function say(text: string, options: INodeParameters = {}): Promise<IDataObject> {
  const { json } = await runAsapp(asapp, {
    parameters: waiting(options),
    items: [{ id: 'C1', text }],
    node: { onError: 'continueRegularOutput' },
  });
  return json[0] as IDataObject;
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds() && tries < 500; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(holds()).toBe(true);
}

const texts = (json: IDataObject) => (json.replies as IDataObject[]).map(({ text }) => text);
const errorOf = (json: IDataObject) => json.error as IDataObject;
const readConnections = () => asapp.sandbox.ledger.connections.filter(({ end }) => end === undefined);
const acceptedTexts = () => asapp.sandbox.ledger.messages.map(({ text }) => text);

/** The whole item of the first message, if this was asked. */
function answered(question: string): IDataObject {
  const replies = ['One moment please.', `You asked "${question}". It is done.`];
  return {
    conversationId: 'C1',
    messageId: asapp.sandbox.ledger.messages[0]?.messageId,
    reply: replies.join('\n\n'),
    replies: replies.map((text) => ({ messageId: expect.any(String) as string, text })),
    outcome: 'reply',
  };
}

describe('what GenerativeAgent says', () => {
  test('comes with the item: all texts, one reply of them, and the outcome', async () => {
    const json = await say('How can I pay my bill?');
    expect(json).toEqual(answered('How can I pay my bill?'));
  });

  test('a question for authentication, and the reply that resumes after Authenticate', async () => {
    const asked = await say('What is my balance?');
    expect(asked).toMatchObject({
      reply: 'I have to know who you are first.',
      outcome: 'authenticationRequested',
    });
    const { json } = await runAsapp(asapp, {
      parameters: authenticateParameters({ conversationId: 'C1', waitForReply: true }),
    });
    expect(json).toEqual([
      expect.objectContaining({
        conversationId: 'C1',
        authenticated: true,
        outcome: 'reply',
        reply: [
          'Thank you, you are authenticated.',
          'Let me look at "What is my balance?".',
          'Here is what I found on "What is my balance?": all is well.',
        ].join('\n\n'),
      }),
    ]);
  });

  test('a confirmation is a reply, and the answer to it another', async () => {
    expect(await say('Cancel my plan')).toMatchObject({ outcome: 'reply' });
    expect(texts(await say('CONFIRM'))).toEqual([
      'Thank you.',
      'I am canceling your plan.',
      'Your plan is canceled.',
    ]);
  });

  test('a transfer to a human', async () => {
    expect(await say('I want a human')).toMatchObject({
      reply: 'Sure, connecting you with an agent.',
      outcome: 'transferToAgent',
    });
  });

  test('a transfer to the system, with its variables', async () => {
    expect(await say('I want a refund')).toMatchObject({
      outcome: 'transferToSystem',
      transfer: {
        referenceVariables: { customerName: 'John Smith' },
        transferVariables: { department: 'billing', request: 'I want a refund' },
        currentTaskName: 'handle_refund_requests',
      },
    });
  });

  test('nothing at all', async () => {
    expect(await say('Please say nothing')).toMatchObject({ reply: '', replies: [], outcome: 'none' });
  });

  test.each([
    ['other spellings', { spelling: 'alternative' }],
    ['CRLF and pieces of one byte', { lineEnd: 'crlf', chunkBytes: 1 }],
    [
      'CR, comments, pings and several data lines',
      { lineEnd: 'cr', comments: true, pings: true, dataLines: true },
    ],
    ['every event three times', { repeat: 3 }],
    ['events of another conversation in between', { foreignEvents: true }],
  ] as const)('is the same with %s', async (_name, misbehaviour) => {
    asapp.sandbox.streams.misbehave(misbehaviour);
    expect(await say('What is my balance? Grüße 👋')).toMatchObject({
      reply: 'I have to know who you are first.',
      outcome: 'authenticationRequested',
    });
    expect(texts(await say('Grüße 👋'))).toEqual(['One moment please.', 'You asked "Grüße 👋". It is done.']);
    expect(await say('refund')).toMatchObject({
      outcome: 'transferToSystem',
      transfer: { currentTaskName: 'handle_refund_requests' },
    });
  });

  test('may be a megabyte long', async () => {
    asapp.sandbox.streams.misbehave({ replyBytes: 1_000_000 });
    expect(Buffer.byteLength(String(texts(await say('Hello'))[0]))).toBeGreaterThanOrEqual(1_000_000);
  });
});

describe('the event stream', () => {
  test('is one for 200 conversations, closed afterwards; each item has the reply of its own conversation', async () => {
    const items = Array.from({ length: 200 }, (_, index) => ({ id: `C${index}`, text: `question ${index}` }));
    const { json } = await runAsapp(asapp, {
      parameters: waiting({ maxConcurrency: 200, maxRequestsPerSecond: 1000 }),
      items,
    });
    expect(json.map((item) => texts(item)[1])).toEqual(
      items.map(({ text }) => `You asked "${text}". It is done.`),
    );
    expect(asapp.sandbox.ledger.streams).toHaveLength(1);
    expect(asapp.sandbox.ledger.connections).toHaveLength(1);
    await until(() => readConnections().length === 0);
  });

  test('tells the items of one conversation apart by their order', async () => {
    const items = Array.from({ length: 6 }, (_, index) => ({
      id: `C${index % 2}`,
      text: `question ${index}`,
    }));
    const { json } = await runAsapp(asapp, { parameters: waiting(), items });
    expect(json.map((item) => texts(item)[1])).toEqual(
      items.map(({ text }) => `You asked "${text}". It is done.`),
    );
  });

  test('is asked for again after a 503, as an item would be', async () => {
    asapp.sandbox.faults.set({ fault: 'status', status: 503, operation: 'streams', times: 2 });
    expect(await say('Hello', { maxRetries: 2 })).toMatchObject({ outcome: 'reply' });
    expect(acceptedTexts()).toEqual(['Hello']);
  });

  test('cannot be opened: every item says why and nothing was sent', async () => {
    asapp.sandbox.faults.set({ fault: 'status', status: 403, operation: 'streams' });
    const { outputs } = await runAsapp(asapp, {
      parameters: branchParameters([{ name: 'Check Key', errors: ['forbidden'], codes: '' }], waiting()),
      items: [
        { id: 'C1', text: 'a', mark: 1 },
        { id: 'C2', text: 'b', mark: 2 },
      ],
    });
    expect(outputs[2]?.map(({ json }) => json.mark)).toEqual([1, 2]);
    expect(errorOf(outputs[2]?.[0]?.json ?? {})).toMatchObject({ kind: 'forbidden', attempts: 0 });
    expect(errorOf(outputs[2]?.[0]?.json ?? {}).message).toMatch(
      /^The event stream for the replies could not be opened/,
    );
    expect(asapp.sandbox.ledger.messages).toEqual([]);
  });

  test('that broke before the reply is opened again under its ID, and what it missed is read', async () => {
    asapp.sandbox.streams.misbehave({ dropAfter: 0, dropTimes: 1 });
    // The first run's events are lost with the connection; the second item finds it open again.
    const { json } = await runAsapp(asapp, {
      parameters: waiting({ replyTimeout: 5, maxConcurrency: 1 }),
      items: [
        { id: 'C1', text: 'lost' },
        { id: 'C2', text: 'heard' },
      ],
    });
    expect(json[0]).toMatchObject({ outcome: 'reply', healed: true });
    expect(texts(json[0] ?? {})).toEqual(['One moment please.', 'You asked "lost". It is done.']);
    expect(json[1]).toMatchObject({ outcome: 'reply' });
    expect(json[1]).not.toHaveProperty('healed');
    expect(new Set(asapp.sandbox.ledger.streams.map(({ streamId }) => streamId)).size).toBe(1);
    expect(asapp.sandbox.ledger.streams.length).toBe(2);
    expect(looks(asapp, 'C2')).toBe(0);
  });

  test('that broke in the middle of a reply: the whole of it is read, and the message is not sent again', async () => {
    asapp.sandbox.streams.misbehave({ dropAfter: 2, dropTimes: 1 });
    const json = await say('Hello');
    expect(json).toEqual({ ...answered('Hello'), healed: true });
    expect(acceptedTexts()).toEqual(['Hello']);
  });

  test.each(['state', 'getMessages'])(
    'that broke in the middle of a reply, and %s may not be asked: what was heard is told',
    async (operation) => {
      asapp.sandbox.faults.set({ fault: 'status', status: 403, operation });
      asapp.sandbox.streams.misbehave({ dropAfter: 2, dropTimes: 1 });
      expect(errorOf(await say('Hello', { replyTimeout: 2 }))).toMatchObject({
        kind: 'replyTimeout',
        retryable: false,
        attempts: 1,
        accepted: {
          conversationId: 'C1',
          messageId: asapp.sandbox.ledger.messages[0]?.messageId,
          replies: [{ text: 'One moment please.' }],
        },
      });
      expect(acceptedTexts()).toEqual(['Hello']);
    },
  );

  test('that broke before a transfer: its variables were in the lost event only', async () => {
    asapp.sandbox.streams.misbehave({ dropAfter: 2, dropTimes: 1 });
    expect(errorOf(await say('I want a refund', { replyTimeout: 2 }))).toMatchObject({
      kind: 'replyTimeout',
      accepted: { replies: [{ text: 'I am handing you over to our refund desk.' }] },
    });
    asapp.sandbox.streams.misbehave({ dropAfter: 3, dropTimes: 1 });
    expect(await say('I want a refund')).toMatchObject({
      outcome: 'transferToSystem',
      transfer: { transferVariables: { department: 'billing' } },
      healed: true,
    });
  });

  test('keeps its secret address out of everything', async () => {
    asapp.sandbox.streams.misbehave({ refuseConnects: 1 });
    const { run } = await runAsapp(asapp, {
      parameters: waiting({ maxRetries: 0 }),
      items: [{ id: 'C1', text: 'Hello' }],
      node: { onError: 'continueRegularOutput' },
    });
    const stored = JSON.stringify(run);
    expect(stored).toContain('could not be opened');
    expect(stored).not.toMatch(/token=|push-api/);
  });
});

describe('a reply that does not end', () => {
  test('is a Reply Timeout on Other Errors, with what ASAPP accepted', async () => {
    const { outputs } = await runAsapp(asapp, {
      parameters: branchParameters(undefined, waiting({ replyTimeout: 0.3 })),
      items: [{ id: 'C1', text: 'never end', mark: 7 }],
    });
    expect(outputs.map((items) => items.length)).toEqual([0, 1, 0, 0, 0]);
    expect(outputs[1]?.[0]?.json).toMatchObject({
      mark: 7,
      errorBranch: 'Other Errors',
      error: { kind: 'replyTimeout', accepted: { replies: [{ text: 'One moment please.' }] } },
    });
  });

  test('of an item that was found in its conversation tells how often the item was sent', async () => {
    const scope = { operation: 'analyze', times: 1 };
    asapp.sandbox.faults.set({ fault: 'status', status: 503, conversationId: 'C1', ...scope });
    asapp.sandbox.faults.set({ fault: 'resetAfterReading', ...scope });
    const error = errorOf(await say('never end', { replyTimeout: 0.3, maxRetries: 1 }));
    expect(error).toMatchObject({ kind: 'replyTimeout', attempts: 2 });
    expect(acceptedTexts()).toEqual(['never end']);
  });

  test("is never answered by a second message, neither by our retries nor by n8n's Retry On Fail", async () => {
    const { json } = await runAsapp(asapp, {
      parameters: waiting({ replyTimeout: 0.3, maxRetries: 3 }),
      items: [{ id: 'C1', text: 'never end' }],
      node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1, onError: 'continueRegularOutput' },
    });
    expect(errorOf(json[0] ?? {})).toMatchObject({ kind: 'replyTimeout' });
    expect(acceptedTexts()).toEqual(['never end']);
  });

  test('does not give its late reply to the next item of the conversation', async () => {
    // Something comes in time, but not all of it: a stream on which nothing comes would be opened anew.
    asapp.sandbox.streams.misbehave({ delay: 300 });
    const { json } = await runAsapp(asapp, {
      parameters: waiting({ replyTimeout: '={{ $json.seconds }}' as never }),
      items: [
        { id: 'C1', text: 'first', seconds: 0.6 },
        { id: 'C1', text: 'second', seconds: 10 },
      ],
      node: { onError: 'continueRegularOutput' },
    });
    expect(errorOf(json[0] ?? {})).toMatchObject({ kind: 'replyTimeout' });
    expect(texts(json[1] ?? {})).toEqual(['One moment please.', 'You asked "second". It is done.']);
  });

  test('ends within a second when the execution is cancelled', async () => {
    const started = startAsappRun(asapp, {
      parameters: waiting({ replyTimeout: 60 }),
      items: [
        { id: 'C1', text: 'never end' },
        { id: 'C1', text: 'not sent' },
      ],
    });
    await until(() => asapp.sandbox.ledger.eventsOf('C1').length > 1);
    const cancelledAt = Date.now();
    started.cancel();
    await started.finished.catch(() => {});
    await until(() => readConnections().length === 0);
    expect(Date.now() - cancelledAt).toBeLessThan(1_000);
    expect(acceptedTexts()).toEqual(['never end']);
  });
});

test('a failed item says its own error, and the next of its conversation has its own reply', async () => {
  asapp.sandbox.faults.set({ fault: 'status', status: 422, conversationId: 'C1', times: 1 });
  const { json } = await runAsapp(asapp, {
    parameters: waiting(),
    items: [
      { id: 'C1', text: 'refused' },
      { id: 'C1', text: 'accepted' },
    ],
    node: { onError: 'continueRegularOutput' },
  });
  expect(errorOf(json[0] ?? {})).toMatchObject({ kind: 'unprocessableEntity' });
  expect(texts(json[1] ?? {})[1]).toBe('You asked "accepted". It is done.');
});

test('a reply timeout out of range names the field', async () => {
  const json = await say('Hello', { replyTimeout: 0 });
  expect(errorOf(json).message).toBe("'Reply Timeout' must be a number from 0.1 to 3600");
});
