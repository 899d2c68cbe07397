import { UnreadableCredential, type HttpAnswer, type HttpFailure } from '../transport/exchange';
import { ERROR_KINDS, kindOfStatus, type ErrorKind } from './errorKinds';
import { redact } from './redact';

/**
 * What is known about a failed item, the same on every output and in every thrown error. An absent fact is an absent key.
 *
 * - `status`: HTTP status; absent when no answer came.
 * - `code`: ASAPP's `<status>-<subcode>`.
 * - `message`: ASAPP's own words where it gave any.
 * - `requestId`: what ASAPP support asks for.
 * - `retryable`: whether sending the item again is safe and may succeed.
 * - `inDoubt`: ASAPP may hold the item although no success came back; there only when it is true.
 * - `attempts`: how many times the request was sent.
 * - `phase`: how far the last sending got.
 * - `description`: one sentence on what to do next.
 * - `accepted`: of a `replyTimeout` only: what ASAPP accepted, and what GenerativeAgent had said until then.
 */
export interface AsappErrorDetails {
  kind: ErrorKind;
  status?: number;
  code?: string;
  message: string;
  requestId?: string;
  retryable: boolean;
  inDoubt?: true;
  attempts: number;
  phase: Phase;
  description: string;
  accepted?: AcceptedItem;
}

/** `notSent`: nothing arrived at ASAPP, and that is certain. `sent`: no whole answer came. `answered`: one did. */
export type Phase = 'notSent' | 'sent' | 'answered';

/** What ASAPP holds of an item whose reply did not come. */
export type AcceptedItem = {
  conversationId: string;
  messageId?: string;
  replies: Array<{ messageId?: string; text: string }>;
};

/** What delivery needs to know of a failure and a person does not. */
export interface Circumstances {
  /** ASAPP may have accepted the item, and accepting it again would do harm. */
  mayHaveArrived: boolean;
  /** How long ASAPP asks to wait, in ms (`Retry-After`). */
  retryAfter?: number;
}

/** Carries {@link AsappErrorDetails} from where a failure is noticed to where the item is routed. */
export class AsappError extends Error {
  constructor(
    readonly details: AsappErrorDetails,
    readonly circumstances: Circumstances = { mayHaveArrived: false },
  ) {
    super(details.message);
    this.name = 'AsappError';
  }
}

/** The request that failed, as far as errors care. */
interface FailedRequest {
  /** Whether ASAPP ends up in the same state when the request arrives twice. */
  idempotent: boolean;
}

/** The item breaks the contract and was not sent. `message` names the field and the way out. */
export function invalidInput(message: string): AsappError {
  return new AsappError({ ...basics('invalidInput', message, 'notSent'), attempts: 0 });
}

/**
 * Nothing can be sent with the credential; `message` says why not. `retryable`: it may be usable later as it is, e.g. when
 * a vault answers again.
 */
export function credentialUnusable(message: string, retryable: boolean): AsappError {
  const details = basics('credentialUnusable', message, 'notSent');
  return new AsappError({ ...details, retryable, attempts: 0 });
}

/** What `openConnection` threw, as an error of each item that needs the credential. */
export function fromCredential(error: unknown): AsappError {
  const reason = error instanceof Error ? error.message : String(error);
  const isUnreadable = error instanceof UnreadableCredential;
  return credentialUnusable(`The ASAPP credential cannot be used: ${reason}`, isUnreadable);
}

/** Nothing was sent, because something failed that has to be there first: `why` and the words of `cause`. */
export function notSentBecause(why: string, { details, circumstances }: AsappError): AsappError {
  const { inDoubt: _inDoubt, ...facts } = details;
  const message = `${why}: ${details.message}`;
  return new AsappError({ ...facts, message, attempts: 0, phase: 'notSent' }, circumstances);
}

/**
 * Something that nobody foresaw happened after the request had left; `answer` is what had come by then. Unless the
 * request may arrive twice, the item is in doubt, and never "nothing was sent".
 */
export function unforeseenAfterSending(
  reason: string,
  request: FailedRequest,
  secrets: readonly string[],
  answer?: HttpAnswer,
): AsappError {
  const message = `The item was sent, but what came back could not be read: ${redact(reason, secrets)}`;
  const { message: _message, ...words } = wordsOf(parseJson(answer?.body ?? ''));
  const facts = answer === undefined ? {} : { status: answer.status, ...words };
  const details = basics('unexpectedResponse', message, answer === undefined ? 'sent' : 'answered', facts);
  return doubtful(details, request);
}

/**
 * ASAPP (or something before it) answered with a status that is not the operation's success.
 * `secrets` are values that must not be repeated even if the answer does.
 */
export function fromAnswer(
  answer: HttpAnswer,
  request: FailedRequest,
  secrets: readonly string[],
): AsappError {
  const { status, retryAfter } = answer;
  if (status >= 200 && status < 300) {
    return fromUnexpectedBody(answer, 'is not the documented one', request, secrets);
  }
  const details = described(kindOfStatus(status), answer, secrets);
  const waits = retryAfter === undefined ? {} : { retryAfter };
  if (isGatewayAnswer(answer)) return doubtful(details, request, waits);
  // 409 tells that ASAPP holds the entity (https://docs.asapp.com/getting-started/developers/rate-limits).
  return new AsappError(details, { mayHaveArrived: !request.idempotent && status === 409, ...waits });
}

/** The status is a success but the body breaks the contract; `flaw` says how, e.g. "is not JSON". */
export function fromUnexpectedBody(
  answer: HttpAnswer,
  flaw: string,
  request: FailedRequest,
  secrets: readonly string[],
): AsappError {
  const details = described('unexpectedResponse', answer, secrets);
  const hasWords = wordsOf(parseJson(answer.body)).message !== undefined;
  const message = hasWords ? details.message : `ASAPP answered ${answer.status}, but the answer ${flaw}`;
  return doubtful({ ...details, message }, request);
}

/** No whole answer came. The item is retryable only if it provably never left, or if repeating it does no harm. */
export function fromFailure(
  failure: HttpFailure,
  request: FailedRequest,
  secrets: readonly string[],
): AsappError {
  const neverSent = failure.code !== undefined && NEVER_SENT.test(failure.code);
  const phase = neverSent ? 'notSent' : 'sent';
  const details = failure.timedOut ? timedOut(failure, phase) : disconnected(failure, phase, secrets);
  return neverSent ? new AsappError(details) : doubtful(details, request);
}

/** ASAPP accepted the item, but the whole reply did not arrive; `message` says why. The item must not be sent again. */
export function replyMissing(message: string, accepted: AcceptedItem): AsappError {
  return new AsappError(
    { ...basics('replyTimeout', message, 'answered'), accepted },
    { mayHaveArrived: true },
  );
}

function timedOut({ host, timeoutSeconds }: HttpFailure, phase: Phase): AsappErrorDetails {
  return basics('timeout', `No answer from ${host} within ${timeoutSeconds} s`, phase);
}

function disconnected(
  { host, code, reason }: HttpFailure,
  phase: Phase,
  secrets: readonly string[],
): AsappErrorDetails {
  const words = reasonOfCode(code) ?? redact(reason, secrets);
  const suffix = code === undefined ? '' : ` (${code})`;
  return basics('connectionFailed', `Could not complete the call to ${host}: ${words}${suffix}`, phase);
}

/** ASAPP may hold the item although no success came back. That is a doubt only where a second arrival does harm. */
function doubtful(
  details: AsappErrorDetails,
  { idempotent }: FailedRequest,
  waits: Pick<Circumstances, 'retryAfter'> = {},
): AsappError {
  if (idempotent) return new AsappError(details, { mayHaveArrived: false, ...waits });
  const { attempts, phase, description, ...facts } = details;
  const warned = `${MAYBE_ACCEPTED} ${description}`;
  return new AsappError(
    { ...facts, retryable: false, inDoubt: true, attempts, phase, description: warned },
    { mayHaveArrived: true, ...waits },
  );
}

/**
 * A 5xx without ASAPP's requestId is not ASAPP's word but that of something before it, which lost ASAPP's own answer.
 * A 503 says by its meaning that nothing was done (RFC 9110, 15.6.4).
 */
function isGatewayAnswer({ status, body }: HttpAnswer): boolean {
  return status >= 500 && status !== 503 && wordsOf(parseJson(body)).requestId === undefined;
}

const MAYBE_ACCEPTED =
  'ASAPP may have accepted this item: look at the conversation before you send it again.';

/** Codes of failures before the first byte of a request is written: name lookup, connect, TLS handshake. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPROTO|ERR_TLS_.*|ERR_SSL_.*|CERT_.*|.*_CERT.*|DEPTH_ZERO.*)$/;

const CONNECTION_REASONS = new Map([
  ['ECONNREFUSED', 'the connection was refused'],
  ['ECONNRESET', 'the connection was closed before the whole answer came'],
  ['ERR_BAD_RESPONSE', 'the connection was closed before the whole answer came'],
  ['EPIPE', 'the connection was closed while the request was sent'],
  ['ENOTFOUND', 'the host name is unknown'],
  ['EAI_AGAIN', 'the host name could not be looked up'],
  ['EHOSTUNREACH', 'the host cannot be reached'],
  ['ENETUNREACH', 'the network cannot be reached'],
  ['ERR_CANCELED', 'the execution was cancelled'],
  ['EPROTO', 'the host does not speak https at this address'],
]);

function reasonOfCode(code = ''): string | undefined {
  if (/CERT|DEPTH_ZERO|SELF_SIGNED/.test(code)) return "the host's certificate is not trusted";
  if (/^ERR_(TLS|SSL)_/.test(code)) return 'a secure connection could not be set up';
  return CONNECTION_REASONS.get(code);
}

type Facts = Pick<AsappErrorDetails, 'status' | 'code' | 'requestId'>;

function basics(
  kind: ErrorKind,
  message: string,
  phase: Phase,
  { requestId, ...facts }: Facts = {},
): AsappErrorDetails {
  const { retryable, advice } = ERROR_KINDS[kind];
  return {
    kind,
    ...facts,
    message,
    ...(requestId === undefined ? {} : { requestId }),
    retryable,
    attempts: 1,
    phase,
    description: advice,
  };
}

function described(kind: ErrorKind, answer: HttpAnswer, secrets: readonly string[]): AsappErrorDetails {
  const { message = withoutWords(answer), ...facts } = wordsOf(parseJson(answer.body));
  return basics(kind, redact(message, secrets), 'answered', { status: answer.status, ...facts });
}

function withoutWords({ status, statusText, location }: HttpAnswer): string {
  const answered = `ASAPP answered ${status}${statusText === '' ? '' : ` ${statusText}`}`;
  // Only the origin: the rest of a redirect's target can carry a token.
  const origin = location !== undefined && URL.canParse(location) ? ` to ${new URL(location).origin}` : '';
  return status >= 300 && status < 400
    ? `${answered}, a redirect${origin} that was not followed, so that the API secret stays with ASAPP`
    : `${answered} without saying why`;
}

interface Words {
  code?: string;
  message?: string;
  requestId?: string;
}

/**
 * ASAPP's error body is `{error: {requestId, message, code?}}`. A gateway in front of it may answer `{message}` or
 * `{fault: {faultstring}}` instead; those words are better than none.
 */
function wordsOf(body: unknown): Words {
  const root = asObject(body);
  const error = asObject(root?.error);
  const words: Words = {};
  const message = [error?.message, root?.error, root?.message, asObject(root?.fault)?.faultstring].find(
    isText,
  );
  if (message !== undefined) words.message = message;
  if (isText(error?.code)) words.code = error.code;
  if (isText(error?.requestId)) words.requestId = error.requestId;
  return words;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
