import type { IExecuteFunctions } from 'n8n-workflow';

import type { Prepared } from '../delivery/deliver';
import type { Ending } from '../delivery/ending';
import { readerOf } from '../fields/field';
import { NodeParameters, type ItemParameters } from '../fields/ItemParameters';
import { toText } from '../fields/text';
import type { ItemValues, Operation } from '../operations/operation';
import type { ApiKeys } from './apiKeys';
import { readDeliveryOptions, type DeliveryOptions } from './options';
import { unsent, type Outcome } from './outcome';
import { senderOf } from './sendItem';

/** The Options of an item: the operation's own, and those that shape the delivery. */
interface ReadOptions {
  own: ItemValues;
  delivery: DeliveryOptions;
}

/** Looks at the items of a run before each is sent: in which lane it goes, what it asks for, with which key. */
export class ItemPreparer {
  private readonly seen = new Map<number, ItemParameters>();
  private readonly readFields: (item: ItemParameters) => ItemValues;
  private readonly readOptions: (item: ItemParameters) => ReadOptions;

  constructor(
    private readonly context: IExecuteFunctions,
    private readonly operation: Operation,
    private readonly parameters: NodeParameters,
    private readonly apiKeys: ApiKeys,
  ) {
    this.readFields = readerOf(operation.fields);
    const readOwn = readerOf(operation.options, 'options.');
    const readOptions = (item: ItemParameters) => ({
      own: readOwn(item),
      delivery: readDeliveryOptions(item),
    });
    let known: ReadOptions | undefined;
    // Mostly they are the same for all items: reading them is most of the work of an item.
    this.readOptions = parameters.isConstant('options')
      ? (item) => (known ??= readOptions(item))
      : readOptions;
  }

  /** The lane of an item; undefined if it goes alone. */
  laneOf(itemIndex: number): string | undefined {
    const { lane } = this.operation;
    if (lane === undefined) return undefined;
    const item = this.parameters.ofItem(itemIndex);
    this.seen.set(itemIndex, item);
    try {
      const label = { displayName: lane };
      return toText(item.read(lane, label), label).trim() || undefined;
    } catch {
      // Preparing the item says what is wrong with it.
      return undefined;
    }
  }

  /** How the item ended unsent, or what sends it; never rejects. */
  async prepare(itemIndex: number, ending: Ending): Promise<Prepared<Outcome>> {
    const { context, operation } = this;
    const parameters = this.seen.get(itemIndex) ?? this.parameters.ofItem(itemIndex);
    this.seen.delete(itemIndex);
    try {
      const apiKey = await this.apiKeys.of(itemIndex);
      const fields = this.readFields(parameters);
      const { own, delivery } = this.readOptions(parameters);
      const values = Object.assign(fields, own);
      const { timeout, replyTimeout } = delivery;
      const { pace, stream } = apiKey;
      const send = senderOf({ context, operation, values, apiKey, timeout, replyTimeout });
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
