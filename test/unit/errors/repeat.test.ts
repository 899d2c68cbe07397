import type { AsappErrorDetails } from '../../../nodes/Asapp/errors/asappError';
import { pauseAfter, repeatAfter, signOf } from '../../../nodes/Asapp/errors/repeat';

type Given = Partial<AsappErrorDetails> & { retryAfter?: number; mayHaveArrived?: boolean };

function failure({ retryAfter, mayHaveArrived = false, ...error }: Given) {
  const details: AsappErrorDetails = {
    kind: 'serviceUnavailable',
    message: 'no',
    retryable: true,
    attempts: 1,
    phase: 'answered',
    description: 'Wait.',
    ...error,
  };
  return [details, { mayHaveArrived, ...(retryAfter === undefined ? {} : { retryAfter }) }] as const;
}

/** Waits before each repetition up to the fourth, without what is added at random. */
function waits(given: Given): Array<number | undefined> {
  jest.spyOn(Math, 'random').mockReturnValue(0);
  return [1, 2, 3, 4].map((attempts) => repeatAfter(...failure(given), attempts, 4));
}

afterEach(() => jest.restoreAllMocks());

test.each<[string, Given, Array<number | undefined>]>([
  ['a 429', { kind: 'tooManyRequests' }, [1_000, 2_000, 4_000, 4_000]],
  ['a 503', { kind: 'serviceUnavailable' }, [250, 500, 1_000, 1_000]],
  ['a broken connection', { kind: 'connectionFailed' }, [250, 500, 1_000, 1_000]],
  ['a Retry-After that is longer', { retryAfter: 700 }, [700, 700, 1_000, 1_000]],
  ['the longest Retry-After', { retryAfter: 60_000 }, [60_000, 60_000, 60_000, 60_000]],
  ['a Retry-After of a day', { retryAfter: 60_001 }, [undefined, undefined, undefined, undefined]],
  ['what may have arrived', { mayHaveArrived: true }, [undefined, undefined, undefined, undefined]],
  ['what does not help to repeat', { retryable: false }, [undefined, undefined, undefined, undefined]],
])('after %s', (_name, given, expected) => {
  expect(waits(given)).toEqual(expected);
});

test('at most a fifth is added at random', () => {
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
  expect(repeatAfter(...failure({}), 1, 3)).toBeCloseTo(275);
});

test('not more often than is set', () => {
  expect(repeatAfter(...failure({}), 1, 0)).toBeUndefined();
  expect(repeatAfter(...failure({}), 3, 3)).toBeDefined();
  expect(repeatAfter(...failure({}), 4, 3)).toBeUndefined();
});

test.each<[string, Given, number | undefined]>([
  ['a 429 without a Retry-After', { kind: 'tooManyRequests' }, undefined],
  ['one with a Retry-After of nothing', { kind: 'tooManyRequests', retryAfter: 0 }, undefined],
  ['one with a Retry-After', { kind: 'tooManyRequests', retryAfter: 1_500 }, 1_500],
  ['one with the longest', { kind: 'tooManyRequests', retryAfter: 60_000 }, 60_000],
  ['one with a Retry-After of a day', { kind: 'tooManyRequests', retryAfter: 60_001 }, undefined],
  ['a 503 with a Retry-After', { kind: 'serviceUnavailable', retryAfter: 1_500 }, undefined],
])('everything with the key pauses after %s', (_name, given, expected) => {
  expect(pauseAfter(...failure(given))).toBe(expected);
});

test.each<[Given, string]>([
  [{ kind: 'internalServerError' }, 'down'],
  [{ kind: 'serviceUnavailable' }, 'down'],
  [{ kind: 'connectionFailed' }, 'down'],
  [{ kind: 'timeout' }, 'down'],
  [{ kind: 'tooManyRequests' }, 'refused'],
  [{ kind: 'notFound' }, 'accepted'],
  [{ kind: 'conflict' }, 'accepted'],
  [{ kind: 'replyTimeout' }, 'accepted'],
  [{ kind: 'invalidInput' }, 'nothing'],
  [{ kind: 'credentialUnusable' }, 'nothing'],
  [{ kind: 'unexpectedResponse' }, 'nothing'],
  [{ kind: 'serviceUnavailable', attempts: 0 }, 'nothing'],
])('%j says of ASAPP: %s', (given, expected) => {
  expect(signOf(failure(given)[0])).toBe(expected);
});
