import type { IExecuteFunctions } from 'n8n-workflow';

import type { Ending } from '../delivery/ending';
import type { Prepared } from '../delivery/deliver';
import { NodeParameters, type ItemParameters } from '../fields/ItemParameters';
import { numberWithin } from '../fields/number';
import { toText } from '../fields/text';
import { LIMITS } from '../operations/commonFields';
import type { Operation } from '../operations/operation';
import type { ApiKeys } from './apiKeys';
import { unsent, type Outcome } from './outcome';
import { senderOf } from './sendItem';

/** Looks at the items of a run before each is sent: which conversation it is about, what it asks for, with which key. */
export class ItemPreparer {
  private readonly seen = new Map<number, ItemParameters>();

  constructor(
    private readonly context: IExecuteFunctions,
    private readonly operation: Operation,
    private readonly parameters: NodeParameters,
    private readonly apiKeys: ApiKeys,
  ) {}

  /** The conversation of an item; undefined if the item names none. */
  conversationOf(itemIndex: number): string | undefined {
    const item = this.parameters.ofItem(itemIndex);
    this.seen.set(itemIndex, item);
    try {
      const label = { displayName: 'Conversation ID' };
      return toText(item.read('conversationId', label), label).trim() || undefined;
    } catch {
      // Preparing the item says what is wrong with it.
      return undefined;
    }
  }

  /** How the item ended unsent, or what sends it; never rejects. */
  async prepare(itemIndex: number, ending: Ending): Promise<Prepared<Outcome>> {
    const parameters = this.seen.get(itemIndex) ?? this.parameters.ofItem(itemIndex);
    this.seen.delete(itemIndex);
    try {
      const apiKey = await this.apiKeys.of(itemIndex);
      const request = this.operation.toRequest(parameters);
      const timeout = numberWithin(parameters, 'options.timeout', { displayName: 'Timeout' }, LIMITS.timeout);
      const label = { displayName: 'Reply Timeout' };
      const replyTimeout = numberWithin(parameters, 'options.replyTimeout', label, LIMITS.replyTimeout);
      const { pace, stream } = apiKey;
      const { context, operation } = this;
      const send = senderOf({ context, operation, parameters, request, apiKey, timeout, replyTimeout });
      if (stream === undefined) return { pace, send };
      const failure = await stream.open(ending);
      return failure === undefined
        ? { pace, send, ready: async () => await stream.ready() }
        : { outcome: failure };
    } catch (error) {
      return { outcome: unsent(error) };
    }
  }
}
