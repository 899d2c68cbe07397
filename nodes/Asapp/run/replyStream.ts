import type { IExecuteFunctions } from 'n8n-workflow';

import { sendUntilFinal, type RepeatRules, type Waiting } from '../delivery/attempts';
import type { Pace } from '../delivery/pace';
import { AsappError, notSentBecause } from '../errors/asappError';
import { Replies } from '../events/replies';
import type { Connection } from '../transport/exchange';
import { unsent, type Failure } from './outcome';

/** How patiently the stream is opened, and how long (in seconds) a broken one is waited for. */
export interface ReplyStreamOptions {
  rules: RepeatRules<Failure | undefined>;
  replyTimeout: number;
}

type Answered = (outcome: Failure | undefined) => void;

/** The event stream that brings the replies to the items of one API key. The first item that needs it opens it. */
export class ReplyStream {
  readonly replies: Replies;
  private opening: Promise<Failure | undefined> | undefined;

  constructor(
    context: IExecuteFunctions,
    connection: Connection,
    private readonly pace: Pace,
    private readonly options: ReplyStreamOptions,
  ) {
    this.replies = new Replies(context, connection, context.getExecutionCancelSignal());
  }

  /**
   * Opens the stream once for all items, as patiently as an item is sent and within the same pace. Resolves with the
   * reason why an item cannot be sent; with undefined when it can, or when the delivery ended first.
   */
  async open({ ending }: Waiting): Promise<Failure | undefined> {
    const sending = { pace: this.pace, send: async (answered: Answered) => await this.tryToOpen(answered) };
    // All items wait for it, so none gives up its slot.
    const wait = async (ms: number) => await ending.wait(ms);
    this.opening ??= sendUntilFinal(sending, this.options.rules, { ending, wait });
    return await this.opening;
  }

  /** Resolves when a broken stream is connected again, or after the time limit for replies in vain. */
  async ready(): Promise<void> {
    await this.replies.ready(this.options.replyTimeout);
  }

  close(): void {
    this.replies.close();
  }

  private async tryToOpen(answered: Answered): Promise<Failure | undefined> {
    try {
      await this.replies.open();
      return undefined;
    } catch (error) {
      answered(unsent(error));
      const why = 'The event stream for the replies could not be opened';
      return unsent(error instanceof AsappError ? notSentBecause(why, error) : error);
    }
  }
}
