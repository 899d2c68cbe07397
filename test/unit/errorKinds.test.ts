import { adviceInDoubt } from '../../nodes/Asapp/errors/advice';
import { ERROR_KINDS, kindOfStatus, type ErrorKind } from '../../nodes/Asapp/errors/errorKinds';

/**
 * The closed list: kind, status, retryable. Saved workflows name the kinds, so rows may be added
 * and never changed.
 */
const KINDS: Array<[kind: string, status: number | undefined, retryable: boolean]> = [
  ['badRequest', 400, false],
  ['unauthorized', 401, false],
  ['forbidden', 403, false],
  ['notFound', 404, false],
  ['conflict', 409, false],
  ['requestEntityTooLarge', 413, false],
  ['unprocessableEntity', 422, false],
  ['tooManyRequests', 429, true],
  ['internalServerError', 500, true],
  ['serviceUnavailable', 503, true],
  ['invalidInput', undefined, false],
  ['credentialUnusable', undefined, false],
  ['connectionFailed', undefined, true],
  ['timeout', undefined, true],
  ['replyTimeout', undefined, false],
  ['unexpectedResponse', undefined, false],
];

const rows = Object.entries(ERROR_KINDS);

test('the list of kinds is closed', () => {
  const named = rows.map(([kind, row]) => [kind, 'status' in row ? row.status : undefined, row.retryable]);
  expect(named.sort()).toEqual([...KINDS].sort());
});

test.each(rows)('%s has a name and one sentence of advice', (_kind, { name, advice }) => {
  expect(name).toMatch(/^[A-Z][A-Za-z]+( [A-Z][a-z]+)*$/);
  expect(advice).toMatch(/^[A-Z].*[^.]\.$/s);
  expect(advice).not.toMatch(/\n|\bundefined\b/);
});

test('no two kinds have the same name', () => {
  expect(new Set(rows.map(([, { name }]) => name)).size).toBe(rows.length);
});

const OWN = new Map(KINDS.flatMap(([kind, status]) => (status === undefined ? [] : [[status, kind]])));

test('every status from 100 to 599 has the kind of its row, else 5xx is the server and the rest unexpected', () => {
  const statuses = Array.from({ length: 500 }, (_value, index) => 100 + index);
  const wrong = statuses.filter((status) => {
    const expected = OWN.get(status) ?? (status >= 500 ? 'internalServerError' : 'unexpectedResponse');
    return kindOfStatus(status) !== expected;
  });
  expect(wrong).toEqual([]);
});

test.each([
  [502, 'internalServerError'],
  [504, 'internalServerError'],
  [599, 'internalServerError'],
  [499, 'unexpectedResponse'],
  [418, 'unexpectedResponse'],
  [408, 'unexpectedResponse'],
  [302, 'unexpectedResponse'],
  [199, 'unexpectedResponse'],
])('%i is %s', (status, kind) => {
  expect(kindOfStatus(status)).toBe(kind);
});

describe('what to do next', () => {
  const kinds = Object.keys(ERROR_KINDS) as ErrorKind[];

  test.each(kinds)('about %s in doubt never says to send it again without a look', (kind) => {
    const advice = adviceInDoubt({ kind });
    expect(advice).toMatch(/^ASAPP may have accepted this item: look at the conversation before you send/);
    expect(advice.slice(advice.indexOf('.'))).not.toMatch(/\b(send|run)\b/i);
  });

  test.each(kinds)('about %s says to send it later only where that may help', (kind) => {
    const { retryable, advice } = ERROR_KINDS[kind];
    expect(/\bagain later\b/.test(advice)).toBe(retryable && kind !== 'connectionFailed');
  });
});
