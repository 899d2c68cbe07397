import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { Fault } from '../../sandbox';
import { runAsapp, useAsapp } from '../support/asapp';
import { parametersOf } from '../support/parameters';

const asapp = useAsapp();

/** Whether an item is sent again: always, never, or only if it may arrive twice. */
type Repetition = 'always' | 'never' | 'ifHarmless';

/** A fault that hits the first request of a conversation, the kind of its error, and whether that is waited out. */
const FAULTS: Array<{ fault: Fault; kind: string; repetition: Repetition; timeout?: number }> = [
  { fault: { fault: 'resetBeforeReading' }, kind: 'connectionFailed', repetition: 'ifHarmless' },
  { fault: { fault: 'resetAfterReading' }, kind: 'connectionFailed', repetition: 'ifHarmless' },
  { fault: { fault: 'truncatedBody' }, kind: 'connectionFailed', repetition: 'ifHarmless' },
  { fault: { fault: 'noAnswer' }, kind: 'timeout', repetition: 'ifHarmless', timeout: 0.4 },
  { fault: { fault: 'html', status: 502 }, kind: 'internalServerError', repetition: 'ifHarmless' },
  { fault: { fault: 'html', status: 503 }, kind: 'serviceUnavailable', repetition: 'ifHarmless' },
  { fault: { fault: 'status', status: 500 }, kind: 'internalServerError', repetition: 'always' },
  { fault: { fault: 'status', status: 503 }, kind: 'serviceUnavailable', repetition: 'always' },
  { fault: { fault: 'status', status: 422 }, kind: 'unprocessableEntity', repetition: 'never' },
  { fault: { fault: 'redirect' }, kind: 'unexpectedResponse', repetition: 'never' },
  { fault: { fault: 'html', status: 200 }, kind: 'unexpectedResponse', repetition: 'never' },
  { fault: { fault: 'emptyBody' }, kind: 'unexpectedResponse', repetition: 'never' },
  { fault: { fault: 'malformedBody' }, kind: 'unexpectedResponse', repetition: 'never' },
];

/** Faults with which ASAPP itself says that it did nothing. */
const CERTAIN = ['status', 'redirect'];

const ITEMS = FAULTS.map(({ timeout = 20 }, index) => ({ id: `F${index}`, timeout }));

/** Operations for whose success ASAPP describes nothing: another body, or none, takes nothing from it. */
const ANSWERED_BY_NOTHING = ['message.createMany'];
const ANY_BODY = ['emptyBody', 'malformedBody'];

/** An operation of each kind, with the item's `id` where it names the conversation; a list has two entries. */
const KINDS: Array<{ name: string; changes: INodeParameters; isOnce?: true; entries?: number }> = [
  { name: 'conversation.get', changes: { conversationId: '={{ $json.id }}' } },
  { name: 'message.getAll', changes: { conversationId: '={{ $json.id }}' }, entries: 2 },
  { name: 'conversation.createOrUpdate', changes: { externalId: '={{ "external-" + $json.id }}' } },
  { name: 'summary.freeText', changes: { conversationId: '={{ $json.id }}' } },
  { name: 'message.create', changes: { conversationId: '={{ $json.id }}' }, isOnce: true },
  { name: 'message.createMany', changes: { conversationId: '={{ $json.id }}' }, isOnce: true },
  {
    name: 'callTransfer.create',
    changes: {
      transferId: '={{ "T" + $json.id }}',
      externalConversationId: '={{ "external-" + $json.id }}',
    },
    isOnce: true,
  },
];

/**
 * Runs an item for each fault, all at once, as most of the time is spent on waiting. Returns for each how many entries
 * came out of it, or its error.
 */
async function runFaults(
  parameters: INodeParameters,
  entries: number,
): Promise<Array<{ entries: number; error: IDataObject | undefined }>> {
  for (const [index, { fault }] of FAULTS.entries()) {
    const conversationId = `F${index}`;
    asapp.sandbox.conversations.fill(conversationId, entries);
    asapp.sandbox.faults.set({ ...fault, times: 1, conversationId });
  }
  const { outputs, error } = await runAsapp(asapp, {
    parameters,
    items: ITEMS,
    node: { onError: 'continueErrorOutput' },
  });
  expect(error).toBeUndefined();
  const [succeeded = [], failed = []] = outputs;
  return ITEMS.map(({ id }, index) => ({
    entries: succeeded.filter(({ pairedItem }) => (pairedItem as { item: number }).item === index).length,
    error: failed.find(({ json }) => json.id === id)?.json.error as IDataObject | undefined,
  }));
}

test.each(
  KINDS.map(
    (kind) =>
      [kind.name, kind.isOnce ? 'only when nothing can have arrived' : 'when in doubt', kind] as const,
  ),
)('%s is sent again %s', async (name, _when, { changes, isOnce = false, entries = 1 }) => {
  const options = { maxRetries: 1, maxConcurrency: 20, timeout: '={{ $json.timeout }}' };
  const ends = await runFaults(parametersOf(name, { ...changes, options }), entries);
  for (const [index, { fault, kind, repetition }] of FAULTS.entries()) {
    const requests = asapp.sandbox.ledger.requestsOf(`F${index}`);
    const told = { fault, attempts: requests.length, ...ends[index] };
    if (repetition === 'always' || (repetition === 'ifHarmless' && !isOnce)) {
      expect(told).toMatchObject({ fault, attempts: 2, entries, error: undefined });
      // What broke before it was read has no body.
      expect(requests[1]?.rawBody).toBe(requests[0]?.rawBody ?? requests[1]?.rawBody);
    } else if (ANY_BODY.includes(fault.fault) && ANSWERED_BY_NOTHING.includes(name)) {
      expect(told).toMatchObject({ attempts: 1, entries, error: undefined });
    } else {
      const error = { kind, attempts: 1, retryable: false };
      expect(told).toMatchObject({ fault, attempts: 1, entries: 0, error });
      const isInDoubt = isOnce && !CERTAIN.includes(fault.fault);
      expect(told.error?.inDoubt).toBe(isInDoubt ? true : undefined);
    }
  }
  if (isOnce) expect(asapp.sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
});
