import { createHash } from 'node:crypto';

import type { IExecuteFunctions } from 'n8n-workflow';

import type { Moment } from '../transport/endpoint';

/** The digits behind the milliseconds go from 0 to this, exclusive. */
const MARKS = 1_000;

/**
 * The times that the node gives messages: the moment of sending, and behind the milliseconds three digits by which n8n's
 * Retry knows the message again. They depend on what a Retry keeps: when the execution was established, the node, its
 * run and the item.
 */
export class MarkedMoments {
  /** When the execution was established, in ms since 1970; undefined in an n8n that does not tell. */
  readonly since: number | undefined;
  private readonly first: number;

  constructor(context: IExecuteFunctions, runIndex: number) {
    this.since = establishedAt(context);
    const run = JSON.stringify([this.since ?? context.getExecutionId(), context.getNode().id, runIndex]);
    this.first = createHash('sha256').update(run).digest().readUInt32BE() % MARKS;
  }

  /** The three digits of a message of an item, as a number. */
  markOf(itemIndex: number, index = 0): number {
    return (this.first + itemIndex + index) % MARKS;
  }

  /** Now, for the messages of an item. */
  now(itemIndex: number): Moment {
    const milliseconds = Date.now();
    const first = this.markOf(itemIndex);
    return (index = 0) => {
      const mark = first + index;
      const clock = new Date(milliseconds + Math.floor(mark / MARKS)).toISOString();
      return clock.replace('Z', `${String(mark % MARKS).padStart(3, '0')}Z`);
    };
  }
}

/** n8n before 1.116 has no execution context. */
function establishedAt(context: Partial<IExecuteFunctions>): number | undefined {
  return context.getExecutionContext?.()?.establishedAt;
}
