import { AsappError, fromAnswer, fromFailure, fromUnexpectedBody, streamBroken } from '../errors/asappError';
import { ERROR_KINDS } from '../errors/errorKinds';
import { quoted } from '../errors/quoted';
import { Redactor, secretsOf } from '../errors/redact';
import { isConfidential } from '../transport/baseUrl';
import {
  exchange,
  isFailure,
  type Connection,
  type HttpAnswer,
  type HttpFailure,
  type RequestContext,
} from '../transport/exchange';
import { openBody, type OpenBody, type OtherAnswer } from '../transport/openBody';
import { readEvent, type GenerativeAgentEvent } from './event';
import { EventTooLong, ServerSentEventReader } from './serverSentEvents';

/** One connection to an event stream. */
export interface EventStreamOptions {
  context: RequestContext;
  connection: Connection;
  /** The stream to receive from; ASAPP makes up one if there is none. */
  streamId?: string | undefined;
  /** How long ASAPP may take to answer each of the two requests. */
  timeoutSeconds?: number;
  /** May throw: that is told in the log, and the stream goes on. */
  onEvent(event: GenerativeAgentEvent): void;
  /** At least one byte came. */
  onActivity?(): void;
  /** Something came that is there only to show that the stream lives: a `status` event or a comment. */
  onKeepAlive?(): void;
  /** Called once when the connection ended otherwise than by `signal` or `close`; nothing comes after it. */
  onBroken(reason: AsappError): void;
  /** Ends the stream whenever it comes, even while it is being opened. */
  signal?: AbortSignal;
}

/** A stream that is connected. `retry` is how long it asks to wait before connecting again, in ms. */
export interface EventStream {
  streamId: string;
  readonly retry: number | undefined;
  /** Ends the connection. No callback is called any more. */
  close(): void;
  /** Ends the connection as one that broke, for this reason. */
  giveUp(reason: string): void;
}

/** Nothing that is asked for here changes anything at ASAPP but which stream is connected. */
const IDEMPOTENT = { idempotent: true };

const TIMEOUT_SECONDS = 30;

/**
 * Connects an event stream and hands its events on until it is closed or breaks. Resolves when it is connected.
 * ASAPP hands out a URL that works once and for 30 seconds; the token in it is a secret
 * (https://docs.asapp.com/apis/generativeagent/create-stream-url).
 *
 * @throws AsappError when it cannot be connected.
 */
export async function openEventStream(options: EventStreamOptions): Promise<EventStream> {
  const { context, signal, timeoutSeconds = TIMEOUT_SECONDS } = options;
  const ending = new AbortController();
  const end = () => ending.abort();
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted === true) end();
  const stopListening = () => signal?.removeEventListener('abort', end);
  let isConnected = false;
  try {
    const { streamId, streamingUrl } = await createStream(options, timeoutSeconds, ending.signal);
    const request = { url: streamingUrl.href, mediaType: 'text/event-stream', timeoutSeconds };
    const body = await openBody(context, request, ending.signal);
    const secrets = secretsOf(options.connection, streamingUrl.href);
    if (!('chunks' in body)) throw notConnected(body, secrets);
    isConnected = true;
    const reader = readerOf(options, ending.signal);
    void pump(body, reader, options, ending.signal).then(({ isUnreadable, ...end }) => {
      stopListening();
      body.close();
      if (ending.signal.aborted) return;
      const { details } = streamBroken(streamingUrl.host, end);
      options.onBroken(new AsappError(isUnreadable ? { ...details, kind: 'unexpectedResponse' } : details));
    });
    const close = () => {
      stopListening();
      end();
    };
    return {
      streamId,
      get retry() {
        return reader.retry;
      },
      close,
      giveUp: (reason) => {
        if (ending.signal.aborted) return;
        close();
        options.onBroken(streamBroken(streamingUrl.host, { code: undefined, reason }));
      },
    };
  } finally {
    if (!isConnected) stopListening();
  }
}

function readerOf(
  { context, onEvent, onKeepAlive }: EventStreamOptions,
  signal: AbortSignal,
): ServerSentEventReader {
  const handOn = (event: GenerativeAgentEvent) => {
    try {
      onEvent(event);
    } catch (error) {
      // One that cannot be handed on takes none of the others with it.
      context.logger.error(`An event of ASAPP could not be handed on: ${wordsOf(error)}`);
    }
  };
  return new ServerSentEventReader({
    onEvent: ({ event, data }) => {
      if (signal.aborted) return;
      // What is in it is not documented.
      if (event === 'status') return onKeepAlive?.();
      const read = readEvent(parseJson(data));
      if (read !== undefined) handOn(read);
      else context.logger.warn('ASAPP sent something on the event stream that is no event; it was skipped');
    },
    onNothing: () => {
      if (!signal.aborted) onKeepAlive?.();
    },
  });
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Asks for a stream; `streamingUrl` is where to connect. */
async function createStream(
  { context, connection, streamId }: EventStreamOptions,
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<{ streamId: string; streamingUrl: URL }> {
  const answer = await exchange(
    context,
    connection,
    {
      method: 'POST',
      path: '/generativeagent/v1/streams',
      body: streamId === undefined ? {} : { streamId },
    },
    timeoutSeconds,
    signal,
  );
  const secrets = secretsOf(connection);
  if (isFailure(answer) || answer.status !== 200) throw notCreated(answer, 'is no stream', secrets);
  const { streamId: id, streamingUrl } = (parseJson(answer.body) ?? {}) as Record<string, unknown>;
  const url =
    typeof streamingUrl === 'string' && URL.canParse(streamingUrl) ? new URL(streamingUrl) : undefined;
  if (typeof id !== 'string' || id === '' || url === undefined) {
    throw notCreated({ ...answer, body: '' }, 'has no streamId and streamingUrl', secrets);
  }
  if (!isConfidential(url))
    throw notCreated({ ...answer, body: '' }, 'has a streamingUrl that is not https', secrets);
  if (streamId !== undefined && id !== streamId) {
    const other = new Redactor(secrets).text(quoted(id));
    const flaw = `is about the stream ${other} instead of ${quoted(streamId)}, so no event would come`;
    throw notCreated({ ...answer, body: '' }, flaw, secrets);
  }
  return { streamId: id, streamingUrl: url };
}

/** Hands on what arrives until nothing does; resolves with the reason. */
async function pump(
  body: OpenBody,
  reader: ServerSentEventReader,
  { onActivity }: EventStreamOptions,
  signal: AbortSignal,
): Promise<Pick<HttpFailure, 'code' | 'reason'> & { isUnreadable: boolean }> {
  try {
    for await (const chunk of body.chunks) {
      if (signal.aborted) break;
      onActivity?.();
      reader.push(chunk);
    }
    return { code: undefined, reason: 'the event stream ended', isUnreadable: false };
  } catch (error) {
    if (error instanceof EventTooLong) return { code: undefined, reason: error.message, isUnreadable: true };
    const { code } = error as { code?: unknown };
    const known = typeof code === 'string' ? code : undefined;
    return { code: known, reason: 'the event stream broke off', isUnreadable: false };
  }
}

/** ASAPP did not hand out a stream. */
function notCreated(answer: HttpAnswer | HttpFailure, flaw: string, secrets: readonly string[]): AsappError {
  if (isFailure(answer)) return fromFailure(answer, IDEMPOTENT, secrets);
  if (answer.status !== 200) return fromAnswer(answer, IDEMPOTENT, secrets);
  const { details } = fromUnexpectedBody(answer, flaw, IDEMPOTENT, secrets);
  return new AsappError({ ...details, description: ERROR_KINDS[details.kind].advice });
}

/** The URL that ASAPP handed out leads to no stream. It carries no API key, so a refusal says nothing about that. */
function notConnected(answer: OtherAnswer | HttpFailure, secrets: readonly string[]): AsappError {
  const type =
    isFailure(answer) || answer.mediaType === ''
      ? ''
      : ` but ${new Redactor(secrets).text(quoted(answer.mediaType))}`;
  const error = notCreated(answer, `is not an event stream${type}`, secrets);
  if (isFailure(answer) || error.details.retryable) return error;
  const isRedirect = answer.status >= 300 && answer.status <= 399;
  return new AsappError({
    ...error.details,
    kind: 'unexpectedResponse',
    ...(isRedirect ? { message: redirected(answer, secrets) } : {}),
    retryable: true,
    description: 'The streaming URL that ASAPP gave did not work. Check that no proxy stands in between.',
  });
}

/** Only the origin: the rest of a redirect's target can carry the token. */
function redirected({ status, location }: HttpAnswer, secrets: readonly string[]): string {
  const to =
    location !== undefined && URL.canParse(location)
      ? ` to ${new Redactor(secrets).text(new URL(location).origin)}`
      : '';
  return `The streaming URL that ASAPP gave was answered with ${status}, a redirect${to} that was not followed`;
}

/** The JSON value of a text; undefined if it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
