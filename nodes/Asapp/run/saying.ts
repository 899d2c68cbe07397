import type { IDataObject } from 'n8n-workflow';

import { instantAt, instantOf } from '../looks/instant';
import type { WantedMessage } from '../looks/match';
import type { ItemValues, Operation, SaidMessage } from '../operations/operation';
import { contentOf } from './earlierTries';
import type { MarkedMoments } from './moment';

/** How much earlier than the execution a clock of another worker may be, in ms. */
const CLOCK_DIFFERENCE = 5_000;

/** The messages that an item says, without a time where the node gives it one. */
export function messagesOf(operation: Operation, values: ItemValues): SaidMessage[] {
  const { saying } = operation;
  if (saying === undefined) return [];
  return saying.messages((operation.request(values).parts.body?.(() => '') ?? {}) as IDataObject);
}

/** What makes an item the same item in another try: what it says and where, or else the whole request. */
export function contentOfItem(operation: Operation, values: ItemValues): string {
  const { endpoint, parts } = operation.request(values);
  const { path, query } = parts;
  const body = (parts.body?.(() => '') ?? {}) as IDataObject;
  const said = operation.saying?.messages(body) ?? [];
  const what = said.length === 0 ? body : [operation.conversationOf(values), said];
  return contentOf([endpoint, path, query, what]);
}

/** The messages as they are looked for; `times` are those that they were sent with, if that is known. */
export function wantedMessages(
  said: readonly SaidMessage[],
  itemIndex: number,
  moments: MarkedMoments,
  times: readonly string[] = [],
): WantedMessage[] {
  const since = instantAt((moments.since ?? 0) - CLOCK_DIFFERENCE);
  return said.map(({ text, sender, timestamp }, index) => {
    const at = instantOf(times[index] ?? timestamp);
    const time = at === undefined ? { mark: moments.markOf(itemIndex, index), since } : { at };
    return { text, role: sender.role, externalId: sender.externalId, time };
  });
}
