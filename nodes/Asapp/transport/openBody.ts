import type { IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

import { withDeadline } from './deadline';
import { expired, toAnswer, toFailure } from './exchange';
import type { HttpAnswer, HttpFailure, RequestContext } from './exchange';
import { plainText } from './plainText';

/** What to get: an absolute URL that needs no credential, and the media type that is expected. */
export interface BodyRequest {
  url: string;
  mediaType: string;
  timeoutSeconds: number;
}

/** A body that is read as it arrives; reading throws when the connection breaks. {@link close} ends the connection. */
export interface OpenBody {
  chunks: AsyncIterable<Uint8Array>;
  close(): void;
}

/** An answer that is not what was asked for; its media type is '' if it has none. */
export interface OtherAnswer extends HttpAnswer {
  mediaType: string;
}

/** More of an answer that is no stream is not read, in characters. */
const LONGEST_ANSWER = 64 * 1024;

/** Nor for longer, in ms: it may be a stream of another kind that has no end. */
const LONGEST_READING = 2_000;

/**
 * Gets a URL and leaves the connection open. Any other answer than a 200 with the media type is read and closed.
 * `signal` closes the connection whenever it comes. The URL is not followed elsewhere.
 */
export async function openBody(
  context: RequestContext,
  { url, mediaType, timeoutSeconds }: BodyRequest,
  signal: AbortSignal,
): Promise<OpenBody | OtherAnswer | HttpFailure> {
  const { host } = new URL(url);
  const connection = new AbortController();
  let body: unknown;
  const close = () => {
    signal.removeEventListener('abort', close);
    connection.abort();
    // Where an execution can be cancelled, n8n's helper listens to nothing but that; a body can be ended everywhere.
    if (isDestroyable(body)) body.destroy();
  };
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();
  const options: IHttpRequestOptions = {
    method: 'GET',
    url,
    // n8n's helper would offer to decompress, and a proxy that compresses holds back what it has not packed yet.
    headers: { accept: mediaType, 'accept-encoding': 'identity', 'cache-control': 'no-store' },
    encoding: 'stream',
    json: false,
    returnFullResponse: true,
    ignoreHttpStatusErrors: true,
    disableFollowRedirect: true,
    // Until the headers are there; it does not end a body that has begun.
    timeout: timeoutSeconds * 1000,
    abortSignal: connection.signal,
  };
  const opened = context.helpers
    .httpRequest(options)
    .then(async (response: IN8nHttpFullResponse): Promise<OpenBody | OtherAnswer> => {
      const { statusCode, headers } = response;
      body = response.body;
      if (connection.signal.aborted) close();
      const chunks = toChunks(body);
      const given = mediaTypeOf(headers['content-type']);
      if (statusCode === 200 && given === mediaType && chunks !== undefined) return { chunks, close };
      const text = chunks === undefined ? '' : await readText(chunks);
      return { ...toAnswer(response), body: text, mediaType: given };
    })
    .catch((error: unknown) => toFailure(error, host, timeoutSeconds));
  const result = await withDeadline<OpenBody | OtherAnswer | HttpFailure>(opened, timeoutSeconds * 1000, () =>
    expired(host, timeoutSeconds),
  );
  if (!('chunks' in result)) close();
  return result;
}

function mediaTypeOf(contentType: unknown): string {
  const [mediaType = ''] = plainText(contentType).split(';');
  return mediaType.trim().toLowerCase();
}

/** What comes of an answer that is of no use; that it breaks off or does not end takes nothing from it. */
async function readText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  const read = async () => {
    try {
      for await (const chunk of chunks) {
        text += decoder.decode(chunk, { stream: true });
        if (text.length > LONGEST_ANSWER) break;
      }
    } catch {
      // It is over, too.
    }
  };
  await withDeadline(read(), LONGEST_READING, () => undefined);
  return text;
}

function toChunks(body: unknown): AsyncIterable<Uint8Array> | undefined {
  const isStream = typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
  return isStream ? (body as AsyncIterable<Uint8Array>) : undefined;
}

function isDestroyable(body: unknown): body is { destroy(): void } {
  return typeof body === 'object' && body !== null && 'destroy' in body && typeof body.destroy === 'function';
}
