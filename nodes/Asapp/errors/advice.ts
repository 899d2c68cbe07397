import { ERROR_KINDS, type ErrorKind } from './errorKinds';
import type { Words } from './words';

/** The request that failed, as far as errors care. */
export interface FailedRequest {
  /** Whether ASAPP ends up in the same state when the request arrives twice. */
  idempotent: boolean;
  /** What the editor calls the fields with IDs that ASAPP has to know. */
  ids?: readonly string[];
}

const MAYBE_ACCEPTED =
  'ASAPP may have accepted this item: look at the conversation before you send it again.';
const NOT_ASAPPS_OWN =
  "The answer is not in ASAPP's form: something before ASAPP gave it, such as a gateway or a proxy.";

const SUPPORT = 'If it happens again, give ASAPP support the request ID.';
const COMPARE = 'Compare this item with what ASAPP holds already, then run it again.';
const CORRECT = 'Correct what the message names, then run the item again.';
const UNDOCUMENTED = 'ASAPP does not document this status: give ASAPP support the request ID.';

/** What to do about an answer that ASAPP gave, or something before it. */
export function adviceOnAnswer(
  kind: ErrorKind,
  { idempotent, ids = [] }: FailedRequest,
  { isAsapps, requestId }: Words,
): string {
  if (kind === 'notFound' && ids.length > 0) {
    return `Check ${ids.map((id) => `'${id}'`).join(' and ')}, and that the credential's environment knows what it names.`;
  }
  // What may arrive twice has not been held up by its own first arrival.
  if (kind === 'conflict' && idempotent) return COMPARE;
  if (isAsapps && kind === 'unexpectedResponse') return requestId === undefined ? CORRECT : UNDOCUMENTED;
  if (requestId !== undefined) return ERROR_KINDS[kind].advice;
  switch (kind) {
    case 'internalServerError':
    case 'serviceUnavailable':
      return `Send this item again later. ${NOT_ASAPPS_OWN}`;
    case 'unauthorized':
    case 'forbidden':
      return isAsapps ? ERROR_KINDS[kind].advice : `${ERROR_KINDS[kind].advice} ${NOT_ASAPPS_OWN}`;
    default:
      return ERROR_KINDS[kind].advice;
  }
}

interface DoubtfulAnswer {
  kind: ErrorKind;
  requestId?: string;
}

/** What to do about an item that ASAPP may hold: never to send it again without a look. */
export function adviceInDoubt(error: DoubtfulAnswer): string {
  const remedy = remedyInDoubt(error);
  return remedy === undefined ? MAYBE_ACCEPTED : `${MAYBE_ACCEPTED} ${remedy}`;
}

/** How the next item may end better; undefined where nothing but a look helps. */
export function remedyInDoubt({ kind, requestId }: DoubtfulAnswer): string | undefined {
  if (kind === 'conflict') return undefined;
  if (requestId !== undefined) return SUPPORT;
  switch (kind) {
    case 'internalServerError':
    case 'serviceUnavailable':
      return NOT_ASAPPS_OWN;
    case 'timeout':
      return "Raise 'Timeout' under 'Options' if ASAPP answers slowly.";
    case 'unexpectedResponse':
      return "If it is not there, check that the credential's 'Environment' leads to ASAPP and not to a proxy or a login page.";
    default:
      return "If it is not there, check the network, the proxy and the credential's 'Environment'.";
  }
}
