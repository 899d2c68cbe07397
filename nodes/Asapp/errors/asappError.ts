import type { IDataObject } from 'n8n-workflow';

import { UnreadableCredential, type HttpAnswer, type HttpFailure } from '../transport/exchange';
import { adviceInDoubt, adviceOnAnswer, type FailedRequest } from './advice';
import { ERROR_KINDS, kindOfStatus, type ErrorKind } from './errorKinds';
import { isRefusedCertificate, provesNothingArrived } from './proof';
import { Redactor } from './redact';
import { wordsOf, type Words } from './words';

export type { FailedRequest } from './advice';

/**
 * What is known about a failed item, the same on every output and in every thrown error. An absent fact is an absent key.
 *
 * - `status`: HTTP status; absent when no answer came.
 * - `code`: ASAPP's `<status>-<subcode>`.
 * - `message`: ASAPP's own words where it gave any.
 * - `requestId`: what ASAPP support asks for.
 * - `details`: what else ASAPP's error object has.
 * - `retryable`: whether sending the item again is safe and may succeed.
 * - `inDoubt`: ASAPP may hold the item although no success came back; there only when it is true.
 * - `attempts`: how many times the request was sent.
 * - `phase`: how far the last sending got.
 * - `description`: one sentence on what to do next.
 * - `looks`: how many times the item was looked for in its conversation.
 * - `accepted`: of a `replyTimeout` only: what ASAPP accepted, and what GenerativeAgent had said until then.
 */
export interface AsappErrorDetails {
  kind: ErrorKind;
  status?: number;
  code?: string;
  message: string;
  requestId?: string;
  details?: IDataObject;
  retryable: boolean;
  inDoubt?: true;
  attempts: number;
  phase: Phase;
  description: string;
  looks?: number;
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

/** What `readConnection` threw, as an error of each item that needs the credential. */
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
  const redactor = new Redactor(secrets);
  const message = `The item was sent, but what came back could not be read: ${redactor.text(reason)}`;
  const facts = answer === undefined ? {} : { status: answer.status, ...factsOf(wordsOf(answer, redactor)) };
  const phase = answer === undefined ? 'sent' : 'answered';
  return doubtful(basics('unexpectedResponse', message, phase, facts), request);
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
  const kind = kindOfStatus(status);
  const details = described(kind, answer, request, secrets);
  const waits = retryAfter === undefined ? {} : { retryAfter };
  const isAsapps = details.requestId !== undefined;
  // ASAPP may have stored what a 5xx was the answer to; only its own 503 says that it took nothing. A 503 that is not its
  // own comes from something before it, which may have lost ASAPP's own answer.
  if (status >= 500 && !(isAsapps && status === 503)) return doubtful(details, request, waits);
  // 409 tells that ASAPP holds the entity (https://docs.asapp.com/getting-started/developers/rate-limits). A refusal by
  // something before ASAPP is taken at its word, but nothing sends its item again by itself.
  const isProof = status === 429 || (isAsapps && status !== 409);
  return new AsappError(details, { mayHaveArrived: !request.idempotent && !isProof, ...waits });
}

/** The status is a success but the body breaks the contract; `flaw` says how, e.g. "is not JSON". */
export function fromUnexpectedBody(
  answer: HttpAnswer,
  flaw: string,
  request: FailedRequest,
  secrets: readonly string[],
): AsappError {
  const { status } = answer;
  const words = wordsOf(answer, new Redactor(secrets));
  const seen = `ASAPP answered ${status}, but the answer ${flaw}`;
  const said = words.isAsapps ? words.message : quoting(seen, words);
  const details = basics('unexpectedResponse', said ?? seen, 'answered', { status, ...factsOf(words) });
  return doubtful(details, request);
}

/** No whole answer came. The item is retryable only if it provably never left, or if repeating it does no harm. */
export function fromFailure(
  failure: HttpFailure,
  request: FailedRequest,
  secrets: readonly string[],
): AsappError {
  const neverSent = provesNothingArrived(failure);
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

/** An event stream that was connected is not any more; `reason` says what happened to it. */
export function streamBroken(
  host: string,
  { code, reason }: Pick<HttpFailure, 'code' | 'reason'>,
): AsappError {
  const suffix = code === undefined ? '' : ` (${code})`;
  const message = `Lost the connection to ${host}: ${reason}${suffix}`;
  return new AsappError(basics('connectionFailed', message, 'answered'));
}

function timedOut({ host, timeoutSeconds }: HttpFailure, phase: Phase): AsappErrorDetails {
  return basics('timeout', `No answer from ${host} within ${timeoutSeconds} s`, phase);
}

function disconnected(
  { host, code, reason }: HttpFailure,
  phase: Phase,
  secrets: readonly string[],
): AsappErrorDetails {
  const words = reasonOfCode(code) ?? new Redactor(secrets).text(reason);
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
  const { attempts, phase, description: _advice, ...facts } = details;
  const description = adviceInDoubt(details);
  return new AsappError(
    { ...facts, retryable: false, inDoubt: true, attempts, phase, description },
    { mayHaveArrived: true, ...waits },
  );
}

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
  if (isRefusedCertificate(code)) return "the host's certificate is not trusted";
  if (/^ERR_(TLS|SSL)_/.test(code)) return 'the secure connection failed';
  return CONNECTION_REASONS.get(code);
}

type Facts = { [Key in 'status' | 'code' | 'requestId' | 'details']?: AsappErrorDetails[Key] | undefined };

function basics(
  kind: ErrorKind,
  message: string,
  phase: Phase,
  { status, code, requestId, details }: Facts = {},
): AsappErrorDetails {
  const { retryable, advice } = ERROR_KINDS[kind];
  return {
    kind,
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    message,
    ...(requestId === undefined ? {} : { requestId }),
    ...(details === undefined ? {} : { details }),
    retryable,
    attempts: 1,
    phase,
    description: advice,
  };
}

function described(
  kind: ErrorKind,
  answer: HttpAnswer,
  request: FailedRequest,
  secrets: readonly string[],
): AsappErrorDetails {
  const redactor = new Redactor(secrets);
  const words = wordsOf(answer, redactor);
  const message =
    words.isAsapps && words.message !== undefined ? words.message : messageOf(answer, words, redactor);
  const facts = { status: answer.status, ...factsOf(words) };
  const description = adviceOnAnswer(kind, request, words);
  return { ...basics(kind, message, 'answered', facts), description };
}

function factsOf({ isAsapps: _isAsapps, message: _message, ...facts }: Words): Facts {
  return facts;
}

const REDIRECTS = [301, 302, 303, 307, 308];

/** What an answer comes to that does not say why in ASAPP's form. */
function messageOf(answer: HttpAnswer, words: Words, redactor: Redactor): string {
  const { status, location } = answer;
  const statusText = redactor.text(answer.statusText);
  const answered = `ASAPP answered ${status}${statusText === '' ? '' : ` ${statusText}`}`;
  if (REDIRECTS.includes(status)) {
    // Only the origin: the rest of a redirect's target can carry a token.
    const origin = location !== undefined && URL.canParse(location) ? new URL(location).origin : undefined;
    const to = origin === undefined ? '' : ` to ${redactor.text(origin)}`;
    return `${answered}, a redirect${to} that was not followed, so that the API secret stays with ASAPP`;
  }
  return words.message === undefined
    ? `${answered} without saying why`
    : quoting(`${answered}, not in ASAPP's form`, words);
}

function quoting(seen: string, { message }: Words): string {
  return message === undefined ? seen : `${seen}: "${message}"`;
}
