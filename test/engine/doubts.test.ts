// An item that may have arrived is looked for in its conversation.
import type { IDataObject } from 'n8n-workflow';

import type { Fault } from '../../sandbox';
import { startAsappRun, useAsapp } from '../support/asapp';
import { looks } from '../support/looks';
import { operationRunner } from '../support/operation';
import { analyzeParameters, CONVERSATION_ID } from '../support/parameters';

const asapp = useAsapp();
const run = operationRunner(asapp);

const LOOKS = /3 looks/;

function errorOf({ error }: IDataObject): IDataObject {
  return error as IDataObject;
}

const THREE = JSON.stringify(
  ['one', 'two', 'three'].map((text) => ({ text, sender: { role: 'customer', externalId: 'customer-xyz' } })),
);

/** The operation of the sandbox behind each operation that says something. */
const SAYING: Array<[string, string, Record<string, string>]> = [
  ['generativeAgent.analyze', 'postAnalyze', {}],
  ['message.create', 'createMessage', {}],
  ['message.createMany', 'createBatchMessages', { messages: THREE }],
];

const ARRIVED: Array<[string, Fault]> = [
  ['no answer', { fault: 'resetAfterReading' }],
  ['half an answer', { fault: 'truncatedBody' }],
  ['a page of a gateway', { fault: 'html', status: 502, accepted: true }],
  ['a 503 of a gateway', { fault: 'html', status: 503, accepted: true }],
  ["ASAPP's own 500", { fault: 'status', status: 500, accepted: true }],
  ['a success that is not what is documented', { fault: 'malformedBody' }],
  ['a 409', { fault: 'status', status: 409, accepted: true }],
];

describe.each(SAYING)('%s', (name, operation, changes) => {
  // Create Many has no documented answer, so any 2xx is its success.
  const arrived = ARRIVED.filter(
    ([, { fault }]) => operation !== 'createBatchMessages' || fault !== 'malformedBody',
  );

  test.each(arrived)('that was taken and answered with %s succeeds with its IDs', async (_name, fault) => {
    asapp.sandbox.faults.set({ ...fault, operation, times: 1 });
    const { json, task } = await run(name, { ...changes, options: { maxRetries: 3 } });
    const ids = asapp.sandbox.ledger.messages.map(({ messageId }) => messageId);
    expect(json).toHaveLength(1);
    expect(json[0]).toMatchObject({ conversationId: CONVERSATION_ID, recovered: true });
    expect(json[0]).toMatchObject(ids.length === 1 ? { messageId: ids[0] } : { messageIds: ids });
    expect(looks(asapp)).toBe(1);
    expect(task.hints?.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^1 item, \d\.\d s, 1 found in their conversation$/),
    ]);
    expect(asapp.sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
  });

  test("that was not taken is sent again after ASAPP's own 500, and not after a gateway's", async () => {
    asapp.sandbox.faults.set({ fault: 'status', status: 500, operation, times: 1 });
    const { json } = await run(name, { ...changes, options: { maxRetries: 1 } });
    expect(json[0]).not.toHaveProperty('error');
    expect(looks(asapp)).toBe(3);
    const bodies = asapp.sandbox.ledger.requests
      .filter(({ operationId }) => operationId === operation)
      .map(({ rawBody }) => rawBody);
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).toBe(bodies[0]);

    asapp.sandbox.ledger.clear();
    asapp.sandbox.faults.set({ fault: 'html', status: 502, operation, times: 1 });
    const { json: inDoubt } = await run(name, { ...changes, options: { maxRetries: 1 } });
    expect(inDoubt[0]?.error).toMatchObject({ inDoubt: true, retryable: false, attempts: 1, looks: 3 });
    expect(errorOf(inDoubt[0] ?? {}).description).toMatch(LOOKS);
    expect(asapp.sandbox.ledger.messages).toEqual([]);
  }, 30_000);
});

describe('what the list of messages shows', () => {
  const lost: Fault = { fault: 'resetAfterReading', operation: 'postAnalyze', times: 1 };

  test.each([12, 6, 3, 0])('with %i digits of a second still tells the item', async (timeDigits) => {
    asapp.sandbox.reads.set({ timeDigits });
    await run('generativeAgent.analyze', { text: 'Before' });
    asapp.sandbox.faults.set(lost);
    const { json } = await run('generativeAgent.analyze', { text: 'Lost' });
    expect(json[0]).toMatchObject({
      recovered: true,
      messageId: asapp.sandbox.ledger.messages[1]?.messageId,
    });
  });

  test('with redacted texts still tells the item, by its time', async () => {
    asapp.sandbox.reads.set({ redact: '[a-z0-9]+' });
    asapp.sandbox.faults.set(lost);
    const { json } = await run('generativeAgent.analyze', { text: 'My card is 4111' });
    expect(json[0]).toMatchObject({ recovered: true });
  });

  test('a little later is waited for', async () => {
    asapp.sandbox.reads.set({ visibleAfter: 1_200 });
    asapp.sandbox.faults.set({ ...lost, fault: 'status', status: 500, accepted: true } as Fault);
    const { json } = await run('generativeAgent.analyze', { options: { maxRetries: 3 } });
    expect(json[0]).toMatchObject({ recovered: true });
    expect(looks(asapp)).toBe(2);
    expect(asapp.sandbox.ledger.messages).toHaveLength(1);
  }, 15_000);

  test('not at all leaves the item in doubt, and says why', async () => {
    asapp.sandbox.faults.set({ fault: 'status', status: 403, operation: 'getMessages' });
    asapp.sandbox.faults.set(lost);
    const { json } = await run('generativeAgent.analyze');
    const error = errorOf(json[0] ?? {});
    expect(error).toMatchObject({ kind: 'connectionFailed', inDoubt: true, looks: 1 });
    expect(error.description).toMatch(/could not be looked at \(1 look\)/);
  });

  test('not at all keeps an item from being sent again even after ASAPP’s own 500', async () => {
    const failed: Fault = {
      fault: 'status',
      status: 500,
      accepted: true,
      operation: 'postAnalyze',
      times: 1,
    };
    asapp.sandbox.faults.set({ fault: 'status', status: 403, operation: 'getMessages' });
    asapp.sandbox.faults.set(failed);
    const { json } = await run('generativeAgent.analyze', { options: { maxRetries: 3 } });
    expect(errorOf(json[0] ?? {})).toMatchObject({ inDoubt: true, attempts: 1, looks: 1 });
    expect(asapp.sandbox.ledger.messages).toHaveLength(1);
  });

  test('without an item that ASAPP refused says that it was refused, not that it may come', async () => {
    asapp.sandbox.faults.set({ fault: 'status', status: 409, operation: 'postAnalyze', times: 1 });
    const { json } = await run('generativeAgent.analyze');
    const error = errorOf(json[0] ?? {});
    expect(error).toMatchObject({ kind: 'conflict', attempts: 1, looks: 3, retryable: false });
    expect(error.description).toMatch(
      /^ASAPP refused this item, and its conversation did not have it \d+(\.\d)? s later \(3 looks\): compare/,
    );
  }, 15_000);

  test('after a failed look is looked at again', async () => {
    asapp.sandbox.faults.set({ fault: 'status', status: 503, operation: 'getMessages', times: 1 });
    asapp.sandbox.faults.set(lost);
    const { json } = await run('generativeAgent.analyze');
    expect(json[0]).toMatchObject({ recovered: true });
    expect(looks(asapp)).toBe(2);
  }, 15_000);

  test('with thousands of messages still tells the item', async () => {
    asapp.sandbox.conversations.fill(CONVERSATION_ID, 3_000);
    asapp.sandbox.faults.set(lost);
    const { json } = await run('generativeAgent.analyze');
    expect(json[0]).toMatchObject({ recovered: true });
  });
});

test('of several messages, what ASAPP holds is not sent again', async () => {
  // ASAPP stores the first and fails at the second.
  const batch = JSON.parse(THREE) as Array<{
    text: string;
    sender: { role: 'customer'; externalId: string };
  }>;
  const at = (index: number) => `2026-01-31T09:30:0${index}.123456Z`;
  const timed = batch.map((message, index) => ({ ...message, timestamp: at(index) }));
  asapp.sandbox.faults.set({ fault: 'status', status: 500, operation: 'createBatchMessages', times: 1 });
  asapp.sandbox.conversations.add(CONVERSATION_ID, timed[0] as never);
  const { json } = await run('message.createMany', {
    messages: JSON.stringify(timed),
    options: { maxRetries: 1 },
  });
  expect(json[0]).toMatchObject({ recovered: true, messageCount: 3 });
  expect(asapp.sandbox.ledger.messages.map(({ text }) => text)).toEqual(['two', 'three']);
}, 15_000);

test('a run without failures looks at nothing', async () => {
  await run('generativeAgent.analyze', {}, { items: [{}, {}, {}] });
  expect(looks(asapp)).toBe(0);
});

test('two executions that talk to one conversation take turns', async () => {
  asapp.sandbox.faults.set({ fault: 'latency', latency: 30 });
  const given = (name: string) => ({
    parameters: {
      resource: 'message',
      operation: 'create',
      conversationId: CONVERSATION_ID,
      text: `={{ "${name}" + $itemIndex }}`,
      senderRole: 'customer',
      senderExternalId: 'customer-xyz',
    },
    items: Array.from({ length: 5 }, () => ({})),
  });
  await Promise.all(['a', 'b', 'c', 'd'].map((name) => startAsappRun(asapp, given(name)).finished));
  const { requests, messages } = asapp.sandbox.ledger;
  expect(messages).toHaveLength(20);
  expect(requests.filter(({ inFlightWith }) => inFlightWith.length > 0)).toEqual([]);
});

describe('of two items of one conversation, the second is lost', () => {
  /** Sends the same words twice, and has the fault hit the second. */
  async function second(fault: Fault): Promise<IDataObject> {
    const { sandbox } = asapp;
    const { finished } = startAsappRun(asapp, {
      parameters: analyzeParameters({ options: { maxRequestsPerSecond: 2, maxRetries: 1 } }),
      items: [{}, {}],
      node: { onError: 'continueRegularOutput' },
    });
    while (sandbox.ledger.messages.length === 0) await new Promise((wait) => setTimeout(wait, 5));
    sandbox.faults.set({ ...fault, operation: 'postAnalyze', times: 1 });
    const { data } = await finished;
    const [, item] = data.resultData.runData.ASAPP?.[0]?.data?.main?.[0] ?? [];
    expect(sandbox.ledger.messages).toHaveLength(1);
    return item?.json ?? {};
  }

  test('and the message of the first is not taken for its own', async () => {
    asapp.sandbox.reads.set({ timeDigits: 0 });
    const json = await second({ fault: 'resetAfterReading', accepted: false });
    expect(errorOf(json)).toMatchObject({ inDoubt: true, looks: 3 });
  }, 20_000);

  test('and a list that lacks the first is not believed', async () => {
    asapp.sandbox.reads.set({ visibleAfter: 60_000 });
    const json = await second({ fault: 'status', status: 500, accepted: false });
    expect(errorOf(json)).toMatchObject({ inDoubt: true, attempts: 1 });
  }, 20_000);
});
