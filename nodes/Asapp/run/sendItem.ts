import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import {
  AsappError,
  fromAnswer,
  fromFailure,
  fromUnexpectedBody,
  unforeseenAfterSending,
} from '../errors/asappError';
import { leavesOf } from '../errors/redact';
import { isAgentTool } from '../outputs/routing';
import type { ItemParameters } from '../fields/ItemParameters';
import type { Operation, OperationRequest } from '../operations/operation';
import { exchange, isFailure, type Connection, type HttpAnswer } from '../transport/exchange';
import type { ApiKey } from './apiKeys';
import { unsent, type Outcome } from './outcome';
import { withReply } from './withReply';

/** An item that was read and checked, and everything it is sent with. Both time limits are in seconds. */
export interface ReadItem {
  context: IExecuteFunctions;
  operation: Operation;
  parameters: ItemParameters;
  request: OperationRequest;
  apiKey: ApiKey;
  timeout: number;
  replyTimeout: number;
}

/** A function that sends the item once each time it is called, with the same body, and never rejects. */
export function senderOf(item: ReadItem): () => Promise<Outcome> {
  const { context, request, replyTimeout, apiKey } = item;
  const replies = apiKey.stream?.replies;
  let attempts = 0;
  let firstBody: object | undefined;
  const send = async (streamId?: string) => {
    firstBody ??= request.body(new Date());
    attempts++;
    return await sendOnce(item, streamId === undefined ? firstBody : { ...firstBody, streamId });
  };
  return async () => {
    try {
      if (replies === undefined) return { json: await send() };
      const { conversationId } = request;
      const json = await withReply(replies, conversationId, replyTimeout, async () => {
        return await send(replies.streamId);
      });
      return { json: isAgentTool(context.getNode()) ? forAgent(json) : json };
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
async function sendOnce(item: ReadItem, body: object): Promise<IDataObject> {
  const { context, operation, parameters, request, apiKey, timeout } = item;
  const { connection } = apiKey;
  const answer = await exchange(context, connection, { method: 'POST', path: request.path, body }, timeout);
  const secrets = () => secretsOf(connection, request);
  if (isFailure(answer)) throw fromFailure(answer, request, secrets());
  if (answer.status !== operation.successStatus) throw fromAnswer(answer, request, secrets());
  const reading = read(answer);
  if ('flaw' in reading) throw fromUnexpectedBody(answer, reading.flaw, request, secrets());
  return reading.json;

  function read(whole: HttpAnswer) {
    try {
      return operation.readSuccess(whole, body, parameters);
    } catch (error) {
      throw unforeseenAfterSending(reasonOf(error), request, secrets(), whole);
    }
  }
}

function afterSending(error: unknown, { request, apiKey }: ReadItem) {
  return unsent(
    error instanceof AsappError
      ? error
      : unforeseenAfterSending(reasonOf(error), request, secretsOf(apiKey.connection, request)),
  );
}

function secretsOf({ credentials }: Connection, { secret }: OperationRequest): string[] {
  return leavesOf([secret, credentials.apiSecret, credentials.apiId]);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
