import { createHash } from 'node:crypto';

import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import {
  AsappError,
  fromAnswer,
  fromCredential,
  fromFailure,
  fromUnexpectedBody,
  invalidInput,
  type AsappErrorDetails,
  type Circumstances,
} from '../errors/asappError';
import { leavesOf } from '../errors/redact';
import { isAgentTool } from '../errors/routing';
import { Replies } from '../events/replies';
import { NodeParameters, type ItemParameters } from '../input/ItemParameters';
import { numberWithin } from '../input/number';
import { toText } from '../input/text';
import { exchange, isFailure, openConnection, type Connection } from '../transport/exchange';
import { LIMITS } from './commonFields';
import type { Operation, OperationRequest } from './operation';
import { withReply } from './withReply';

/** How an item ended: with its output json, or with the reason why not. */
export type Outcome = { json: IDataObject } | { error: AsappErrorDetails; circumstances: Circumstances };

/** The numbers that shape how items are delivered: `options` of the node, of its first item if they are expressions. */
export interface DeliveryOptions {
  maxConcurrency: number;
  maxRequestsPerSecond: number;
  maxRetries: number;
  /** In seconds. */
  replyTimeout: number;
}

/** Does one operation for the items of a node run. */
export interface ItemSender {
  options: DeliveryOptions;
  /** Names the API key at its host without telling either. */
  paceKey: string;
  /** The conversation of an item; undefined if the item names none. */
  conversationOf(itemIndex: number): string | undefined;
  /** Reads and checks an item; returns how it ended unsent, or the function that sends it once and never rejects. */
  prepare(itemIndex: number): { outcome: Outcome } | { send: () => Promise<Outcome> };
  /** What receives the replies, when items are to wait for them. To be opened before and closed after the items. */
  receiver?: ReplyReceiver;
}

/** The event stream of a run, as delivery sees it. */
export interface ReplyReceiver {
  /** Connects once; never rejects. Its json is of no meaning. */
  open(): Promise<Outcome>;
  /** Resolves when replies can be received, or after the time limit for replies in vain. */
  ready(): Promise<void>;
  close(): void;
}

/**
 * An {@link ItemSender} for this run, or the reason why no item can be sent: a credential that cannot be used, or an
 * unreasonable option.
 */
export async function itemSender(
  context: IExecuteFunctions,
  operation: Operation,
): Promise<ItemSender | { flaw: AsappErrorDetails }> {
  const parameters = new NodeParameters(context);
  try {
    const connection = await openConnection(context).catch(unusableCredential);
    const options = deliveryOptions(parameters.ofItem(0));
    const waits = context.getNodeParameter('waitForReply', 0, false) === true;
    const replies = waits ? new Replies(context, connection, context.getExecutionCancelSignal()) : undefined;
    return sender({ context, connection, operation, replies }, parameters, options);
  } catch (error) {
    return { flaw: outcomeOf(error).error };
  }
}

function unusableCredential(error: unknown): never {
  throw fromCredential(error);
}

function deliveryOptions(parameters: ItemParameters): DeliveryOptions {
  const option = (name: keyof DeliveryOptions, displayName: string) =>
    numberWithin(parameters, `options.${name}`, { displayName }, LIMITS[name]);
  return {
    maxConcurrency: option('maxConcurrency', 'Max Concurrency'),
    maxRequestsPerSecond: option('maxRequestsPerSecond', 'Max Requests per Second'),
    maxRetries: option('maxRetries', 'Max Retries'),
    replyTimeout: option('replyTimeout', 'Reply Timeout'),
  };
}

/** What every item of a run is sent with. */
interface Run {
  context: IExecuteFunctions;
  connection: Connection;
  operation: Operation;
  replies: Replies | undefined;
}

function sender(run: Run, parameters: NodeParameters, options: DeliveryOptions): ItemSender {
  const { connection, operation, replies } = run;
  const seen = new Map<number, ItemParameters>();
  return {
    options,
    paceKey: createHash('sha256')
      .update(JSON.stringify([connection.baseUrl, connection.credentials.apiId]))
      .digest('hex'),
    conversationOf(itemIndex) {
      const item = parameters.ofItem(itemIndex);
      seen.set(itemIndex, item);
      try {
        const label = { displayName: 'Conversation ID' };
        return toText(item.read('conversationId', label), label).trim() || undefined;
      } catch {
        // Preparing the item says what is wrong with it.
        return undefined;
      }
    },
    prepare(itemIndex) {
      const item = seen.get(itemIndex) ?? parameters.ofItem(itemIndex);
      seen.delete(itemIndex);
      try {
        const request = operation.toRequest(item);
        const timeout = numberWithin(item, 'options.timeout', { displayName: 'Timeout' }, LIMITS.timeout);
        const label = { displayName: 'Reply Timeout' };
        const replyTimeout = numberWithin(item, 'options.replyTimeout', label, LIMITS.replyTimeout);
        return { send: sendRepeatedly(run, item, request, { timeout, replyTimeout }) };
      } catch (error) {
        return { outcome: outcomeOf(error) };
      }
    },
    ...(replies === undefined ? {} : { receiver: receiverOf(replies, options) }),
  };
}

function receiverOf(replies: Replies, { replyTimeout }: DeliveryOptions): ReplyReceiver {
  return {
    async open() {
      try {
        await replies.open(LIMITS.timeout.fallback);
        return { json: {} };
      } catch (error) {
        const { error: details, circumstances } = outcomeOf(error);
        const message = `The event stream for the replies could not be opened: ${details.message}`;
        return { error: { ...details, message, attempts: 0, phase: 'notSent' }, circumstances };
      }
    },
    ready: () => replies.ready(replyTimeout),
    close: () => replies.close(),
  };
}

function sendRepeatedly(
  run: Run,
  item: ItemParameters,
  request: OperationRequest,
  { timeout, replyTimeout }: { timeout: number; replyTimeout: number },
): () => Promise<Outcome> {
  const { context, replies } = run;
  let attempts = 0;
  let body: object | undefined;
  return async () => {
    try {
      if (replies === undefined) {
        attempts++;
        body ??= request.body(new Date());
        return { json: await sendOnce(run, item, request, body, timeout) };
      }
      const json = await withReply(replies, request.conversationId, replyTimeout, async () => {
        attempts++;
        body = { ...(body ?? request.body(new Date())), streamId: replies.streamId };
        return await sendOnce(run, item, request, body, timeout);
      });
      return { json: isAgentTool(context.getNode()) ? forAgent(json) : json };
    } catch (error) {
      const { error: details, circumstances } = outcomeOf(error);
      return { error: { ...details, attempts }, circumstances };
    }
  };
}

/** A model reads the whole item: what GenerativeAgent said, and nothing beside it. */
function forAgent({ reply, outcome, transfer }: IDataObject): IDataObject {
  return { reply, outcome, ...(transfer === undefined ? {} : { transfer }) };
}

/** @throws AsappError when the item failed. */
async function sendOnce(
  { context, connection, operation }: Run,
  item: ItemParameters,
  request: OperationRequest,
  body: object,
  timeout: number,
): Promise<IDataObject> {
  const answer = await exchange(context, connection, { method: 'POST', path: request.path, body }, timeout);
  const secrets = () =>
    leavesOf([request.secret, connection.credentials.apiSecret, connection.credentials.apiId]);
  if (isFailure(answer)) throw fromFailure(answer, request, secrets());
  if (answer.status !== operation.successStatus) throw fromAnswer(answer, request, secrets());
  const reading = operation.readSuccess(answer, body, item);
  if ('flaw' in reading) throw fromUnexpectedBody(answer, reading.flaw, request, secrets());
  return reading.json;
}

/** A failure nobody foresaw is its item's too: throwing would send every input item to the success output. */
function outcomeOf(error: unknown): { error: AsappErrorDetails; circumstances: Circumstances } {
  if (error instanceof AsappError) return { error: error.details, circumstances: error.circumstances };
  const reason = error instanceof Error ? error.message : String(error);
  const { details, circumstances } = invalidInput(`This item could not be read: ${reason}`);
  return { error: details, circumstances };
}
