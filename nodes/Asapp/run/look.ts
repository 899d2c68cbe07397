import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { sendUntilFinal, type Waiting } from '../delivery/attempts';
import { fromAnswer, fromFailure, fromUnexpectedBody } from '../errors/asappError';
import { secretsOf } from '../errors/redact';
import type { StoredMessage } from '../looks/match';
import { requestTo, type EndpointId, type RequestParts } from '../transport/endpoint';
import { exchange, isFailure as hasNoAnswer } from '../transport/exchange';
import { isJsonObject } from '../transport/jsonObject';
import type { ApiKey } from './apiKeys';
import { unsent, type Failure, type RunRules } from './outcome';

/** With whose key something is read, and how patiently. `timeout` is in seconds. */
export interface Reader {
  context: IExecuteFunctions;
  apiKey: ApiKey;
  timeout: number;
  rules: RunRules;
  waiting: Waiting;
}

/** ASAPP lists no more by external ID; if this list ends here as well, it may not be whole. */
const LIMIT = 1_000;

/** What a conversation had, oldest first. `isWhole`: what is not there was not stored. */
export interface Conversation {
  messages: StoredMessage[];
  isWhole: boolean;
}

/** Reads the messages of a conversation; undefined if the run ended first. One that ASAPP does not know has none. */
export async function readMessages(
  reader: Reader,
  conversationId: string,
): Promise<Conversation | Failure | undefined> {
  const answer = await read(reader, 'getMessages', conversationId, { path: { conversationId } });
  if (answer === undefined) return undefined;
  if (isFailed(answer)) {
    const { status, requestId } = answer.error;
    return status === 404 && requestId !== undefined ? { messages: [], isWhole: true } : answer;
  }
  const messages = (answer.body.items as IDataObject[]).flatMap(toMessage);
  return { messages, isWhole: messages.length !== LIMIT };
}

/** What GenerativeAgent is doing in a conversation; undefined if the run ended first. */
export async function readState(
  reader: Reader,
  conversationId: string,
): Promise<string | Failure | undefined> {
  const answer = await read(reader, 'getState', conversationId, { query: { conversationId } });
  if (answer === undefined) return undefined;
  if (isFailed(answer)) return answer;
  const { state } = answer.body;
  return typeof state === 'string' ? state : 'ready';
}

type Answer = { body: IDataObject } | Failure;

function isFailed(answer: Answer): answer is Failure {
  return 'error' in answer;
}

async function read(
  reader: Reader,
  endpoint: EndpointId,
  subject: string,
  parts: RequestParts,
): Promise<Answer | undefined> {
  const { apiKey, rules, waiting } = reader;
  const sending = { pace: apiKey.pace, subject, send: async () => await readOnce(reader, endpoint, parts) };
  return await sendUntilFinal<Answer>(sending, rules, waiting);
}

async function readOnce(
  { context, apiKey, timeout }: Reader,
  endpoint: EndpointId,
  parts: RequestParts,
): Promise<Answer> {
  const { connection } = apiKey;
  const secrets = secretsOf(connection, []);
  const request = { idempotent: true };
  const answer = await exchange(context, connection, requestTo(endpoint, parts), timeout);
  if (hasNoAnswer(answer)) return unsent(fromFailure(answer, request, secrets));
  if (answer.status < 200 || answer.status > 299) return unsent(fromAnswer(answer, request, secrets));
  const body = parsed(answer.body);
  const isExpected = body !== undefined && (endpoint !== 'getMessages' || Array.isArray(body.items));
  return isExpected
    ? { body }
    : unsent(fromUnexpectedBody(answer, 'is not what is documented', request, secrets));
}

function parsed(text: string): IDataObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function toMessage(entry: IDataObject): StoredMessage[] {
  const { messageId, text, sender, clientTimestamp, createdTimestamp } = entry;
  if (typeof messageId !== 'string') return [];
  const { role, externalId } = isJsonObject(sender) ? sender : ({} as IDataObject);
  const time = clientTimestamp ?? createdTimestamp;
  return [
    {
      messageId,
      text: typeof text === 'string' ? text : '',
      role: typeof role === 'string' ? role : '',
      externalId: typeof externalId === 'string' ? externalId : undefined,
      clientTimestamp: typeof time === 'string' ? time : '',
    },
  ];
}
