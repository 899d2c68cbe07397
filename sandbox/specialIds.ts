import { parseFault, type Fault } from './faultDefinition';

/** How a conversation id says what shall go wrong, in one line. */
export const SPECIAL_ID_GRAMMAR =
  'FAULT<WHAT>[TIMES<n>][RETRYAFTER<seconds>][LATENCY<ms>][ON<operation>][ID<anything>] where WHAT is a status 400-599 ' +
  '(only this one takes RETRYAFTER), RESETBEFOREREADING, RESETAFTERREADING, NOANSWER, TRUNCATEDBODY, ' +
  'HTML<status>, EMPTYBODY, MALFORMEDBODY, REDIRECT or LATENCY<ms>, and operation is AUTHENTICATE or ANALYZE';

const PREFIX = 'FAULT';

const FAULT_OF_WORD: Readonly<Record<string, string>> = {
  RESETBEFOREREADING: 'resetBeforeReading',
  RESETAFTERREADING: 'resetAfterReading',
  NOANSWER: 'noAnswer',
  TRUNCATEDBODY: 'truncatedBody',
  EMPTYBODY: 'emptyBody',
  MALFORMEDBODY: 'malformedBody',
  REDIRECT: 'redirect',
};

const SPECIAL_ID = new RegExp(
  `^${PREFIX}(?:(?<status>\\d{3})|HTML(?<html>\\d{3})|(?<word>${Object.keys(FAULT_OF_WORD).join('|')})|LATENCY(?<delay>\\d+))` +
    '(?:TIMES(?<times>\\d+))?(?:RETRYAFTER(?<retryAfter>\\d+))?(?:LATENCY(?<latency>\\d+))?(?:ON(?<operation>AUTHENTICATE|ANALYZE))?(?:ID[A-Z0-9]+)?$',
);

/** Whether a conversation id asks for a fault, in correct grammar or not. */
export function isSpecialId(conversationId: string): boolean {
  return conversationId.startsWith(PREFIX);
}

function kindOfFault(groups: Record<string, string | undefined>): Record<string, unknown> {
  if (groups['status'] !== undefined) return { fault: 'status', status: Number(groups['status']) };
  if (groups['html'] !== undefined) return { fault: 'html', status: Number(groups['html']) };
  if (groups['word'] !== undefined) return { fault: FAULT_OF_WORD[groups['word']] };
  return { fault: 'latency', latency: Number(groups['delay']) };
}

/** The fault a conversation id asks for; undefined if it asks for none or breaks the grammar. */
export function parseSpecialId(conversationId: string): Fault | undefined {
  const groups = isSpecialId(conversationId) ? SPECIAL_ID.exec(conversationId)?.groups : undefined;
  if (!groups || (groups['delay'] !== undefined && groups['latency'] !== undefined)) return undefined;
  const fault = kindOfFault(groups);
  for (const option of ['times', 'retryAfter', 'latency']) {
    if (groups[option] !== undefined) fault[option] = Number(groups[option]);
  }
  if (groups['operation'] !== undefined) fault['operation'] = groups['operation'].toLowerCase();
  try {
    return parseFault(fault);
  } catch {
    return undefined;
  }
}
