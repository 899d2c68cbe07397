import { hash } from 'node:crypto';

import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

/** What is kept of an item: what it left with, or the times of the messages that were sent for it. */
export interface KeptItem {
  /** What the item was, so that it is known again. */
  content: string;
  items?: IDataObject[];
  said?: string[];
  /** When it was first sent, in ms since 1970. */
  sentAt?: number;
}

type KeptRun = Record<string, KeptItem>;

/**
 * What earlier tries of this node run settled, in the node's context: n8n stores it with an execution that failed or was
 * cancelled, and hands it to the Retry. It is lost when the process is killed.
 */
export class EarlierTries {
  private readonly runs: Record<string, KeptRun | undefined>;
  private readonly kept: KeptRun;
  private readonly earlier: Map<number, KeptItem>;
  private readonly found = new Map<number, KeptItem>();

  constructor(
    context: IExecuteFunctions,
    private readonly runIndex: number,
  ) {
    const stored = context.getContext('node') as { asappItems?: Record<string, KeptRun | undefined> };
    this.runs = stored.asappItems ??= {};
    this.kept = this.runs[runIndex] ??= {};
    this.earlier = new Map(Object.entries(this.kept).map(([index, item]) => [Number(index), item]));
  }

  /** Whether there is something to be known again. */
  get isEmpty(): boolean {
    return this.earlier.size === 0;
  }

  /** Tells the contents of all items of this try: what is kept is known by them, as the workflow may have changed. */
  recognise(contents: ReadonlyArray<string | undefined>): void {
    const left = new Map(this.earlier);
    for (const [index, content] of contents.entries()) {
      const item = left.get(index);
      if (item === undefined || item.content !== content) continue;
      this.found.set(index, item);
      left.delete(index);
    }
    for (const [index, content] of contents.entries()) {
      if (this.found.has(index)) continue;
      const moved = [...left].find(([, item]) => item.content === content);
      if (moved === undefined) continue;
      this.found.set(index, moved[1]);
      left.delete(moved[0]);
    }
  }

  /** What is kept of an item that was {@link recognise}d. */
  find(itemIndex: number): KeptItem | undefined {
    return this.found.get(itemIndex);
  }

  /** Notes that an item is about to be sent, with messages of these times: a Retry looks for just those. */
  noteSending(itemIndex: number, content: string, said: string[]): void {
    this.kept[itemIndex] = { content, said, sentAt: Date.now() };
  }

  noteSettled(itemIndex: number, content: string, items: IDataObject[]): void {
    this.kept[itemIndex] = { content, items };
  }

  /** The item was certainly not accepted. */
  noteFailed(itemIndex: number): void {
    Reflect.deleteProperty(this.kept, itemIndex);
  }

  /** The run ended for good: nothing runs it again. */
  forget(): void {
    Reflect.deleteProperty(this.runs, this.runIndex);
  }
}

/** What makes an item the same item, in a form that tells nothing about it. */
export function contentOf(parts: unknown): string {
  return hash('sha256', JSON.stringify(parts), 'base64').slice(0, 22);
}
