import type { IExecuteFunctions } from 'n8n-workflow';

import type { OutageTimes } from '../delivery/outage';
import type { Sign } from '../delivery/pace';
import { AsappError, notSentBecause } from '../errors/asappError';
import { ERROR_KINDS } from '../errors/errorKinds';
import { requestTo } from '../transport/endpoint';
import { exchange, isFailure as hasNoAnswer, type Connection } from '../transport/exchange';
import { isFailure, unsent, type Failure } from './outcome';

/** How long the answer to a probe is waited for, in seconds. */
const PROBE_TIMEOUT = 10;

/** Asks for something that does no harm, to see whether ASAPP answers at all. */
export function probeOf(context: IExecuteFunctions, connection: Connection): () => Promise<Sign> {
  return async () => {
    const answer = await exchange(context, connection, requestTo('getHealth', {}), PROBE_TIMEOUT);
    return hasNoAnswer(answer) || answer.status >= 500 ? 'down' : 'accepted';
  };
}

/** What becomes of an item that was not sent, as ASAPP did not answer for too long; `cause` is how another one failed. */
export function outlasted(cause: unknown): Failure {
  const isKnown = typeof cause === 'object' && cause !== null && isFailure(cause);
  if (!isKnown) return unsent(new Error('ASAPP did not answer'));
  const { requestId: _ofAnother, details: _ofAnotherToo, ...error } = cause.error;
  const { retryable, advice } = ERROR_KINDS[error.kind];
  return unsent(
    notSentBecause(
      "Nothing was sent, as ASAPP did not answer for the time of 'Max Outage'",
      new AsappError({ ...error, retryable, description: advice }),
    ),
  );
}

/** Says when ASAPP did not answer, in the time zone of the workflow. */
export function outageHint({ from, to }: OutageTimes, timeZone: string): string {
  const time = (at: number) => new Date(at).toLocaleTimeString('en-GB', { timeZone });
  return to === undefined
    ? `ASAPP has not answered since ${time(from)}; the run waited`
    : `ASAPP did not answer from ${time(from)} to ${time(to)}; the run waited`;
}
