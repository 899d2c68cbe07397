import type { IExecuteFunctions } from 'n8n-workflow';

import type { Waiting } from '../delivery/attempts';
import type { Prepared } from '../delivery/deliver';
import { readerOf } from '../fields/field';
import { NodeParameters, type ItemParameters } from '../fields/ItemParameters';
import { toText } from '../fields/text';
import type { ItemValues, Operation } from '../operations/operation';
import type { ApiKeys } from './apiKeys';
import type { WantedItem } from './conversations';
import { readDeliveryOptions, type DeliveryOptions } from './options';
import { probeOf } from './outages';
import { unsent, type Outcome } from './outcome';
import type { Run } from './run';
import { messageIdsIn, spokenBy, wantedMessages } from './saying';
import { ItemSender } from './sendItem';

/** The Options of an item: the operation's own, and those that shape the delivery. */
interface ReadOptions {
  own: ItemValues;
  delivery: DeliveryOptions;
}

/** Looks at the items of a run before each is sent: in which lane it goes, what it asks for, with which key. */
export class ItemPreparer {
  private readonly run: Run;
  private readonly seen = new Map<number, ItemParameters>();
  private readonly readFields: (item: ItemParameters) => ItemValues;
  private readonly readOptions: (item: ItemParameters) => ReadOptions;
  private lanes: Map<string, number[]> | undefined;
  private areRecognised = false;

  constructor(
    private readonly context: IExecuteFunctions,
    private readonly operation: Operation,
    private readonly parameters: NodeParameters,
    private readonly apiKeys: ApiKeys,
    run: Omit<Run, 'wantedIn'>,
  ) {
    this.run = { ...run, wantedIn: (conversationId) => this.wantedIn(conversationId) };
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
    const item = this.parameters.ofItem(itemIndex);
    this.seen.set(itemIndex, item);
    return this.laneIn(item);
  }

  /** How the item ended unsent, or what sends it; never rejects. */
  async prepare(itemIndex: number, waiting: Waiting): Promise<Prepared<Outcome>> {
    const { context, operation, run } = this;
    const parameters = this.seen.get(itemIndex) ?? this.parameters.ofItem(itemIndex);
    this.seen.delete(itemIndex);
    try {
      const kept = this.keptOf(itemIndex);
      if (kept !== undefined) return { outcome: kept };
      const apiKey = await this.apiKeys.of(itemIndex);
      const { values, delivery } = this.valuesIn(parameters);
      const { timeout, replyTimeout } = delivery;
      const { pace, stream } = apiKey;
      const item = { context, operation, values, apiKey, timeout, replyTimeout, itemIndex, run, waiting };
      const sender = new ItemSender(item);
      const sending = {
        pace,
        lane: sender.lane,
        known: async () => await sender.known(),
        send: async (answered: (outcome: Outcome) => void) => await sender.send(answered),
        subject: operation.conversationOf(values),
        probe: operation.effect(values) === 'once' ? probeOf(context, apiKey.connection) : undefined,
      };
      if (stream === undefined) return sending;
      const failure = await stream.open(waiting);
      return failure === undefined
        ? { ...sending, ready: async () => await stream.ready() }
        : { outcome: failure };
    } catch (error) {
      return { outcome: unsent(error) };
    }
  }

  private laneIn(item: ItemParameters): string | undefined {
    const { lane } = this.operation;
    if (lane === undefined) return undefined;
    try {
      const label = { displayName: lane };
      return toText(item.read(lane, label), label).trim() || undefined;
    } catch {
      // Preparing the item says what is wrong with it.
      return undefined;
    }
  }

  private valuesIn(parameters: ItemParameters): { values: ItemValues; delivery: DeliveryOptions } {
    const fields = this.readFields(parameters);
    const { own, delivery } = this.readOptions(parameters);
    return { values: Object.assign(fields, own), delivery };
  }

  /** What an earlier try of this execution settled. */
  private keptOf(itemIndex: number): Outcome | undefined {
    const { earlier } = this.run;
    if (earlier === undefined || earlier.isEmpty) return undefined;
    if (!this.areRecognised) {
      this.areRecognised = true;
      const indexes = this.context.getInputData().keys();
      earlier.recognise(
        [...indexes].map((index) => {
          const values = this.tryValues(index);
          return values === undefined ? undefined : spokenBy(this.operation, values).content;
        }),
      );
    }
    const items = earlier.find(itemIndex)?.items;
    return items === undefined ? undefined : { items };
  }

  private tryValues(itemIndex: number): ItemValues | undefined {
    try {
      return this.valuesIn(this.parameters.ofItem(itemIndex)).values;
    } catch {
      return undefined;
    }
  }

  private wantedIn(conversationId: string): { wanted: WantedItem[]; held: string[] } {
    const { moments, earlier } = this.run;
    const wanted: WantedItem[] = [];
    const held: string[] = [];
    for (const itemIndex of this.itemsIn(conversationId)) {
      const kept = earlier?.find(itemIndex);
      const values = this.tryValues(itemIndex);
      if (kept?.items !== undefined) held.push(...messageIdsIn(kept.items));
      else if (values !== undefined) {
        const { said, content } = spokenBy(this.operation, values);
        wanted.push({ itemIndex, wanted: wantedMessages(said, { itemIndex, content }, moments, kept?.said) });
      }
    }
    return { wanted, held };
  }

  private itemsIn(conversationId: string): readonly number[] {
    if (this.lanes === undefined) {
      this.lanes = new Map();
      for (const index of this.context.getInputData().keys()) {
        const lane = this.laneIn(this.parameters.ofItem(index));
        if (lane === undefined) continue;
        const others = this.lanes.get(lane);
        if (others === undefined) this.lanes.set(lane, [index]);
        else others.push(index);
      }
    }
    return this.lanes.get(conversationId) ?? [];
  }
}
