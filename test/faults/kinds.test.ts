import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { Fault } from '../../sandbox';
import { runAsapp, useAsapp } from '../support/asapp';
import { parametersOf } from '../support/parameters';
import { UNSEEN } from './support';

const asapp = useAsapp();

/**
 * Whether an item is sent again: always, never, only if it may arrive twice, or if it may or ASAPP can be asked whether it
 * holds it.
 */
type Repetition = 'always' | 'never' | 'ifHarmless' | 'ifSettled';

/**
 * A fault that hits the first request of a conversation, the kind of its error, and whether that is waited out. `isTaken`:
 * ASAPP did what it was asked for all the same.
 */
interface FaultCase {
  fault: Fault;
  kind: string;
  repetition: Repetition;
  isTaken?: true;
  timeout?: number;
}

const FAULTS: FaultCase[] = [
  { fault: { fault: 'resetBeforeReading' }, kind: 'connectionFailed', repetition: 'ifHarmless' },
  {
    fault: { fault: 'resetAfterReading' },
    kind: 'connectionFailed',
    repetition: 'ifHarmless',
    isTaken: true,
  },
  { fault: { fault: 'truncatedBody' }, kind: 'connectionFailed', repetition: 'ifHarmless', isTaken: true },
  { fault: { fault: 'noAnswer' }, kind: 'timeout', repetition: 'ifHarmless', isTaken: true, timeout: 0.4 },
  { fault: { fault: 'html', status: 502 }, kind: 'internalServerError', repetition: 'ifHarmless' },
  { fault: { fault: 'html', status: 503 }, kind: 'serviceUnavailable', repetition: 'ifHarmless' },
  { fault: { fault: 'status', status: 500 }, kind: 'internalServerError', repetition: 'ifSettled' },
  { fault: { fault: 'status', status: 503 }, kind: 'serviceUnavailable', repetition: 'always' },
  { fault: { fault: 'status', status: 422 }, kind: 'unprocessableEntity', repetition: 'never' },
  { fault: { fault: 'redirect' }, kind: 'unexpectedResponse', repetition: 'never' },
  { fault: { fault: 'html', status: 200 }, kind: 'unexpectedResponse', repetition: 'never' },
  { fault: { fault: 'emptyBody' }, kind: 'unexpectedResponse', repetition: 'never', isTaken: true },
  { fault: { fault: 'malformedBody' }, kind: 'unexpectedResponse', repetition: 'never', isTaken: true },
];

/** Whether ASAPP, or what stands before it, says that it did nothing. */
function isRefusal({ fault }: FaultCase): boolean {
  return fault.fault === 'redirect' || (fault.fault === 'status' && fault.status !== 500);
}

const ITEMS = FAULTS.map(({ timeout = 20 }, index) => ({ id: `F${index}`, timeout }));

/** Operations for whose success ASAPP describes nothing: another body, or none, takes nothing from it. */
const ANSWERED_BY_NOTHING = ['message.createMany'];
const ANY_BODY = ['emptyBody', 'malformedBody'];

/** An operation of each kind, with the item's `id` where it names the conversation; a list has two entries. */
interface Kind {
  name: string;
  changes: INodeParameters;
  /** It must not arrive twice; ASAPP lists what is said, so that it can be asked for it. */
  isOnce?: 'said' | 'unlisted';
  entries?: number;
}

const KINDS: Kind[] = [
  { name: 'conversation.get', changes: { conversationId: '={{ $json.id }}' } },
  { name: 'message.getAll', changes: { conversationId: '={{ $json.id }}' }, entries: 2 },
  { name: 'conversation.createOrUpdate', changes: { externalId: '={{ "external-" + $json.id }}' } },
  { name: 'summary.freeText', changes: { conversationId: '={{ $json.id }}' } },
  { name: 'message.create', changes: { conversationId: '={{ $json.id }}' }, isOnce: 'said' },
  { name: 'message.createMany', changes: { conversationId: '={{ $json.id }}' }, isOnce: 'said' },
  {
    name: 'callTransfer.create',
    changes: {
      transferId: '={{ "T" + $json.id }}',
      externalConversationId: '={{ "external-" + $json.id }}',
    },
    isOnce: 'unlisted',
  },
];

/**
 * Runs an item for each fault, all at once, as most of the time is spent on waiting. Returns for each how many entries
 * came out of it, or its error.
 */
async function runFaults(
  parameters: INodeParameters,
  entries: number,
): Promise<Array<{ entries: number; recovered: boolean; error: IDataObject | undefined }>> {
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
  const of = (index: number) =>
    succeeded.filter(({ pairedItem }) => (pairedItem as { item: number }).item === index);
  return ITEMS.map(({ id }, index) => ({
    entries: of(index).length,
    recovered: of(index).some(({ json }) => json.recovered === true),
    error: failed.find(({ json }) => json.id === id)?.json.error as IDataObject | undefined,
  }));
}

/** What becomes of an item: how often it is sent, and what is seen of it. */
function endOf(faultCase: FaultCase, { name, isOnce, entries = 1 }: Kind): object {
  const { fault, kind, repetition, isTaken } = faultCase;
  const success = { entries, recovered: false, error: undefined };
  const isAnswer = ANY_BODY.includes(fault.fault) && ANSWERED_BY_NOTHING.includes(name);
  if (isAnswer) return { ...success, attempts: 1, looks: 0 };
  const isHarmless = repetition === 'ifHarmless' || repetition === 'ifSettled';
  if (repetition === 'always' || (isHarmless && isOnce === undefined))
    return { ...success, attempts: 2, looks: 0 };
  const error = { kind, attempts: 1, retryable: false };
  if (isOnce !== 'said' || isRefusal(faultCase)) return { entries: 0, error, attempts: 1, looks: 0 };
  if (isTaken) return { ...success, recovered: true, attempts: 1, looks: 1 };
  if (repetition === 'ifSettled') return { ...success, attempts: 2, looks: 3 };
  const description = expect.stringMatching(UNSEEN) as string;
  return { entries: 0, error: { ...error, looks: 3, description }, attempts: 1, looks: 3 };
}

test.each(
  KINDS.map(
    (kind) =>
      [kind.name, kind.isOnce ? 'only when nothing can have arrived' : 'when in doubt', kind] as const,
  ),
)('%s is sent again %s', async (name, _when, operation) => {
  const { changes, isOnce, entries = 1 } = operation;
  // So many faults at once would be an outage.
  const options = { maxRetries: 1, maxConcurrency: 20, maxOutage: 0, timeout: '={{ $json.timeout }}' };
  const ends = await runFaults(parametersOf(name, { ...changes, options }), entries);
  for (const [index, faultCase] of FAULTS.entries()) {
    const { fault } = faultCase;
    const arrived = asapp.sandbox.ledger.requestsOf(`F${index}`);
    const requests = arrived.filter(({ operationId }) => operationId === arrived[0]?.operationId);
    const told = {
      fault,
      attempts: requests.length,
      looks: arrived.length - requests.length,
      ...ends[index],
    };
    expect(told).toMatchObject({ fault, ...endOf(faultCase, operation) });
    // What broke before it was read has no body.
    expect(requests.at(-1)?.rawBody).toBe(requests[0]?.rawBody ?? requests.at(-1)?.rawBody);
    const isInDoubt = isOnce !== undefined && told.error !== undefined && !isRefusal(faultCase);
    expect(told.error?.inDoubt).toBe(isInDoubt ? true : undefined);
  }
  if (isOnce !== undefined) expect(asapp.sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
});
