import type { INodeExecutionData, IRun, ITriggerFunctions } from 'n8n-workflow';

/** So many events may wait; more are lost. They are held in memory. */
export const MOST_WAITING = 100_000;

/** So many waiting events are worth a warning. */
const MANY_WAITING = 1_000;

/**
 * Starts an execution for each event, so many at a time: n8n itself starts all at once, and a burst of events drowns it.
 * `failed` is told when an execution could not be started.
 */
export class ExecutionQueue {
  private waiting: INodeExecutionData[][][] = [];
  private running = 0;
  private lost = 0;
  private isWarned = false;

  constructor(
    private readonly context: ITriggerFunctions,
    /** 0 is no limit. */
    private readonly most: number,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Starts an execution with these items by output, now or when those before it have ended. */
  push(outputs: INodeExecutionData[][]): void {
    if (this.most === 0) this.tryTo(() => this.context.emit(outputs));
    else if (this.running < this.most) this.start(outputs);
    else if (this.waiting.length < MOST_WAITING) this.hold(outputs);
    else this.lose();
  }

  /** What waits is not started any more. */
  close(): void {
    if (this.waiting.length > 0)
      this.log('warn', `was stopped while ${this.waiting.length} events waited; they are lost`);
    this.waiting = [];
  }

  private hold(outputs: INodeExecutionData[][]): void {
    this.waiting.push(outputs);
    if (this.isWarned || this.waiting.length < MANY_WAITING) return;
    this.isWarned = true;
    this.log('warn', `has ${MANY_WAITING} events waiting, as ${this.most} executions are running`);
  }

  private lose(): void {
    this.lost++;
    if (this.lost === 1)
      this.log('error', `has ${MOST_WAITING} events waiting; those that come now are lost`);
  }

  private start(outputs: INodeExecutionData[][]): void {
    const done = this.context.helpers.createDeferredPromise<IRun>();
    this.running++;
    const next = () => {
      this.running--;
      this.startNext();
    };
    void done.promise.then(next, next);
    // Without an execution nobody fulfils the promise.
    if (!this.tryTo(() => this.context.emit(outputs, undefined, done))) done.reject(new Error('Not started'));
  }

  private startNext(): void {
    const outputs = this.waiting.shift();
    if (outputs !== undefined) this.start(outputs);
    if (this.waiting.length > 0) return;
    if (this.lost > 0) this.log('error', `has lost ${this.lost} events, as too many waited`);
    this.lost = 0;
    this.isWarned = false;
  }

  private tryTo(emit: () => void): boolean {
    try {
      emit();
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  private log(level: 'warn' | 'error', words: string): void {
    this.context.logger[level](`The event stream of "${this.context.getNode().name}" ${words}`);
  }
}
