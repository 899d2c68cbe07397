import type { IDataObject } from 'n8n-workflow';

import { sendUntilFinal } from '../delivery/attempts';
import { fromAnswer, fromFailure, fromUnexpectedBody } from '../errors/asappError';
import { secretsOf } from '../errors/redact';
import type { StoredConversation, StoredMessage } from '../looks/match';
import { requestTo, type EndpointId, type RequestParts } from '../transport/endpoint';
import { exchange, isFailure as hasNoAnswer } from '../transport/exchange';
import { isJsonObject } from '../transport/jsonObject';
import { objectIn } from './answer';
import { isFailure, unsent, type Failure } from './outcome';
import type { ReadItem } from './readItem';

/** With whose key something is read, and how patiently; `until`: when an outage is waited for no longer, in ms since 1970. */
export type Reader = Pick<ReadItem, 'context' | 'apiKey' | 'timeout' | 'waiting' | 'run'> & {
  until?: number;
};

/** ASAPP lists no more by external ID; if this list ends here as well, it may not be whole. */
const LIMIT = 1_000;

/** Reads the messages of a conversation; undefined if the run ended first. One that ASAPP does not know has none. */
export async function readMessages(
  reader: Reader,
  conversationId: string,
): Promise<StoredConversation | Failure | undefined> {
  const answer = await read(reader, 'getMessages', conversationId, { path: { conversationId } });
  if (answer === undefined) return undefined;
  if (isFailure(answer)) {
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
  if (isFailure(answer)) return answer;
  const { state } = answer.body;
  return typeof state === 'string' ? state : 'ready';
}

type Answer = { body: IDataObject } | Failure;

async function read(
  reader: Reader,
  endpoint: EndpointId,
  subject: string,
  parts: RequestParts,
): Promise<Answer | undefined> {
  const { apiKey, run, waiting, until = Infinity } = reader;
  const sending = {
    pace: apiKey.pace,
    subject,
    patience: until - Date.now(),
    send: async () => await readOnce(reader, endpoint, parts),
  };
  return await sendUntilFinal<Answer>(sending, run.rules, waiting);
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
  const body = objectIn(answer.body);
  const isExpected = typeof body !== 'string' && (endpoint !== 'getMessages' || Array.isArray(body.items));
  return isExpected
    ? { body }
    : unsent(fromUnexpectedBody(answer, 'is not what is documented', request, secrets));
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
