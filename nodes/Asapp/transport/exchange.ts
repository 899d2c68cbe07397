import {
  NodeApiError,
  NodeOperationError,
  type ICredentialDataDecryptedObject,
  type IExecuteFunctions,
  type IHttpRequestOptions,
  type IN8nHttpFullResponse,
  type ITriggerFunctions,
} from 'n8n-workflow';

import { resolveBaseUrl } from './baseUrl';
import { withDeadline } from './deadline';
import { plainText, whyNoText } from './plainText';
import { retryAfterOf } from './retryAfter';

/** Where requests are made from: a node that works on items, or a trigger. */
export type RequestContext = IExecuteFunctions | ITriggerFunctions;

/** The credential of this run, decrypted once, and where it leads. */
export interface Connection {
  credentials: ICredentialDataDecryptedObject;
  baseUrl: string;
}

/** One request to ASAPP: `path` starts with a slash and may have a query, `body` is sent as JSON. */
export interface HttpRequest {
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: object;
}

/** What came back, whatever the status. `body` is the text as it arrived, '' if there was none; `location` is where a redirect points to; `retryAfter` is the header Retry-After in ms from now. */
export interface HttpAnswer {
  status: number;
  statusText: string;
  body: string;
  location?: string;
  retryAfter?: number;
}

/** No whole answer: refused, reset, unknown host, TLS, or nothing within the time limit (`timedOut`). */
export interface HttpFailure {
  host: string;
  code: string | undefined;
  /** The call to the operating system that failed, if it was one. */
  syscall?: string;
  reason: string;
  timedOut: boolean;
  timeoutSeconds: number;
}

/** The credential is there, but n8n could not read it now, e.g. as a vault does not answer. */
export class UnreadableCredential extends Error {}

/**
 * Reads the credential, for an item where there are some: its fields may be expressions.
 *
 * @throws UnreadableCredential; Error when the credential is missing, incomplete or leads nowhere. The message says why.
 */
export async function readConnection(context: RequestContext, itemIndex?: number): Promise<Connection> {
  const stored = await readCredential(context, itemIndex);
  // A key is pasted; what stands around it is no part of it.
  const apiId = plainText(stored.apiId);
  const apiSecret = plainText(stored.apiSecret);
  for (const [displayName, value, given] of [
    ['API ID', apiId, stored.apiId],
    ['API Secret', apiSecret, stored.apiSecret],
  ] as const) {
    if (value === '') throw new Error(whyNoText(displayName, given));
    if (!/^[\x21-\x7e]+$/.test(value)) {
      throw new Error(
        `'${displayName}' has a space or a character that a header cannot carry; paste it again`,
      );
    }
  }
  // With `reachability` empty, n8n would run the credential's preAuthentication before each request.
  const credentials = { ...stored, apiId, apiSecret, reachability: 'notChecked' };
  return { credentials, baseUrl: resolveBaseUrl(stored) };
}

async function readCredential(
  context: RequestContext,
  itemIndex?: number,
): Promise<ICredentialDataDecryptedObject> {
  try {
    return await context.getCredentials('asappApi', itemIndex);
  } catch (error) {
    throw whyNoCredential(error);
  }
}

/** n8n has own errors for a node without a credential and for one that was deleted; anything else can pass. */
function whyNoCredential(error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  const isMissing = error instanceof NodeOperationError || /does not exist/.test(reason);
  return isMissing ? new Error(reason) : new UnreadableCredential(reason);
}

/**
 * Sends one request through n8n's own helper, so that the instance's proxy, SSRF protection and credential rules hold.
 * Any status is an answer. Exactly one request leaves: a 401 is not repeated and a redirect is not followed, as both
 * would hand out the API secret again (n8n's helper does both by default). `signal` breaks the exchange off; where an
 * execution can be cancelled, n8n's helper listens to that instead.
 */
export async function exchange(
  context: RequestContext,
  connection: Connection,
  request: HttpRequest,
  timeoutSeconds: number,
  signal?: AbortSignal,
): Promise<HttpAnswer | HttpFailure> {
  const options: IHttpRequestOptions = {
    method: request.method,
    url: connection.baseUrl + request.path,
    headers: { accept: 'application/json', ...request.headers },
    encoding: 'text',
    returnFullResponse: true,
    ignoreHttpStatusErrors: true,
    disableFollowRedirect: true,
    timeout: timeoutSeconds * 1000,
    ...(signal === undefined ? {} : { abortSignal: signal }),
  };
  if (request.body !== undefined) {
    options.headers = { ...options.headers, 'content-type': 'application/json' };
    // Text both ways: what was checked is what is sent, and a body that is not JSON stays visible.
    options.body = JSON.stringify(request.body);
  }
  // Only a failure needs it, and reading a URL takes longer than one would think.
  const host = () => new URL(connection.baseUrl).host;
  const sent = context.helpers.httpRequestWithAuthentication
    .call(context, 'asappApi', options, {
      credentialsDecrypted: { id: '', name: '', type: 'asappApi', data: connection.credentials },
    })
    .then(
      (response: IN8nHttpFullResponse) => toAnswer(response),
      (error: unknown) => toFailure(error, host(), timeoutSeconds),
    );
  // The helper's own timeout starts anew with every byte that arrives, and it accepts no abort signal but the execution's.
  return await withDeadline<HttpAnswer | HttpFailure>(sent, timeoutSeconds * 1000, () =>
    expired(host(), timeoutSeconds),
  );
}

/** Nothing came within the time limit. */
export function expired(host: string, timeoutSeconds: number): HttpFailure {
  return { host, code: undefined, reason: 'timeout', timedOut: true, timeoutSeconds };
}

/** Whether an exchange ended without a whole answer. */
export function isFailure(result: HttpAnswer | HttpFailure): result is HttpFailure {
  return !('status' in result);
}

/** A response of n8n's helper; a body that is no text counts as none. */
export function toAnswer({ statusCode, statusMessage, headers, body }: IN8nHttpFullResponse): HttpAnswer {
  const { location } = headers;
  const retryAfter = retryAfterOf(headers);
  return {
    status: statusCode,
    statusText: statusMessage ?? '',
    body: typeof body === 'string' ? body : '',
    ...(typeof location === 'string' ? { location } : {}),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

/** n8n wraps what went wrong in a NodeApiError; the cause below it has the system's code and words. */
export function toFailure(error: unknown, host: string, timeoutSeconds: number): HttpFailure {
  const chain = causes(error);
  const code = chain.map((link) => link.code).find((value) => typeof value === 'string');
  const syscall = chain.map(syscallOf).find((value) => value !== undefined);
  const reason = chain.at(-1)?.message ?? String(error);
  const timedOut = code === 'ETIMEDOUT' || (code === 'ECONNABORTED' && chain.some(saysTimeout));
  return { host, code, reason, timedOut, timeoutSeconds, ...(syscall === undefined ? {} : { syscall }) };
}

type ErrorWithCode = Error & { code?: unknown; syscall?: unknown };

/** A host with several addresses fails with an error for each of them. */
function syscallOf(error: ErrorWithCode): string | undefined {
  if (typeof error.syscall === 'string') return error.syscall;
  // n8n's own refusal to connect to an address that the instance may not call.
  if (error.name.startsWith('SsrfBlocked')) return 'connect';
  if (!(error instanceof AggregateError)) return undefined;
  const [first, ...others] = (error.errors as ErrorWithCode[]).map(syscallOf);
  return others.every((other) => other === first) ? first : undefined;
}

function causes(error: unknown): ErrorWithCode[] {
  const chain: ErrorWithCode[] = [];
  for (let link = error; link instanceof Error && chain.length < 8; link = causeOf(link)) chain.push(link);
  return chain;
}

/**
 * Before 2.34, a NodeApiError loses its cause: `messages` begins with its words then, and `httpCode` is its code, or the
 * status of an answer that had begun and broke off.
 */
function causeOf(error: Error): unknown {
  if (error.cause !== undefined || !(error instanceof NodeApiError)) return error.cause;
  const { messages, httpCode } = error;
  const code = httpCode !== null && /^\d+$/.test(httpCode) ? 'ERR_BAD_RESPONSE' : httpCode;
  return Object.assign(new Error(messages[0] ?? error.message), { code });
}

function saysTimeout({ message }: Error): boolean {
  return /timeout/i.test(message);
}
