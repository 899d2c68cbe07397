import { createHash } from 'node:crypto';

import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import {
  AsappError,
  fromAnswer,
  fromFailure,
  fromUnexpectedBody,
  invalidInput,
  type AsappErrorDetails,
  type Circumstances,
} from '../errors/asappError';
import { leavesOf } from '../errors/redact';
import { NodeParameters, type ItemParameters } from '../input/ItemParameters';
import { numberWithin } from '../input/number';
import { toText } from '../input/text';
import { exchange, isFailure, openConnection, type Connection } from '../transport/exchange';
import { LIMITS } from './commonFields';
import type { Operation, OperationRequest } from './operation';

/** How an item ended: with its output json, or with the reason why not. */
export type Outcome = { json: IDataObject } | { error: AsappErrorDetails; circumstances: Circumstances };

/** The numbers that shape how items are delivered: `options` of the node, of its first item if they are expressions. */
export interface DeliveryOptions {
  maxConcurrency: number;
  maxRequestsPerSecond: number;
  maxRetries: number;
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
    return sender(context, connection, operation, parameters, deliveryOptions(parameters.ofItem(0)));
  } catch (error) {
    return { flaw: outcomeOf(error).error };
  }
}

function unusableCredential(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error);
  throw invalidInput(`The ASAPP credential cannot be used: ${reason}`);
}

function deliveryOptions(parameters: ItemParameters): DeliveryOptions {
  const option = (name: keyof DeliveryOptions, displayName: string) =>
    numberWithin(parameters, `options.${name}`, { displayName }, LIMITS[name]);
  return {
    maxConcurrency: option('maxConcurrency', 'Max Concurrency'),
    maxRequestsPerSecond: option('maxRequestsPerSecond', 'Max Requests per Second'),
    maxRetries: option('maxRetries', 'Max Retries'),
  };
}

function sender(
  context: IExecuteFunctions,
  connection: Connection,
  operation: Operation,
  parameters: NodeParameters,
  options: DeliveryOptions,
): ItemSender {
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
        return { send: sendRepeatedly(context, connection, operation, item, request, timeout) };
      } catch (error) {
        return { outcome: outcomeOf(error) };
      }
    },
  };
}

function sendRepeatedly(
  context: IExecuteFunctions,
  connection: Connection,
  operation: Operation,
  item: ItemParameters,
  request: OperationRequest,
  timeout: number,
): () => Promise<Outcome> {
  let attempts = 0;
  let body: object | undefined;
  return async () => {
    attempts++;
    body ??= request.body(new Date());
    try {
      const answer = await exchange(
        context,
        connection,
        { method: 'POST', path: request.path, body },
        timeout,
      );
      const secrets = () =>
        leavesOf([request.secret, connection.credentials.apiSecret, connection.credentials.apiId]);
      if (isFailure(answer)) throw fromFailure(answer, request, secrets());
      if (answer.status !== operation.successStatus) throw fromAnswer(answer, request, secrets());
      const reading = operation.readSuccess(answer, body, item);
      if ('flaw' in reading) throw fromUnexpectedBody(answer, reading.flaw, request, secrets());
      return { json: reading.json };
    } catch (error) {
      const { error: details, circumstances } = outcomeOf(error);
      return { error: { ...details, attempts }, circumstances };
    }
  };
}

/** A failure nobody foresaw is its item's too: throwing would send every input item to the success output. */
function outcomeOf(error: unknown): { error: AsappErrorDetails; circumstances: Circumstances } {
  if (error instanceof AsappError) return { error: error.details, circumstances: error.circumstances };
  const reason = error instanceof Error ? error.message : String(error);
  const { details, circumstances } = invalidInput(`This item could not be read: ${reason}`);
  return { error: details, circumstances };
}
