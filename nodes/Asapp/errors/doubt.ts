import { remedyInDoubt } from './advice';
import { AsappError, type AsappErrorDetails, type Circumstances } from './asappError';
import { ERROR_KINDS } from './errorKinds';

/** An item that failed, and what delivery needs to know about it. */
export interface Failure {
  error: AsappErrorDetails;
  circumstances: Circumstances;
}

/** What was seen of an item in its conversation. `looks` counts the requests for that. */
export interface Sighting {
  looks: number;
  /** Seconds from the doubt to the last look that saw the conversation; undefined if none did. */
  seconds: number | undefined;
  /** `some`: of several messages, those with these numbers, counted from 1. */
  seen: 'absent' | 'ambiguous' | { some: number[]; of: number };
  /** Why the last look saw nothing. */
  failure?: AsappErrorDetails | undefined;
}

/** Whether the conversation can tell how an item ended: ASAPP may hold it, or says that it does. A refusal is no doubt. */
export function canBeSettled({ error: { kind, inDoubt } }: Failure): boolean {
  return kind === 'conflict' || inDoubt === true;
}

/** Whether ASAPP itself answered that it failed: then it is done with the item, and what it does not hold by now, it never will. */
export function isAsappsLastWord({ kind, requestId, phase }: AsappErrorDetails): boolean {
  return phase === 'answered' && requestId !== undefined && kind === 'internalServerError';
}

/** ASAPP does not hold the item: it can be sent again like any other that failed in this way. */
export function notHeld({ error, circumstances }: Failure, looks: number): Failure {
  const { inDoubt: _inDoubt, ...facts } = error;
  const { retryable, advice } = ERROR_KINDS[error.kind];
  return {
    error: { ...facts, retryable, description: advice, looks },
    circumstances: { ...circumstances, mayHaveArrived: false },
  };
}

/** The item stays in doubt; its description says what was seen. */
export function unsettled({ error, circumstances }: Failure, sighting: Sighting): Failure {
  const remedy = remedyInDoubt(error);
  const { seen, seconds } = sighting;
  const isRefused =
    error.kind === 'conflict' && error.requestId !== undefined && seen === 'absent' && seconds !== undefined;
  const description = isRefused
    ? refusalWords(sighting)
    : [
        sightingWords(sighting),
        'Look at the conversation before you send the item again.',
        ...(remedy === undefined ? [] : [remedy]),
      ].join(' ');
  return { error: { ...error, description, looks: sighting.looks }, circumstances };
}

function refusalWords({ looks, seconds }: Sighting): string {
  return `ASAPP refused this item, and its conversation did not have it ${seconds} s later (${timesLooked(looks)}): compare the item with what the conversation holds, then run it again.`;
}

function timesLooked(looks: number): string {
  return `${looks} look${looks === 1 ? '' : 's'}`;
}

function sightingWords({ looks, seconds, seen, failure }: Sighting): string {
  const times = timesLooked(looks);
  if (looks === 0)
    return 'ASAPP may have accepted this item, and the run ended before its conversation was looked at.';
  if (seconds === undefined) {
    const why = failure === undefined ? '' : `: ${failure.message}`;
    return `ASAPP may have accepted this item, and its conversation could not be looked at (${times})${why}.`.replace(
      /\.\.$/,
      '.',
    );
  }
  const when = `${seconds} s later (${times})`;
  if (seen === 'absent') return `ASAPP may still accept this item: its conversation did not have it ${when}.`;
  if (seen === 'ambiguous') {
    return `ASAPP may hold this item: ${when}, its conversation does not show clearly whether a message is this one.`;
  }
  return `ASAPP holds a part of this item: ${when}, its conversation had message ${seen.some.join(', ')} of ${seen.of}.`;
}

/**
 * Nothing was sent now, but an earlier try of this execution may have sent the item, and its conversation does not show
 * clearly whether it did.
 */
export function mayHaveBeenSaid(looks: number): AsappError {
  return new AsappError({
    kind: 'conflict',
    message:
      'Nothing was sent: an earlier try of this execution may have sent this item, and the conversation does not show clearly whether it did',
    retryable: false,
    inDoubt: true,
    attempts: 0,
    phase: 'notSent',
    description: ERROR_KINDS.conflict.advice,
    looks,
  });
}

/** Nothing was sent, as the conversation could not be looked at first. `isDoubt`: an earlier try may have sent the item. */
export function lookFailed({ error, circumstances }: Failure, looks: number, isDoubt: boolean): Failure {
  const message = `Nothing was sent, as the conversation could not be looked at first: ${error.message}`;
  const facts: AsappErrorDetails = { ...error, message, attempts: 0, phase: 'notSent', looks };
  return isDoubt
    ? {
        error: {
          ...facts,
          retryable: false,
          inDoubt: true,
          description: `An earlier try of this execution may have sent this item. Retry the execution once the conversation can be read. ${error.description}`,
        },
        circumstances: { mayHaveArrived: false },
      }
    : { error: facts, circumstances };
}
