import type { IDataObject } from 'n8n-workflow';

import type { SharedLane } from '../delivery/sharedLanes';
import {
  AsappError,
  fromAnswer,
  fromFailure,
  fromUnexpectedBody,
  unforeseenAfterSending,
  type FailedRequest,
} from '../errors/asappError';
import { secretsOf } from '../errors/redact';
import { idLabels, secretValues } from '../fields/field';
import type { SaidMessage } from '../operations/operation';
import { requestTo, type Moment } from '../transport/endpoint';
import { exchange, isFailure as hasNoAnswer, type HttpAnswer } from '../transport/exchange';
import { readAnswer } from './answer';
import { readMessages } from './look';
import { lookFirst } from './lookFirst';
import { isFailure, unsent, type Failure, type Outcome } from './outcome';
import type { ReadItem } from './readItem';
import { messageIdsIn, spokenBy, wantedMessages } from './saying';
import { isFound, settle } from './settle';
import { replyOfRecovered, withReply } from './withReply';

/** Sends one item, however often, with the same body. */
export class ItemSender {
  private readonly call;
  private knownContent: string | undefined;
  private attempts = 0;
  private looks = 0;
  private answered: (outcome: Outcome) => void = () => {};
  private body: IDataObject | undefined;
  /** ASAPP's IDs of those of several messages that it holds from a request that failed. */
  private readonly held: string[] = [];

  constructor(private readonly item: ReadItem) {
    this.call = item.operation.request(item.values);
  }

  /** The lane of everything that this process sends to the conversation with this key. */
  get lane(): SharedLane | undefined {
    const { operation, values, run, apiKey } = this.item;
    const conversationId = operation.conversationOf(values);
    return conversationId === undefined ? undefined : run.conversations.laneOf(apiKey.name, conversationId);
  }

  /** How the item ended in an earlier try, where the run looks before it sends; never rejects. */
  async known(): Promise<Outcome | undefined> {
    try {
      const known = await lookFirst(this.item);
      if (known === undefined || isFailure(known)) return known;
      const { messageIds, ...mark } = known;
      return this.leaving(await this.recovered(messageIds, mark));
    } catch (error) {
      return unsent(error);
    }
  }

  /**
   * Sends the item once, and looks for it where nobody knows whether it arrived; never rejects. `answered` is called as
   * soon as its request has ended.
   */
  async send(answered: (outcome: Outcome) => void): Promise<Outcome> {
    this.answered = answered;
    const { run, itemIndex } = this.item;
    const outcome = await this.sendOnce();
    if (!isFailure(outcome)) {
      run.earlier?.noteSettled(itemIndex, this.content, outcome.items);
      this.claim(outcome.items);
      return this.leaving(outcome);
    }
    const { error, circumstances } = outcome;
    const counted: Failure = { error: { ...error, attempts: this.attempts }, circumstances };
    const settled = this.said.length === 0 ? counted : await this.settledOr(counted);
    if (isFailure(settled) && !settled.circumstances.mayHaveArrived) run.earlier?.noteFailed(itemIndex);
    return this.leaving(settled);
  }

  private leaving(outcome: Outcome): Outcome {
    if (isFailure(outcome) || !this.item.run.isTool) return outcome;
    return { items: forAgents(outcome.items) };
  }

  /** A flaw of the node in what it makes of a look leaves the doubt as it is. */
  private async settledOr(doubt: Failure): Promise<Outcome> {
    try {
      return await this.settle(doubt);
    } catch {
      return doubt;
    }
  }

  private async settle(doubt: Failure): Promise<Outcome> {
    const { operation, values } = this.item;
    const conversationId = operation.conversationOf(values);
    if (conversationId === undefined) return doubt;
    const settled = await settle(
      { ...this.item, conversationId, content: this.content, said: this.said },
      doubt,
    );
    if ('messageIds' in settled) return await this.recovered(settled.messageIds, { recovered: true });
    const { failure, rest } = settled;
    this.looks += failure.error.looks ?? 0;
    if (rest !== undefined && rest.messageIds.length > 0 && operation.saying?.bodyOf !== undefined) {
      // What it holds is not said again; the rest goes with the next sending.
      this.held.push(...rest.messageIds);
      this.body = operation.saying.bodyOf(rest.missing);
    }
    return { ...failure, error: { ...failure.error, ...(this.looks > 0 ? { looks: this.looks } : {}) } };
  }

  /** An item that ASAPP holds although its answer did not say so. */
  private async recovered(messageIds: string[], mark: IDataObject): Promise<Outcome> {
    const { operation, values, run, apiKey, itemIndex } = this.item;
    const ids = [...this.held, ...messageIds];
    const conversationId = operation.conversationOf(values) ?? '';
    run.conversations.of(apiKey.name, conversationId).claim(ids, itemIndex);
    const json = { ...operation.output(values, operation.saying?.answer(ids, values) ?? {}), ...mark };
    const outcome = await replyOfRecovered(this.item, ids.at(-1) ?? '', json);
    if (isFailure(outcome)) return { ...outcome, error: { ...outcome.error, attempts: this.attempts } };
    run.earlier?.noteSettled(itemIndex, this.content, outcome.items);
    return outcome;
  }

  private async sendOnce(): Promise<Outcome> {
    const { apiKey, operation, values } = this.item;
    const replies = apiKey.stream?.replies;
    try {
      if (replies === undefined || operation.repliesIn === undefined) {
        const items = await this.request();
        return { items: this.held.length === 0 ? items : items.map((json) => this.withHeld(json)) };
      }
      const json = await withReply(
        this.item,
        replies,
        operation.repliesIn(values),
        async () => {
          const [accepted = {}] = await this.request(replies.streamId);
          return accepted;
        },
        async () => await this.findNow(),
      );
      return { items: [json] };
    } catch (error) {
      return this.attempts === 0 ? unsent(error) : this.afterSending(error);
    }
  }

  /** ASAPP's ID of the item's message, if its conversation shows it by now. */
  private async findNow(): Promise<{ messageId?: string }> {
    const { operation, values, run, apiKey } = this.item;
    const conversationId = operation.conversationOf(values);
    if (conversationId === undefined || this.said.length === 0) return {};
    const look = await readMessages(this.item, conversationId);
    if (look === undefined || isFailure(look)) return {};
    run.conversations.looks++;
    const { itemIndex } = this.item;
    const wanted = wantedMessages(this.said, { itemIndex, content: this.content }, run.moments);
    const [match] = run.conversations.of(apiKey.name, conversationId).match(wanted, look);
    return isFound(match) ? { messageId: match.messageId } : {};
  }

  private withHeld(json: IDataObject): IDataObject {
    return { ...json, messageIds: this.held, recovered: true };
  }

  /** @throws AsappError when the item failed. */
  private async request(streamId?: string): Promise<IDataObject[]> {
    const sent = this.exchange(streamId);
    await sent.then(
      (items) => this.answered({ items }),
      (error: unknown) => this.answered(this.afterSending(error)),
    );
    return await sent;
  }

  private async exchange(streamId?: string): Promise<IDataObject[]> {
    const { context, apiKey, timeout, itemIndex, run } = this.item;
    const { endpoint, parts } = this.call;
    if (this.body === undefined && parts.body !== undefined) {
      this.body = parts.body(this.moment) as IDataObject;
      run.earlier?.noteSending(
        itemIndex,
        this.content,
        this.said.map(({ timestamp }) => timestamp),
      );
    }
    this.attempts++;
    if (this.attempts === 2) run.tally.sentAgain++;
    const body = streamId === undefined ? this.body : { ...this.body, streamId };
    const answer = await exchange(context, apiKey.connection, requestTo(endpoint, parts, body), timeout);
    if (hasNoAnswer(answer)) throw fromFailure(answer, this.failed, this.secrets);
    if (answer.status < 200 || answer.status > 299) throw fromAnswer(answer, this.failed, this.secrets);
    const reading = this.read(answer);
    if ('flaw' in reading) throw fromUnexpectedBody(answer, reading.flaw, this.failed, this.secrets);
    return reading.items;
  }

  private read(answer: HttpAnswer) {
    try {
      return readAnswer(this.item.operation, this.call.endpoint, answer, this.item.values);
    } catch (error) {
      throw this.unforeseen(error, answer);
    }
  }

  private afterSending(error: unknown): Failure {
    return unsent(error instanceof AsappError ? error : this.unforeseen(error));
  }

  private unforeseen(error: unknown, answer?: HttpAnswer): AsappError {
    const reason = error instanceof Error ? error.message : String(error);
    return unforeseenAfterSending(reason, this.failed, this.secrets, answer);
  }

  private claim(items: IDataObject[]): void {
    const { operation, values, run, apiKey } = this.item;
    const conversationId = operation.conversationOf(values);
    if (this.said.length === 0 || conversationId === undefined) return;
    const ids = [...this.held, ...messageIdsIn(items)];
    run.conversations.of(apiKey.name, conversationId).claim(ids, this.item.itemIndex);
  }

  private get moment(): Moment {
    return this.item.run.moments.now(this.item.itemIndex, this.content);
  }

  private get content(): string {
    return (this.knownContent ??= spokenBy(this.item.operation, this.item.values, this.call).content);
  }

  private get said(): SaidMessage[] {
    return this.body === undefined ? [] : (this.item.operation.saying?.messages(this.body) ?? []);
  }

  private get failed(): FailedRequest {
    const { operation, values } = this.item;
    return {
      idempotent: operation.effect(values) !== 'once',
      ids: idLabels(operation.fields, values),
    };
  }

  /** Everything that must not be repeated even if an answer does. */
  private get secrets(): string[] {
    const { operation, values, apiKey } = this.item;
    const fields = { ...operation.fields, ...operation.options };
    return secretsOf(apiKey.connection, secretValues(fields, values));
  }
}

/** A model reads the whole item: what GenerativeAgent said, and nothing beside it. */
function forAgents(items: IDataObject[]): IDataObject[] {
  return items.map(({ reply, outcome, transfer, ...json }) =>
    reply === undefined ? json : { reply, outcome, ...(transfer === undefined ? {} : { transfer }) },
  );
}
