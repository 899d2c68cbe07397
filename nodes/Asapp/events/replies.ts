import type { AsappError } from '../errors/asappError';
import { withDeadline } from '../transport/deadline';
import type { Connection, RequestContext } from '../transport/exchange';
import type { AwaitedReply } from './awaitedReply';
import { keepEventStream, type KeptEventStream } from './keepEventStream';
import { ReplyQueue } from './replyQueue';

/** GenerativeAgent begins at once; this is many times as long, in ms. */
const MOMENT = 1_000;

/** How waiting for a run went: `gap` means that events of it may have been missed. */
export type WaitEnd = 'complete' | 'gap' | 'late' | 'cancelled';

/**
 * The event stream of one node run: opened before the first item is sent, shared by all items. Each event goes to the
 * item whose conversation it names. Close it when the run is over.
 */
export class Replies {
  private readonly conversations = new Map<string, ReplyQueue>();
  private readonly waitingForStream = new Set<() => void>();
  private stream: KeptEventStream | undefined;
  private isConnected = false;
  private lastLoss: AsappError | undefined;

  constructor(
    private readonly context: RequestContext,
    private readonly connection: Connection,
    private readonly signal: AbortSignal | undefined,
  ) {
    // One listener serves all items: a signal warns of a leak from the eleventh on.
    signal?.addEventListener('abort', this.cancel, { once: true });
  }

  /**
   * Connects the stream, each time it is called until it succeeds once; afterwards a stream that breaks is connected
   * again by itself.
   *
   * @throws AsappError when it cannot be connected.
   */
  async open(): Promise<void> {
    if (this.stream !== undefined) return;
    this.stream = await keepEventStream({
      context: this.context,
      connect: async () => this.connection,
      onEvent: (event) => {
        if (event.conversationId !== undefined) this.conversations.get(event.conversationId)?.take(event);
      },
      onConnected: () => {
        this.isConnected = true;
        this.wakeUp();
      },
      onLost: (reason) => {
        this.isConnected = false;
        this.lastLoss = reason;
        for (const runs of this.conversations.values()) runs.noteGap();
      },
      ...(this.signal === undefined ? {} : { signal: this.signal }),
    });
  }

  /** The ID under which ASAPP has to send what it does next. */
  get streamId(): string | undefined {
    return this.stream?.streamId;
  }

  /** Why events cannot be received at the moment; undefined when they can. */
  get loss(): AsappError | undefined {
    return this.isConnected ? undefined : this.lastLoss;
  }

  /** Resolves when events can be received, when the execution is cancelled, or after `seconds` in vain. */
  async ready(seconds: number): Promise<void> {
    if (this.isConnected || this.signal?.aborted === true) return;
    const isConnected = new Promise<void>((resolve) => this.waitingForStream.add(resolve));
    await withDeadline(isConnected, seconds * 1000, () => undefined);
  }

  /** Counts on a run in the conversation; tell with {@link withdraw} if none will come, else {@link wait} for it. */
  expect(conversationId: string): AwaitedReply {
    const runs = this.conversations.get(conversationId) ?? new ReplyQueue();
    this.conversations.set(conversationId, runs);
    return runs.expect();
  }

  /**
   * The item was not accepted. When nobody knows (`mayHaveArrived`), a run that begins within a moment was its run: the
   * next item of the conversation must not take it for its own.
   */
  async withdraw(conversationId: string, run: AwaitedReply, mayHaveArrived: boolean): Promise<void> {
    const runs = this.conversations.get(conversationId);
    if (!mayHaveArrived) {
      runs?.withdraw(run);
      return;
    }
    await withDeadline(run.begun, MOMENT, () => undefined);
    runs?.abandon(run);
  }

  /**
   * Of an item in doubt: whether its run came, instead of {@link withdraw}. `complete` is proof that ASAPP accepted it,
   * and `run` has what GenerativeAgent said, all of it. `none`: no run began within a moment. Waits for the end of one
   * that did for `seconds` at most.
   */
  async settle(conversationId: string, run: AwaitedReply, seconds: number): Promise<WaitEnd | 'none'> {
    await withDeadline(run.begun, MOMENT, () => undefined);
    const runs = this.conversations.get(conversationId);
    if (!run.hasStarted) {
      runs?.abandon(run);
      return run.hasGap ? 'gap' : 'none';
    }
    // What may be another item's run proves nothing about this one.
    const isDoubtful = runs?.isDoubtful(run) === true;
    const end = await this.wait(conversationId, run, seconds);
    return end === 'complete' && isDoubtful ? 'gap' : end;
  }

  /** Waits until the run is over, for `seconds` at most. */
  async wait(conversationId: string, run: AwaitedReply, seconds: number): Promise<WaitEnd> {
    const runs = this.conversations.get(conversationId);
    const isCancelled = () => this.signal?.aborted === true;
    let left = seconds * 1000;
    while (!isCancelled()) {
      const since = performance.now();
      await withDeadline(run.over, left, () => undefined);
      left -= performance.now() - since;
      if (!run.isEnded || runs?.mayBeAnothers(run) !== true) break;
      await withDeadline(run.restarted, MOMENT, () => undefined);
      if (runs.mayBeAnothers(run)) break;
    }
    if (isCancelled() && (!run.isEnded || runs?.mayBeAnothers(run) === true)) return 'cancelled';
    runs?.settle(run);
    if (!run.isEnded) this.checkStream(run, seconds);
    runs?.abandon(run);
    if (run.hasGap) return 'gap';
    return run.isEnded ? 'complete' : 'late';
  }

  /** Not one byte came for as long as an item waited: the stream may be dead without having said so. */
  private checkStream(run: AwaitedReply, seconds: number): void {
    if (!this.isConnected || this.stream === undefined || this.stream.lastByteAt > run.expectedAt) return;
    this.stream.connectAnew(`nothing came on the event stream for ${seconds} s`);
  }

  close(): void {
    this.signal?.removeEventListener('abort', this.cancel);
    this.stream?.close();
    this.wakeUp();
  }

  private readonly cancel = (): void => {
    this.wakeUp();
    for (const runs of this.conversations.values()) runs.release();
  };

  private wakeUp(): void {
    for (const resolve of this.waitingForStream) resolve();
    this.waitingForStream.clear();
  }
}
