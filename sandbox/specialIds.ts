import { parseFault, type Fault } from './faultDefinition';
import { propertiesOf } from './schemaValues';
import { packagedSpecification, type SpecifiedOperation, type Specification } from './specification';

/** How an id says what shall go wrong, in one line. */
export const SPECIAL_ID_GRAMMAR =
  'FAULT<WHAT>[TIMES<n>][RETRYAFTER<seconds>][LATENCY<ms>][ON<operation>][ID<anything>] where WHAT is a status 400-599 ' +
  '(only this one takes RETRYAFTER), RESETBEFOREREADING, RESETAFTERREADING, NOANSWER, TRUNCATEDBODY, ' +
  'HTML<status>, EMPTYBODY, MALFORMEDBODY, REDIRECT or LATENCY<ms>, and operation is one in upper case, like ANALYZE';

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

/** The names by which a request says which conversation, or which call, it is about. */
const SUBJECTS = ['conversationId', 'externalId', 'externalConversationId', 'callTransferId'];

function hasSubject({ schema, requestBody = {} }: SpecifiedOperation): boolean {
  return [schema.params ?? {}, schema.querystring ?? {}, requestBody].some((place) =>
    SUBJECTS.some((name) => name in propertiesOf(place)),
  );
}

interface Grammar {
  readonly pattern: RegExp;
  /** Names of operations by the word they are in an id. */
  readonly operations: ReadonlyMap<string, string>;
}

const grammars = new WeakMap<Specification, Grammar>();

function grammarOf(specification: Specification): Grammar {
  let grammar = grammars.get(specification);
  if (!grammar) {
    const operations = new Map(
      specification.operations.filter(hasSubject).map(({ name }) => [name.toUpperCase(), name]),
    );
    const pattern = new RegExp(
      `^${PREFIX}(?:(?<status>\\d{3})|HTML(?<html>\\d{3})|(?<word>${Object.keys(FAULT_OF_WORD).join('|')})|LATENCY(?<delay>\\d+))` +
        '(?:TIMES(?<times>\\d+))?(?:RETRYAFTER(?<retryAfter>\\d+))?(?:LATENCY(?<latency>\\d+))?' +
        `(?:ON(?<operation>${[...operations.keys()].join('|')}))?(?:ID[A-Z0-9]+)?$`,
    );
    grammars.set(specification, (grammar = { pattern, operations }));
  }
  return grammar;
}

/** Whether an id asks for a fault, in correct grammar or not. */
export function isSpecialId(id: string): boolean {
  return id.startsWith(PREFIX);
}

function kindOfFault(groups: Record<string, string | undefined>): Record<string, unknown> {
  if (groups['status'] !== undefined) return { fault: 'status', status: Number(groups['status']) };
  if (groups['html'] !== undefined) return { fault: 'html', status: Number(groups['html']) };
  if (groups['word'] !== undefined) return { fault: FAULT_OF_WORD[groups['word']] };
  return { fault: 'latency', latency: Number(groups['delay']) };
}

/** The fault an id asks for; undefined if it asks for none or breaks the grammar. */
export function parseSpecialId(id: string, specification = packagedSpecification()): Fault | undefined {
  if (!isSpecialId(id)) return undefined;
  const { pattern, operations } = grammarOf(specification);
  const groups = pattern.exec(id)?.groups;
  if (!groups || (groups['delay'] !== undefined && groups['latency'] !== undefined)) return undefined;
  const fault = kindOfFault(groups);
  for (const option of ['times', 'retryAfter', 'latency']) {
    if (groups[option] !== undefined) fault[option] = Number(groups[option]);
  }
  if (groups['operation'] !== undefined) fault['operation'] = operations.get(groups['operation']);
  try {
    return parseFault(fault, specification);
  } catch {
    return undefined;
  }
}
