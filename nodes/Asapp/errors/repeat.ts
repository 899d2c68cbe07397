import type { AsappErrorDetails, Circumstances } from './asappError';
import type { ErrorKind } from './errorKinds';

/** Waits before the first, second, … repetition, in ms: https://docs.asapp.com/getting-started/developers/rate-limits */
const AFTER_TOO_MANY_REQUESTS = [1_000, 2_000, 4_000];
const AFTER_SERVER_ERROR = [250, 500, 1_000];

/** A longer Retry-After is not waited for: a daily limit, for instance, would hold the workflow for hours. */
const LONGEST_RETRY_AFTER = 60_000;

/** Adds up to this share to a wait, so that what failed together is not repeated together. */
const JITTER = 0.2;

/**
 * When a failed item may be sent again, in ms from now; undefined when it may not. `attempts` is how often it was sent,
 * `maxRetries` how often it may be sent again.
 */
export function repeatAfter(
  error: AsappErrorDetails,
  circumstances: Circumstances,
  attempts: number,
  maxRetries: number,
): number | undefined {
  if (!error.retryable || circumstances.mayHaveArrived || attempts > maxRetries) return undefined;
  const wait = waitAfter(error, circumstances, attempts);
  return wait === undefined ? undefined : wait * (1 + Math.random() * JITTER);
}

/** How long nothing may be sent with the same API key after a failure, in ms: only if ASAPP says so for all of it. */
export function pauseAfter(
  { kind }: AsappErrorDetails,
  { retryAfter = 0 }: Circumstances,
): number | undefined {
  return kind === 'tooManyRequests' && retryAfter > 0 && retryAfter <= LONGEST_RETRY_AFTER
    ? retryAfter
    : undefined;
}

/** Kinds that an outage can show itself by; a failure that leaves its item in doubt is no less a sign of one. */
const OUTAGE_KINDS: readonly ErrorKind[] = [
  'internalServerError',
  'serviceUnavailable',
  'connectionFailed',
  'timeout',
];

/** Kinds that tell nothing of ASAPP: it was not asked, or something else may have answered. */
const SILENT_KINDS: readonly ErrorKind[] = ['invalidInput', 'credentialUnusable', 'unexpectedResponse'];

/** What a failure says of ASAPP: whether it is there, down, or only had too much. */
export function signOf({ kind, attempts }: AsappErrorDetails): 'accepted' | 'refused' | 'down' | 'nothing' {
  if (attempts === 0 || SILENT_KINDS.includes(kind)) return 'nothing';
  if (kind === 'tooManyRequests') return 'refused';
  return OUTAGE_KINDS.includes(kind) ? 'down' : 'accepted';
}

/** The documented schedule, or longer if ASAPP asks for that; undefined when it is too long to be waited for. */
function waitAfter(
  { kind }: AsappErrorDetails,
  { retryAfter }: Circumstances,
  attempts: number,
): number | undefined {
  if (retryAfter !== undefined && retryAfter > LONGEST_RETRY_AFTER) return undefined;
  const waits = kind === 'tooManyRequests' ? AFTER_TOO_MANY_REQUESTS : AFTER_SERVER_ERROR;
  const scheduled = waits[Math.min(attempts, waits.length) - 1] ?? 0;
  return Math.max(scheduled, retryAfter ?? 0);
}
