import type { IExecuteFunctions } from 'n8n-workflow';

import { fromCredential, type AsappError } from '../errors/asappError';
import { openConnection, type Connection } from '../transport/exchange';

/** No run has so many items: what an expression finds there is nothing. */
const NO_ITEM = Number.MAX_SAFE_INTEGER;

/** What reading the credential for one item came to. */
type Reading = { connection: Connection } | { error: AsappError };

/**
 * The credential as each item sees it: its fields may be expressions. A node cannot see whether they are, so the
 * credential is read for the first two items, for the last, and for one that is not there, where an expression over the
 * item fails. If all are the same it is read no more, else once for each item.
 */
export class Credentials {
  private readonly readings = new Map<number, Promise<Reading>>();
  private isSame: Promise<boolean> | undefined;

  constructor(
    private readonly context: IExecuteFunctions,
    private readonly count: number,
  ) {}

  /**
   * Where the item goes; the same object for all items as long as the credential is the same.
   *
   * @throws AsappError `credentialUnusable` when it is missing, unreadable, incomplete or leads nowhere.
   */
  async of(itemIndex: number): Promise<Connection> {
    this.isSame ??= this.compare();
    const reading = await this.read((await this.isSame) ? 0 : itemIndex);
    if ('error' in reading) throw reading.error;
    return reading.connection;
  }

  private async compare(): Promise<boolean> {
    const samples = new Set([0, Math.min(1, this.count - 1), this.count - 1]);
    if (this.count > samples.size) samples.add(NO_ITEM);
    const [first, ...others] = await Promise.all([...samples].map(async (item) => await this.read(item)));
    return others.every((other) => JSON.stringify(other) === JSON.stringify(first));
  }

  private async read(itemIndex: number): Promise<Reading> {
    const reading = this.readings.get(itemIndex) ?? this.readAnew(itemIndex);
    this.readings.set(itemIndex, reading);
    return await reading;
  }

  private async readAnew(itemIndex: number): Promise<Reading> {
    try {
      return { connection: await openConnection(this.context, itemIndex) };
    } catch (error) {
      return { error: fromCredential(error) };
    }
  }
}
