import type { AcceptedItem } from '../errors/asappError';
import type { GenerativeAgentEvent } from './event';
import { fingerprintOf } from './repeats';

/** What GenerativeAgent did last that the workflow has to act on; `none` when it ended without saying anything. */
export type ReplyOutcome =
  'reply' | 'authenticationRequested' | 'transferToAgent' | 'transferToSystem' | 'none';

/**
 * One run of GenerativeAgent in a conversation, from its `processingStart` to its `processingEnd`, and the item that
 * waits for it. `hasGap`: events of it may have been missed.
 */
export class AwaitedReply {
  readonly replies: AcceptedItem['replies'] = [];
  outcome: ReplyOutcome = 'none';
  transfer: GenerativeAgentEvent['transfer'];
  hasStarted = false;
  hasGap = false;
  isEnded = false;
  /** Whether an item still waits for it. */
  isAwaited = true;
  /** Resolves when the run began, ended, or was {@link release}d. */
  readonly begun: Promise<void>;
  /** Resolves when the run ended or was {@link release}d. */
  readonly over: Promise<void>;
  private resolveBegun: () => void = () => {};
  private resolveOver: () => void = () => {};

  constructor() {
    this.begun = new Promise((resolve) => {
      this.resolveBegun = resolve;
    });
    this.over = new Promise((resolve) => {
      this.resolveOver = resolve;
    });
  }

  start(): void {
    this.hasStarted = true;
    // Whatever was missed came before it.
    this.hasGap = false;
    this.resolveBegun();
  }

  add({ type, reply, transfer }: GenerativeAgentEvent): void {
    if (type === 'reply') {
      this.replies.push({ ...reply, text: reply?.text ?? '' });
      if (this.outcome === 'none') this.outcome = 'reply';
    } else if (
      type === 'authenticationRequested' ||
      type === 'transferToAgent' ||
      type === 'transferToSystem'
    ) {
      this.outcome = type;
      this.transfer = transfer ?? this.transfer;
    }
  }

  end(): void {
    this.isEnded = true;
    this.release();
  }

  /** Nobody can wait any longer. */
  release(): void {
    this.resolveBegun();
    this.resolveOver();
  }
}

/**
 * The runs of one conversation, in the order of the items that brought them about. Events name only their conversation;
 * which run they belong to follows from the order of starts and ends.
 */
export class ReplyQueue {
  private runs: AwaitedReply[] = [];
  /** An event that comes twice would end the next run as well. */
  private readonly seen = new Set<string>();

  /** Counts on a run for an item that is about to be sent. */
  expect(): AwaitedReply {
    const run = new AwaitedReply();
    this.runs.push(run);
    return run;
  }

  /** The item was not accepted: no run comes. */
  withdraw(run: AwaitedReply): void {
    this.runs = this.runs.filter((other) => other !== run);
  }

  take(event: GenerativeAgentEvent): void {
    const fingerprint = fingerprintOf(event.event);
    if (this.seen.has(fingerprint)) return;
    this.seen.add(fingerprint);
    if (event.type === 'processingStart') this.takeStart();
    else if (event.type === 'processingEnd') this.runs.shift()?.end();
    else this.runs[0]?.add(event);
  }

  /** Events may have been missed: runs that nobody waits for any more may be over. */
  noteGap(): void {
    this.runs = this.runs.filter((run) => run.isAwaited);
    for (const run of this.runs) run.hasGap = true;
  }

  /** Nobody can wait any longer. */
  release(): void {
    for (const run of this.runs) run.release();
  }

  private takeStart(): void {
    const [first, second] = this.runs;
    if (first?.hasStarted !== true) return first?.start();
    // The end of the run before was missed.
    first.hasGap = true;
    this.runs.shift();
    first.end();
    second?.start();
  }
}
