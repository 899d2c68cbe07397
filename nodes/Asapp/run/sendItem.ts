import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

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
import type { ItemValues, Operation } from '../operations/operation';
import { isAgentTool } from '../outputs/routing';
import { requestTo, type EndpointId } from '../transport/endpoint';
import { exchange, isFailure, type HttpAnswer, type HttpRequest } from '../transport/exchange';
import { readAnswer } from './answer';
import type { ApiKey } from './apiKeys';
import { unsent, type Outcome } from './outcome';
import { withReply } from './withReply';

/** An item that was read and checked, and everything it is sent with. Both time limits are in seconds. */
export interface ReadItem {
  context: IExecuteFunctions;
  operation: Operation;
  values: ItemValues;
  apiKey: ApiKey;
  timeout: number;
  replyTimeout: number;
}

/** A function that sends the item once each time it is called, with the same body, and never rejects. */
export function senderOf(item: ReadItem): () => Promise<Outcome> {
  const { context, operation, values, replyTimeout, apiKey } = item;
  const replies = apiKey.stream?.replies;
  const { endpoint, parts } = operation.request(values);
  let attempts = 0;
  let firstBody: object | undefined;
  const send = async (streamId?: string) => {
    firstBody ??= parts.body?.(new Date());
    attempts++;
    const body = streamId === undefined ? firstBody : { ...firstBody, streamId };
    return await sendOnce(item, endpoint, requestTo(endpoint, parts, body));
  };
  return async () => {
    try {
      if (replies === undefined || operation.repliesIn === undefined) return { items: await send() };
      const json = await withReply(replies, operation.repliesIn(values), replyTimeout, async () => {
        const [accepted = {}] = await send(replies.streamId);
        return accepted;
      });
      return { items: [isAgentTool(context.getNode()) ? forAgent(json) : json] };
    } catch (error) {
      const { error: details, circumstances } = attempts === 0 ? unsent(error) : afterSending(error, item);
      return { error: { ...details, attempts }, circumstances };
    }
  };
}

/** A model reads the whole item: what GenerativeAgent said, and nothing beside it. */
function forAgent({ reply, outcome, transfer }: IDataObject): IDataObject {
  return { reply, outcome, ...(transfer === undefined ? {} : { transfer }) };
}

/** @throws AsappError when the item failed. */
async function sendOnce(item: ReadItem, endpoint: EndpointId, request: HttpRequest): Promise<IDataObject[]> {
  const { context, apiKey, timeout } = item;
  const answer = await exchange(context, apiKey.connection, request, timeout);
  if (isFailure(answer)) throw fromFailure(answer, requestOf(item), secretsIn(item));
  if (answer.status < 200 || answer.status > 299) {
    throw fromAnswer(answer, requestOf(item), secretsIn(item));
  }
  const reading = read(item, endpoint, answer);
  if ('flaw' in reading) {
    throw fromUnexpectedBody(answer, reading.flaw, requestOf(item), secretsIn(item));
  }
  return reading.items;
}

function read(item: ReadItem, endpoint: EndpointId, answer: HttpAnswer) {
  try {
    return readAnswer(item.operation, endpoint, answer, item.values);
  } catch (error) {
    throw unforeseen(error, item, answer);
  }
}

function afterSending(error: unknown, item: ReadItem) {
  return unsent(error instanceof AsappError ? error : unforeseen(error, item));
}

function unforeseen(error: unknown, item: ReadItem, answer?: HttpAnswer): AsappError {
  const reason = error instanceof Error ? error.message : String(error);
  return unforeseenAfterSending(reason, requestOf(item), secretsIn(item), answer);
}

function requestOf({ operation, values }: ReadItem): FailedRequest {
  return {
    idempotent: operation.effect(values) !== 'once',
    ids: idLabels(operation.fields, values),
  };
}

/** Everything that must not be repeated even if an answer does. */
function secretsIn({ operation, values, apiKey }: ReadItem): string[] {
  const fields = { ...operation.fields, ...operation.options };
  return secretsOf(apiKey.connection, secretValues(fields, values));
}
