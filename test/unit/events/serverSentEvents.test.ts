import { createParser } from 'eventsource-parser';
import fc from 'fast-check';

import { ServerSentEventReader, type ServerSentEvent } from '../../../nodes/Asapp/events/serverSentEvents';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Everything that our reader makes of the pieces. */
function read(
  pieces: Uint8Array[],
  longestEvent?: number,
): { events: ServerSentEvent[]; retry: number | undefined } {
  const events: ServerSentEvent[] = [];
  const reader = new ServerSentEventReader({ onEvent: (event) => events.push(event) }, longestEvent);
  for (const piece of pieces) reader.push(piece);
  return { events, retry: reader.retry };
}

const readText = (...pieces: string[]) => read(pieces.map(bytes)).events;
const dataOf = (...pieces: string[]) => readText(...pieces).map(({ data }) => data);

describe('the rules of text/event-stream', () => {
  test.each([
    ['LF', 'data: a\n\n'],
    ['CR', 'data: a\r\r'],
    ['CRLF', 'data: a\r\n\r\n'],
    ['a mixture', 'data: a\r\n\n'],
    ['no space after the colon', 'data:a\n\n'],
    ['a byte order mark', '\uFEFFdata: a\n\n'],
    ['a comment', ': ping\ndata: a\n:\n\n'],
    ['an unknown field', 'Data: b\nfoo: c\ndata: a\n\n'],
  ])('reads an event with %s', (_what, text) => {
    expect(readText(text)).toEqual([{ event: 'message', data: 'a', id: '' }]);
  });

  test('joins lines of data, keeps one space only where there are two', () => {
    expect(dataOf('data: a\ndata:  b\ndata\n\n')).toEqual(['a\n b\n']);
  });

  test('an event without data is none, and leaves its name to nobody', () => {
    expect(readText('event: status\n\ndata: a\n\n')).toEqual([{ event: 'message', data: 'a', id: '' }]);
  });

  test('an event with empty data is one', () => {
    expect(readText('event: status\ndata:\n\n')).toEqual([{ event: 'status', data: '', id: '' }]);
  });

  test('an ID holds until another comes; one with NUL is ignored', () => {
    const text = 'id: 1\ndata: a\n\ndata: b\n\nid: 2\0\ndata: c\n\nid\ndata: d\n\n';
    expect(readText(text).map(({ id }) => id)).toEqual(['1', '1', '1', '']);
  });

  test.each([
    ['retry: 1500\n', 1500],
    ['retry: 1.5\n', undefined],
    ['retry: -1\n', undefined],
    ['retry:\n', undefined],
  ])('takes from %j the time %s', (text, retry) => {
    expect(read([bytes(text)]).retry).toBe(retry);
  });

  test('dispatches at the end of the empty line, without waiting for what follows a CR', () => {
    expect(dataOf('data: a\r\r')).toEqual(['a']);
    expect(dataOf('data: a\r', '\n\r', '\ndata: b\r\n\r\n')).toEqual(['a', 'b']);
    expect(dataOf('data: a\r', '\r')).toEqual(['a']);
  });

  test('does not dispatch what the stream did not finish', () => {
    expect(dataOf('data: a\n\ndata: b\n')).toEqual(['a']);
    expect(dataOf('data: a')).toEqual([]);
  });

  test('puts characters together that were cut in two', () => {
    const whole = bytes('data: 漢 😀 é\n\n');
    expect(read(Array.from(whole, (byte) => Uint8Array.of(byte))).events).toEqual([
      { event: 'message', data: '漢 😀 é', id: '' },
    ]);
  });
});

describe('against eventsource-parser', () => {
  const line = fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }).map((text) => `data: ${text}`) },
    fc.constantFrom(
      'data',
      'data:',
      'data:  x',
      'event: status',
      'event:',
      'event',
      'id: 7',
      'id',
      'id: a\0b',
    ),
    fc.constantFrom(
      'retry: 250',
      'retry: x',
      ': comment',
      ':',
      'Data: no',
      'foo',
      ' data: no',
      '\uFEFFdata: x',
    ),
    { weight: 3, arbitrary: fc.constant('') },
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  const lineEnd = fc.constantFrom('\n', '\r', '\r\n');
  const stream = fc
    .tuple(fc.boolean(), fc.array(fc.tuple(line, lineEnd), { maxLength: 40, size: 'max' }))
    // Ends with a comment that never ends: the other parser only then knows that a CR was a whole line end.
    .map(([hasMark, lines]) => bytes(`${hasMark ? '\uFEFF' : ''}${lines.flat().join('')}:`));
  const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 60 });

  function pieces(whole: Uint8Array, places: number[]): Uint8Array[] {
    const sorted = [...new Set(places.filter((place) => place < whole.length))].sort((a, b) => a - b);
    return [0, ...sorted].map((start, index) => whole.subarray(start, sorted[index]));
  }

  function reference(whole: Uint8Array) {
    const events: Array<{ event: string; data: string; id: string | undefined }> = [];
    let retry: number | undefined;
    const parser = createParser({
      onEvent: ({ event = 'message', data, id }) => events.push({ event, data, id }),
      onRetry: (ms) => (retry = ms),
    });
    parser.feed(new TextDecoder().decode(whole));
    return { events, retry };
  }

  test('finds the same events in any stream, however it is cut', () => {
    let found = 0;
    fc.assert(
      fc.property(stream, cuts, (whole, places) => {
        const ours = read(pieces(whole, places));
        const theirs = reference(whole);
        found += theirs.events.length;
        expect(ours.retry).toBe(theirs.retry);
        expect(ours.events.map(({ event, data }) => ({ event, data }))).toEqual(
          theirs.events.map(({ event, data }) => ({ event, data })),
        );
        // The other parser tells an ID only with the event it came with.
        theirs.events.forEach(({ id }, index) => {
          if (id !== undefined) expect(ours.events[index]?.id).toBe(id);
        });
      }),
      { numRuns: 1000 },
    );
    expect(found).toBeGreaterThan(1000);
  });
});

test('takes time in proportion to the length of an event, in whatever pieces it comes', () => {
  const microseconds = (length: number): number => {
    const whole = bytes(`data: ${'x'.repeat(length)}\n\n`);
    const parts = Array.from({ length: Math.ceil(whole.length / 16) }, (_, index) =>
      whole.subarray(index * 16, index * 16 + 16),
    );
    // Of this process alone: others may keep the processor busy.
    const before = process.cpuUsage();
    const { events } = read(parts, whole.length);
    const { user } = process.cpuUsage(before);
    expect(events[0]?.data).toHaveLength(length);
    return user;
  };
  microseconds(1 << 17);
  // As many bytes in short events as in a long one; several times, as processor time is counted in steps.
  const times = (count: number, length: number) =>
    Array.from({ length: 8 * count }, () => microseconds(length)).reduce((sum, one) => sum + one, 0);
  const short = times(16, 1 << 16);
  const long = times(1, 1 << 20);
  // Sixteen times as much if it were quadratic.
  expect(long / short).toBeLessThan(6);
});

describe('the longest event', () => {
  const whole = (text: string) => read([bytes(text)], 20).events.map(({ data }) => data);
  const tooLong = 'longer than 20 bytes';

  test('may be as long as that, with its field names, any number of times', () => {
    expect(whole('data: 1234567890abc\n\n'.repeat(3))).toHaveLength(3);
  });

  test.each([
    ['a line without an end', 'data: 1234567890abcde'],
    ['many lines', 'data: 12\n'.repeat(4)],
    ['empty lines', 'data\n'.repeat(10)],
    ['characters of several bytes', `data: ${'é'.repeat(8)}\n\n`],
    ['a comment without an end', `:${'x'.repeat(20)}`],
  ])('%s: more is refused', (_what, text) => {
    expect(() => whole(text)).toThrow(tooLong);
    expect(() => read([...text].map(bytes), 20)).toThrow(tooLong);
  });

  test('what is not kept takes no room', () => {
    expect(whole(`${': a comment\nid: 7\nfoo: bar\n'.repeat(100)}data: a\n\n`)).toEqual(['a']);
  });

  test('is 1 MiB where nothing else is said', () => {
    expect(() => read([bytes('data: '), ...Array(17).fill(bytes('x'.repeat(65_536)))])).toThrow(
      '1048576 bytes',
    );
  });
});

test('tells of what is no event: comments, and empty lines without data', () => {
  let nothings = 0;
  const reader = new ServerSentEventReader({ onEvent: () => {}, onNothing: () => nothings++ });
  reader.push(bytes(': ping\n\nevent: status\n\ndata: a\n\n'));
  expect(nothings).toBe(3);
});
