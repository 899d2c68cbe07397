import type { AsappErrorDetails } from '../../../nodes/Asapp/errors/asappError';
import {
  canBeSettled,
  isAsappsLastWord,
  lookFailed,
  mayHaveBeenSaid,
  notHeld,
  unsettled,
  type Failure,
  type Sighting,
} from '../../../nodes/Asapp/errors/doubt';

function doubt(changes: Partial<AsappErrorDetails> = {}): Failure {
  return {
    error: {
      kind: 'internalServerError',
      status: 500,
      message: 'It broke',
      requestId: 'r-1',
      retryable: false,
      inDoubt: true,
      attempts: 2,
      phase: 'answered',
      description: 'In doubt.',
      ...changes,
    },
    circumstances: { mayHaveArrived: true, retryAfter: 300 },
  };
}

/** The doubt as it is without a fact. */
function without(key: keyof AsappErrorDetails, changes: Partial<AsappErrorDetails> = {}): Failure {
  const given = doubt(changes);
  delete given.error[key];
  return given;
}

test('a conversation can settle what may have arrived, and a conflict', () => {
  expect(canBeSettled(doubt())).toBe(true);
  expect(canBeSettled(without('inDoubt'))).toBe(false);
  expect(canBeSettled(without('inDoubt', { kind: 'conflict' }))).toBe(true);
});

test.each<[string, Failure, boolean]>([
  ["a 500 of ASAPP's own", doubt(), true],
  ["a gateway's 500", without('requestId'), false],
  ['another kind', doubt({ kind: 'unexpectedResponse' }), false],
  ['no answer', doubt({ phase: 'sent' }), false],
])('%s is the last word of ASAPP or not', (_name, { error }, expected) => {
  expect(isAsappsLastWord(error)).toBe(expected);
});

test('what ASAPP does not hold can be sent again like anything that failed in this way', () => {
  const { error, circumstances } = notHeld(doubt(), 3);
  expect(error).toStrictEqual({
    kind: 'internalServerError',
    status: 500,
    message: 'It broke',
    requestId: 'r-1',
    retryable: true,
    attempts: 2,
    phase: 'answered',
    description: 'Send this item again later; if it persists, give ASAPP support the request ID.',
    looks: 3,
  });
  expect(circumstances).toStrictEqual({ mayHaveArrived: false, retryAfter: 300 });
});

describe('what stays in doubt says what was seen', () => {
  const SEEN: Sighting = { looks: 3, seconds: 5, seen: 'absent' };
  const LOOK = 'Look at the conversation before you send the item again.';
  const SUPPORT = 'If it happens again, give ASAPP support the request ID.';

  test.each<[string, Sighting, string]>([
    [
      'nothing',
      SEEN,
      `ASAPP may still accept this item: its conversation did not have it 5 s later (3 looks). ${LOOK} ${SUPPORT}`,
    ],
    [
      'nothing in one look',
      { ...SEEN, looks: 1, seconds: 0.5 },
      `ASAPP may still accept this item: its conversation did not have it 0.5 s later (1 look). ${LOOK} ${SUPPORT}`,
    ],
    [
      'something that may be it',
      { ...SEEN, seen: 'ambiguous' },
      `ASAPP may hold this item: 5 s later (3 looks), its conversation does not show clearly whether a message is this one. ${LOOK} ${SUPPORT}`,
    ],
    [
      'a part of it',
      { ...SEEN, seen: { some: [1, 3], of: 4 } },
      `ASAPP holds a part of this item: 5 s later (3 looks), its conversation had message 1, 3 of 4. ${LOOK} ${SUPPORT}`,
    ],
    [
      'no conversation, as that was refused',
      { ...SEEN, seconds: undefined, failure: doubt({ message: 'You may not read.' }).error },
      `ASAPP may have accepted this item, and its conversation could not be looked at (3 looks): You may not read. ${LOOK} ${SUPPORT}`,
    ],
    [
      'no conversation, whyever',
      { ...SEEN, seconds: undefined },
      `ASAPP may have accepted this item, and its conversation could not be looked at (3 looks). ${LOOK} ${SUPPORT}`,
    ],
    [
      'nothing, as the run ended first',
      { looks: 0, seconds: undefined, seen: 'absent' },
      `ASAPP may have accepted this item, and the run ended before its conversation was looked at. ${LOOK} ${SUPPORT}`,
    ],
  ])('%s', (_name, sighting, description) => {
    const given = doubt();
    const { error, circumstances } = unsettled(given, sighting);
    expect(error).toStrictEqual({ ...given.error, description, looks: sighting.looks });
    expect(circumstances).toBe(given.circumstances);
  });

  test('what ASAPP refused as a conflict was refused, unless something was seen or a gateway said so', () => {
    const conflict = without('inDoubt', { kind: 'conflict', status: 409 });
    const words = (given: Failure, sighting: Sighting) => unsettled(given, sighting).error.description;
    expect(words(conflict, SEEN)).toBe(
      'ASAPP refused this item, and its conversation did not have it 5 s later (3 looks): compare the item with what the conversation holds, then run it again.',
    );
    expect(words(conflict, { ...SEEN, seen: 'ambiguous' })).toMatch(/^ASAPP may hold this item: .* again\.$/);
    expect(words(conflict, { ...SEEN, seconds: undefined })).toMatch(/^ASAPP may have accepted this item/);
    delete conflict.error.requestId;
    expect(words(conflict, SEEN)).toMatch(/^ASAPP may still accept this item/);
  });
});

test('what an earlier try may have sent, and nothing shows clearly, is not sent', () => {
  const { details, circumstances } = mayHaveBeenSaid(2);
  expect(details).toStrictEqual({
    kind: 'conflict',
    message:
      'Nothing was sent: an earlier try of this execution may have sent this item, and the conversation does not show clearly whether it did',
    retryable: false,
    inDoubt: true,
    attempts: 0,
    phase: 'notSent',
    description: 'ASAPP may hold this already: look at the conversation before you send the item again.',
    looks: 2,
  });
  expect(circumstances).toStrictEqual({ mayHaveArrived: false });
});

test('what could not be looked at first was not sent; in doubt only if an earlier try may have sent it', () => {
  const look = without('inDoubt', { kind: 'forbidden', status: 403, message: 'No.', description: 'Ask.' });
  const sent = {
    ...look.error,
    message: 'Nothing was sent, as the conversation could not be looked at first: No.',
    attempts: 0,
    phase: 'notSent',
    looks: 1,
  };
  expect(lookFailed(look, 1, false)).toStrictEqual({ error: sent, circumstances: look.circumstances });
  expect(lookFailed(look, 1, true)).toStrictEqual({
    error: {
      ...sent,
      retryable: false,
      inDoubt: true,
      description:
        'An earlier try of this execution may have sent this item. Retry the execution once the conversation can be read. Ask.',
    },
    circumstances: { mayHaveArrived: false },
  });
});
