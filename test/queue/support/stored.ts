import { readFileSync } from 'node:fs';

import type { Sandbox } from '../../../sandbox';
import type { Message } from './batch';
import type { QueueSuite } from './suite';

/** What became of a batch at ASAPP. */
export interface Stored {
  once: number;
  twice: number;
  missing: number;
  /** Conversations whose messages are not in the order in which they were given. */
  outOfOrder: number;
}

/** Compares what ASAPP has with the messages that were to be delivered. */
export function stored({ ledger }: Sandbox, batch: readonly Message[]): Stored {
  const result = { once: 0, twice: 0, missing: 0, outOfOrder: 0 };
  const byConversation = new Map<string, Message[]>();
  for (const message of batch) {
    byConversation.set(message.conversationId, [
      ...(byConversation.get(message.conversationId) ?? []),
      message,
    ]);
  }
  for (const [conversationId, given] of byConversation) {
    const texts = given.map(({ text }) => text);
    const known = new Set(texts);
    const kept = ledger.messagesOf(conversationId).filter(({ text }) => known.has(text));
    for (const text of texts) {
      const times = kept.filter((message) => message.text === text).length;
      if (times === 0) result.missing += 1;
      else if (times === 1) result.once += 1;
      else result.twice += 1;
    }
    const order = kept.map(({ text }) => texts.indexOf(text));
    if (order.some((place, index) => index > 0 && place < (order[index - 1] ?? 0))) result.outOfOrder += 1;
  }
  return result;
}

/** Requests about these conversations: how many there were, were refused with 429, and overlapped. */
export function requests(
  { ledger }: Sandbox,
  batch: readonly Message[],
): { total: number; refused: number; overlapping: number } {
  const all = [...new Set(batch.map(({ conversationId }) => conversationId))].flatMap((id) =>
    ledger.requestsOf(id),
  );
  return {
    total: all.length,
    refused: all.filter(({ status }) => status === 429).length,
    overlapping: all.filter(({ inFlightWith }) => inFlightWith.length > 0).length,
  };
}

/** The executions that each worker has begun since it was started, by what its log says. */
export function executionsBegun(suite: QueueSuite): string[][] {
  return [1, 2].map((number) => {
    const log = readFileSync(suite.worker(number).logFile, 'utf8');
    return [...log.matchAll(/Worker started execution (\d+)/g)].map(([, id = '']) => id);
  });
}

/** How many executions each worker has begun since it was started. */
export function begunBy(suite: QueueSuite): number[] {
  return executionsBegun(suite).map(({ length }) => length);
}
