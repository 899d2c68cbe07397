import type { Fault } from '../../sandbox';
import { runAsapp, useAsapp, type AsappRun } from '../support/asapp';
import { looks, refuseLooks, sentRequests } from '../support/looks';
import { OPERATIONS } from './support';

const asapp = useAsapp();

const ITEMS = ['A1', 'B2', 'C3'].map((id, row) => ({ id, row }));

/** Every way to fail that the conversation B2 alone can have, and its kind. */
const FAULTS: Array<[string, Fault]> = [
  ['conflict', { fault: 'status', status: 409, conversationId: 'B2' }],
  ['internalServerError', { fault: 'html', status: 502, conversationId: 'B2' }],
  ['connectionFailed', { fault: 'resetAfterReading', conversationId: 'B2' }],
  ['connectionFailed', { fault: 'truncatedBody', conversationId: 'B2' }],
  ['timeout', { fault: 'noAnswer', conversationId: 'B2' }],
  ['unexpectedResponse', { fault: 'html', status: 200, conversationId: 'B2' }],
  ['unexpectedResponse', { fault: 'redirect', conversationId: 'B2' }],
];

/** With these, ASAPP says that it did nothing. */
const REFUSALS = ['redirect'];

describe.each(OPERATIONS)('$operation: the second of three items', ({ parameters, call, repeatable }) => {
  /** Looking would find what ASAPP accepted, so that nothing failed. */
  async function runThree(
    fault: Fault,
    onError: 'continueErrorOutput' | 'continueRegularOutput',
  ): Promise<AsappRun> {
    asapp.sandbox.faults.set({ ...fault, operation: call });
    refuseLooks(asapp);
    const run = await runAsapp(asapp, {
      parameters: parameters({ conversationId: '={{ $json.id }}', options: { timeout: 1 } }),
      items: ITEMS,
      node: { onError },
    });
    expect(run.error).toBeUndefined();
    // One request an item, in the order of the items.
    const conversations = sentRequests(asapp).map(({ conversationId }) => conversationId);
    expect(conversations).toEqual(['A1', 'B2', 'C3']);
    // Only the one in doubt is looked for.
    const inDoubt = repeatable || REFUSALS.includes(fault.fault) ? 0 : 1;
    expect([looks(asapp, 'B2'), looks(asapp)]).toEqual([inDoubt, inDoubt]);
    return run;
  }

  test.each(FAULTS)('goes to the error output alone (%s, %j)', async (kind, fault) => {
    const { outputs } = await runThree(fault, 'continueErrorOutput');
    const [success, failed, ...others] = outputs;
    expect(others).toEqual([]);
    expect(success).toMatchObject([
      { json: { conversationId: 'A1' }, pairedItem: { item: 0 } },
      { json: { conversationId: 'C3' }, pairedItem: { item: 2 } },
    ]);
    expect(success).toHaveLength(2);
    for (const item of success ?? []) expect(item.json).not.toHaveProperty('error');
    expect(failed).toMatchObject([{ json: { ...ITEMS[1], error: { kind } }, pairedItem: { item: 1 } }]);
    expect(failed).toHaveLength(1);
  });

  test.each(FAULTS)('keeps its place in the regular output (%s, %j)', async (kind, fault) => {
    const { outputs, items } = await runThree(fault, 'continueRegularOutput');
    expect(outputs).toHaveLength(1);
    expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
    expect(items).toMatchObject([
      { json: { conversationId: 'A1' } },
      { json: { ...ITEMS[1], error: { kind } } },
      { json: { conversationId: 'C3' } },
    ]);
    expect(items[0]?.json).not.toHaveProperty('error');
    expect(items[2]?.json).not.toHaveProperty('error');
  });
});

test('one refused before it is sent leaves its neighbours alone', async () => {
  const { outputs } = await runAsapp(asapp, {
    parameters: OPERATIONS[0]!.parameters({ conversationId: '={{ $json.id }}' }),
    items: [{ id: 'A1' }, { id: 'not an id' }, { id: 'C3' }],
    node: { onError: 'continueErrorOutput' },
  });
  expect(outputs[0]).toMatchObject([{ pairedItem: { item: 0 } }, { pairedItem: { item: 2 } }]);
  expect(outputs[1]).toMatchObject([
    { json: { error: { kind: 'invalidInput', attempts: 0 } }, pairedItem: { item: 1 } },
  ]);
  expect(asapp.sandbox.ledger.requests).toHaveLength(2);
});
