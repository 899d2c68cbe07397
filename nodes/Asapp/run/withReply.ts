import type { IDataObject } from 'n8n-workflow';

import { AsappError, notSentBecause, replyMissing } from '../errors/asappError';
import type { AwaitedReply } from '../events/replyQueue';
import type { Replies, WaitEnd } from '../events/replies';

/**
 * Sends an item and waits for what GenerativeAgent says to it.
 *
 * @returns what `send` returned, with `reply`, `replies`, `outcome` and, where there is one, `transfer`.
 * @throws what `send` throws; AsappError `replyTimeout` when ASAPP accepted the item and the whole reply did not arrive;
 * the reason why the event stream is not connected, in which case nothing was sent.
 */
export async function withReply(
  replies: Replies,
  conversationId: string,
  seconds: number,
  send: () => Promise<IDataObject>,
): Promise<IDataObject> {
  if (replies.loss !== undefined)
    throw notSentBecause('Nothing was sent, as the reply could not be received', replies.loss);
  const run = replies.expect(conversationId);
  const json = await send().catch(async (error: unknown) => {
    const mayHaveArrived = error instanceof AsappError && error.circumstances.mayHaveArrived;
    await replies.withdraw(conversationId, run, mayHaveArrived);
    throw error;
  });
  const end = await replies.wait(conversationId, run, seconds);
  if (end === 'complete') return { ...replyFields(run), ...json };
  const messageId = typeof json.messageId === 'string' ? { messageId: json.messageId } : {};
  throw replyMissing(reasonFor(end, seconds), { conversationId, ...messageId, replies: [...run.replies] });
}

/** The part of a waited item that says what GenerativeAgent said. */
function replyFields({ replies, outcome, transfer }: AwaitedReply): IDataObject {
  return {
    reply: replies.map(({ text }) => text).join('\n\n'),
    outcome,
    replies,
    ...(transfer === undefined ? {} : { transfer }),
  };
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
