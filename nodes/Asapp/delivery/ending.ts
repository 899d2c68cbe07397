import { startTimer } from './timer';

/**
 * Whether a delivery ends early, and who is to be told. However many wait, the execution's signal gets one listener,
 * which {@link dispose} takes back.
 */
export class Ending {
  private readonly listeners = new Set<() => void>();
  private ended = false;

  constructor(private readonly signal?: AbortSignal) {
    if (signal?.aborted === true) this.ended = true;
    else signal?.addEventListener('abort', this.end, { once: true });
  }

  get isEnded(): boolean {
    return this.ended;
  }

  readonly end = (): void => {
    this.ended = true;
    for (const listener of [...this.listeners]) listener();
    this.listeners.clear();
  };

  /** Calls `listener` once when the delivery ends; the returned function takes it back. */
  onEnd(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Resolves when `task` does, or as soon as the delivery ends. */
  async orEarlier(task: Promise<void>): Promise<void> {
    if (this.ended) return;
    let stopListening = () => {};
    const ended = new Promise<void>((resolve) => {
      stopListening = this.onEnd(resolve);
    });
    await Promise.race([task, ended]);
    stopListening();
  }

  /** Resolves after `ms`, or as soon as the delivery ends. */
  async wait(ms: number): Promise<void> {
    if (this.ended) return;
    const timer = startTimer(ms);
    const stopListening = this.onEnd(() => timer.cut());
    await timer.over;
    stopListening();
  }

  dispose(): void {
    this.signal?.removeEventListener('abort', this.end);
  }
}
