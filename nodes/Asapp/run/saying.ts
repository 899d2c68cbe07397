import type { IDataObject } from 'n8n-workflow';

import { instantAt, instantOf } from '../looks/instant';
import type { WantedMessage } from '../looks/match';
import type { ItemValues, Operation, SaidMessage } from '../operations/operation';
import { contentOf } from './earlierTries';
import type { MarkedMoments } from './moment';

/** How much earlier than the execution a clock of another worker may be, in ms. */
const CLOCK_DIFFERENCE = 5_000;

/** What an item says, and what makes it the same item in another try. */
export interface Spoken {
  /** Without a time where the node gives a message one. */
  said: SaidMessage[];
  /** From what it says and where, or else from the whole request; it tells nothing about it. */
  content: string;
}

/** Reads {@link Spoken} from an item and its call. */
export function spokenBy(operation: Operation, values: ItemValues, call = operation.request(values)): Spoken {
  const { endpoint, parts } = call;
  const { path, query } = parts;
  const body = (parts.body?.(() => '') ?? {}) as IDataObject;
  const said = operation.saying?.messages(body) ?? [];
  const what = said.length === 0 ? body : [operation.conversationOf(values), said];
  return { said, content: contentOf([endpoint, path, query, what]) };
}

/** ASAPP's IDs of the messages in the output of an item. */
export function messageIdsIn(items: readonly IDataObject[]): string[] {
  return items
    .flatMap(({ messageId, messageIds }) =>
      Array.isArray(messageIds) ? (messageIds as unknown[]) : [messageId],
    )
    .filter((id): id is string => typeof id === 'string');
}

/** The messages as they are looked for; `times` are those that they were sent with, if that is known. */
export function wantedMessages(
  said: readonly SaidMessage[],
  { itemIndex, content }: { itemIndex: number; content: string },
  moments: MarkedMoments,
  times: readonly string[] = [],
): WantedMessage[] {
  const since = instantAt((moments.since ?? 0) - CLOCK_DIFFERENCE);
  return said.map(({ text, sender, timestamp }, index) => {
    const at = instantOf(times[index] ?? timestamp);
    const time = at === undefined ? { mark: moments.markOf(itemIndex, content, index), since } : { at };
    return { text, role: sender.role, externalId: sender.externalId, time };
  });
}
