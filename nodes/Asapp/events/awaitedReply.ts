import type { AcceptedItem } from '../errors/asappError';
import type { GenerativeAgentEvent } from './event';

/** What GenerativeAgent did last that the workflow has to act on; `none` when it ended without saying anything. */
export type ReplyOutcome =
  'reply' | 'authenticationRequested' | 'transferToAgent' | 'transferToSystem' | 'none';

/** A promise, and what fulfils it. */
class Latch {
  resolve: () => void = () => {};
  readonly promise = new Promise<void>((resolve) => {
    this.resolve = resolve;
  });
}

/**
 * One run of GenerativeAgent in a conversation, from its `processingStart` to its `processingEnd`, and the item that
 * waits for it. `hasGap`: events of it may have been missed.
 */
export class AwaitedReply {
  readonly replies: AcceptedItem['replies'] = [];
  outcome: ReplyOutcome = 'none';
  transfer: GenerativeAgentEvent['transfer'];
  /** When the item was about to be sent, as performance.now() tells it. */
  readonly expectedAt = performance.now();
  hasStarted = false;
  hasGap = false;
  isEnded = false;
  /** Whether an item still waits for it. */
  isAwaited = true;
  /** What it began with was there before, in every detail, and nothing tells that it is another event. */
  hasFamiliarStart = false;
  /** Fingerprints of its events. */
  readonly taken = new Set<string>();
  private readonly begin = new Latch();
  private ending = new Latch();
  private restarting = new Latch();
  private readonly breaking = new Latch();

  /** Resolves when the run began, ended, or was {@link release}d. */
  get begun(): Promise<void> {
    return this.begin.promise;
  }

  /** Resolves when the run ended or was {@link release}d. */
  get over(): Promise<void> {
    return this.ending.promise;
  }

  /** Resolves when the run {@link restart}ed after its end, or was {@link release}d. */
  get restarted(): Promise<void> {
    return this.restarting.promise;
  }

  /** Resolves when events of it may have been missed. */
  get broken(): Promise<void> {
    return this.breaking.promise;
  }

  /** Whether GenerativeAgent said or asked for anything in it. */
  get isEmpty(): boolean {
    return this.replies.length === 0 && this.outcome === 'none';
  }

  start(isFamiliar = false): void {
    this.hasStarted = true;
    this.hasFamiliarStart = isFamiliar;
    // Whatever was missed came before it, unless it had begun before.
    if (this.taken.size === 0) this.hasGap = false;
    this.begin.resolve();
  }

  /** Events of it may have been missed. */
  miss(): void {
    this.hasGap = true;
    this.breaking.resolve();
  }

  /** What was taken for the beginning was another run's. */
  takeBackStart(): void {
    this.hasStarted = false;
    this.taken.clear();
  }

  /** What ended was another run; this is the beginning of its own. */
  restart(): void {
    this.isEnded = false;
    this.ending = new Latch();
    this.replies.length = 0;
    this.outcome = 'none';
    this.transfer = undefined;
    this.taken.clear();
    this.start();
    const { restarting } = this;
    this.restarting = new Latch();
    restarting.resolve();
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
    this.begin.resolve();
    this.ending.resolve();
  }

  /** Nobody can wait any longer. */
  release(): void {
    this.begin.resolve();
    this.ending.resolve();
    this.restarting.resolve();
  }
}
