import type { AsappErrorDetails, Circumstances } from './asappError';

/** Waits before the first, second, … repetition, in ms: https://docs.asapp.com/getting-started/developers/rate-limits */
const AFTER_TOO_MANY_REQUESTS = [1_000, 2_000, 4_000];
const AFTER_SERVER_ERROR = [250, 500, 1_000];

/** A longer Retry-After is not waited for: a daily limit, for instance, would hold the workflow for hours. */
const LONGEST_RETRY_AFTER = 60_000;

/** Adds up to this share to a wait, so that what failed together is not repeated together. */
const JITTER = 0.2;

/**
 * When a failed item may be sent again, in ms from now, and whether that holds for all requests of this API key;
 * undefined when it may not. `attempts` is how often it was sent, `maxRetries` how often it may be sent again.
 */
export function repeatAfter(
  { kind, retryable }: AsappErrorDetails,
  { mayHaveArrived, retryAfter = 0 }: Circumstances,
  attempts: number,
  maxRetries: number,
): { after: number; pausesPace: boolean } | undefined {
  if (!retryable || mayHaveArrived || attempts > maxRetries || retryAfter > LONGEST_RETRY_AFTER)
    return undefined;
  const pausesPace = kind === 'tooManyRequests';
  const waits = pausesPace ? AFTER_TOO_MANY_REQUESTS : AFTER_SERVER_ERROR;
  const wait = waits[Math.min(attempts, waits.length) - 1] ?? 0;
  return { after: Math.max(wait, retryAfter) * (1 + Math.random() * JITTER), pausesPace };
}
