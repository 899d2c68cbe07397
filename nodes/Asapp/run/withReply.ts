import type { IDataObject } from 'n8n-workflow';

import { AsappError, notSentBecause, replyMissing } from '../errors/asappError';
import type { AwaitedReply } from '../events/awaitedReply';
import type { Replies, WaitEnd } from '../events/replies';
import { heal, replyFields, type HealedReply } from './heal';
import { unsent, type Outcome } from './outcome';
import type { ReadItem } from './readItem';

/**
 * Sends an item and waits for what GenerativeAgent says to it. What a broken event stream missed is read from the
 * conversation.
 *
 * @returns what `send` returned, with `reply`, `replies`, `outcome` and, where there is one, `transfer`.
 * @throws what `send` throws; AsappError `replyTimeout` when ASAPP accepted the item and the whole reply did not arrive;
 * the reason why the event stream is not connected, in which case nothing was sent.
 */
export async function withReply(
  item: ReadItem,
  replies: Replies,
  conversationId: string,
  send: () => Promise<IDataObject>,
  find: () => Promise<{ messageId?: string }>,
): Promise<IDataObject> {
  if (replies.loss !== undefined)
    throw notSentBecause('Nothing was sent, as the reply could not be received', replies.loss);
  const run = replies.expect(conversationId);
  const json = await send().catch(async (error: unknown) => {
    const mayHaveArrived = error instanceof AsappError && error.circumstances.mayHaveArrived;
    if (!mayHaveArrived) await replies.withdraw(conversationId, run, false);
    // The whole run on a stream that is the item's own proves that ASAPP accepted it.
    else if ((await replies.settle(conversationId, run, item.replyTimeout)) === 'complete') return undefined;
    throw error;
  });
  if (json === undefined) return { ...replyFields(run), conversationId, ...(await find()), recovered: true };
  const until = Date.now() + item.replyTimeout * 1_000;
  const messageId = typeof json.messageId === 'string' ? json.messageId : undefined;
  const accepted = { conversationId, messageId, run, until };
  const healing = healWhenBroken(item, accepted);
  const end = await replies.wait(conversationId, run, item.replyTimeout);
  if (end === 'complete') return { ...replyFields(run), ...json };
  // What ended is there to be read by now.
  const ended = { ...accepted, until: Date.now() };
  const hasMissed = end !== 'cancelled' && run.hasGap;
  const read = hasMissed ? ((await healing) ?? (await healed(item, ended))) : undefined;
  if (read !== undefined) return { ...replyFields(read), ...json, healed: true };
  throw missing(end, item, accepted);
}

/** An item that ASAPP accepted; `run` is what was received of its reply, if anything. */
interface Accepted {
  conversationId: string;
  messageId: string | undefined;
  run: AwaitedReply | undefined;
}

/** An accepted item whose reply is waited for until then, in ms since 1970. */
interface AwaitedItem extends Accepted {
  run: AwaitedReply;
  until: number;
}

/** Reads what a broken event stream missed, beside waiting for what still comes on it. */
async function healWhenBroken(item: ReadItem, accepted: AwaitedItem): Promise<HealedReply | undefined> {
  const { run } = accepted;
  await Promise.race([run.broken, run.over]);
  // Whether a run that is over was the item's own can turn out later.
  if (!run.hasGap) return undefined;
  const reply = await healed(item, accepted);
  // Nothing more needs to come.
  if (reply !== undefined) run.release();
  return reply;
}

async function healed(
  item: ReadItem,
  { messageId, run, ...accepted }: AwaitedItem,
): Promise<HealedReply | undefined> {
  if (messageId === undefined) return undefined;
  const isNeeded = () => !run.isEnded || run.hasGap;
  return await heal({ ...accepted, messageId, reader: item, run, isNeeded });
}

/** What leaves of an item that ASAPP holds although its answer was lost: with its reply, if that is waited for. */
export async function replyOfRecovered(
  item: ReadItem,
  messageId: string,
  json: IDataObject,
): Promise<Outcome> {
  const { apiKey, operation, values, replyTimeout } = item;
  if (apiKey.stream === undefined || operation.repliesIn === undefined) return { items: [json] };
  const conversationId = operation.repliesIn(values);
  const until = Date.now() + replyTimeout * 1_000;
  const healed = await heal({ reader: item, conversationId, messageId, until });
  if (healed !== undefined) return { items: [{ ...replyFields(healed), ...json, healed: true }] };
  return unsent(missing('late', item, { conversationId, messageId, run: undefined }));
}

function missing(
  end: Exclude<WaitEnd, 'complete'>,
  { replyTimeout }: ReadItem,
  { conversationId, messageId, run }: Accepted,
): AsappError {
  return replyMissing(reasonFor(end, replyTimeout), {
    conversationId,
    ...(messageId === undefined ? {} : { messageId }),
    replies: [...(run?.replies ?? [])],
  });
}

function reasonFor(end: Exclude<WaitEnd, 'complete'>, seconds: number): string {
  switch (end) {
    case 'late':
      return `GenerativeAgent did not end its reply within ${seconds} s`;
    case 'gap':
      return "The connection for GenerativeAgent's events broke during the reply, so a part of it may be missing";
    case 'cancelled':
      return "The execution was cancelled while it waited for GenerativeAgent's reply";
  }
}
