import { instantOf } from '../../../nodes/Asapp/looks/instant';
import { matchMessages, type StoredMessage, type WantedMessage } from '../../../nodes/Asapp/looks/match';

const SENDER = { role: 'customer', externalId: 'K1' };

function at(time: string): bigint {
  const instant = instantOf(time);
  if (instant === undefined) throw new Error(`${time} is no time`);
  return instant;
}

function stored(messageId: string, text: string, clientTimestamp: string, changes = {}): StoredMessage {
  return { messageId, text, clientTimestamp, ...SENDER, ...changes };
}

function exact(text: string, time: string): WantedMessage {
  return { text, ...SENDER, time: { at: at(time) } };
}

function marked(text: string, mark: number, since = '2026-01-31T09:00:00Z'): WantedMessage {
  return { text, ...SENDER, time: { mark, since: at(since) } };
}

/** The ID of each match, or why there is none. */
function match(wanted: WantedMessage[], list: StoredMessage[], claimed: string[] = []): string[] {
  return matchMessages(wanted, list, new Set(claimed)).map((found) =>
    typeof found === 'string' ? found : found.messageId,
  );
}

const TIME = '2026-01-31T09:30:00.123456Z';

describe('a message whose time is known', () => {
  test.each([
    ['as it was sent', TIME],
    ['in another zone', '2026-01-31T10:30:00.123456+01:00'],
    ['with more digits', '2026-01-31T09:30:00.123456000000Z'],
    ['with milliseconds', '2026-01-31T09:30:00.123Z'],
    ['with rounded milliseconds', '2026-01-31T09:30:00.124Z'],
    ['with whole seconds', '2026-01-31T09:30:00Z'],
    ['without a zone', '2026-01-31T09:30:00.123456'],
  ])('is found where it is shown %s', (_name, shown) => {
    expect(match([exact('Hi', TIME)], [stored('M', 'Hi', shown)])).toEqual(['M']);
  });

  test.each([
    ['another time', stored('M', 'Hi', '2026-01-31T09:30:00.123457Z')],
    ['another second', stored('M', 'Hi', '2026-01-31T09:30:02Z')],
    ['another role', stored('M', 'Hi', TIME, { role: 'agent' })],
    ['another sender', stored('M', 'Hi', TIME, { externalId: 'K2' })],
  ])('is not one with %s', (_name, message) => {
    expect(match([exact('Hi', TIME)], [message])).toEqual(['absent']);
  });

  test('is found by its time alone where the text was redacted in whatever way', () => {
    expect(match([exact('My card is 4111', TIME)], [stored('M', 'gone', TIME)])).toEqual(['M']);
  });

  test('is not one that is known to be another', () => {
    expect(match([exact('Hi', TIME)], [stored('M', 'Hi', TIME)], ['M'])).toEqual(['absent']);
  });

  test('is in doubt where less than its time is shown and another text is there', () => {
    expect(match([exact('Hi', TIME)], [stored('M', 'Bye', '2026-01-31T09:30:00Z')])).toEqual(['ambiguous']);
  });

  test('is not one a whole step of what is shown away', () => {
    const known = exact('Hi', '2026-01-31T09:30:00.5Z');
    expect(match([known], [stored('M', 'Hi', '2026-01-31T09:30:01Z')])).toEqual(['M']);
    expect(match([known], [stored('M', 'Hi', '2026-01-31T09:30:00Z')])).toEqual(['M']);
    const whole = exact('Hi', '2026-01-31T09:30:00Z');
    expect(match([whole], [stored('M', 'Hi', '2026-01-31T09:30:01Z')])).toEqual(['absent']);
    const fine = exact('Hi', '2026-01-31T09:30:00.12Z');
    expect(match([fine], [stored('M', 'Hi', '2026-01-31T09:30:00.2Z')])).toEqual(['M']);
    expect(match([fine], [stored('M', 'Hi', '2026-01-31T09:30:00.0Z')])).toEqual(['absent']);
  });

  test('with exactly as many digits as the list shows is told by its time alone', () => {
    const known = exact('Hi', '2026-01-31T09:30:00.12Z');
    expect(match([known], [stored('M', 'gone', '2026-01-31T09:30:00.12Z')])).toEqual(['M']);
    expect(match([known], [stored('M', 'gone', '2026-01-31T09:30:00.1Z')])).toEqual(['ambiguous']);
  });

  test('is found where the list names no sender', () => {
    expect(match([exact('Hi', TIME)], [stored('M', 'Hi', TIME, { externalId: undefined })])).toEqual(['M']);
  });

  test('is in doubt where two could be it, or it could be two', () => {
    const time = '2026-01-31T09:30:00Z';
    const two = [stored('M1', '***', time), stored('M2', '###', time)];
    expect(match([exact('Hi', time)], two)).toEqual(['ambiguous']);
    expect(match([exact('Hi', time), exact('Ho', time)], two)).toEqual(['ambiguous', 'ambiguous']);
  });

  test('leaves to another what only that can be', () => {
    const time = '2026-01-31T09:30:00Z';
    const wanted = [exact('Hi', time), exact('Hi', '2026-01-31T09:30:00.5Z')];
    const list = [stored('M1', 'Hi', time), stored('M2', 'Hi', '2026-01-31T09:30:01Z')];
    expect(match(wanted, list)).toEqual(['M1', 'M2']);
    expect(match([...wanted].reverse(), list)).toEqual(['M2', 'M1']);
  });

  test('is told from another with the same time by its text', () => {
    const time = '2026-01-31T09:30:00Z';
    const both = [exact('one', time), exact('two', time)];
    expect(match(both, [stored('M2', 'two', time), stored('M1', 'one', time)])).toEqual(['M1', 'M2']);
    expect(match(both, [stored('M2', 'two', time)])).toEqual(['absent', 'M2']);
    expect(match(both, [stored('M', '***', time)])).toEqual(['ambiguous', 'ambiguous']);
  });
});

describe('a message of which only the mark is known', () => {
  test('is found by mark and text', () => {
    expect(match([marked('Hi', 456)], [stored('M', 'Hi', TIME)])).toEqual(['M']);
    expect(match([marked('Hi', 457)], [stored('M', 'Hi', TIME)])).toEqual(['absent']);
  });

  test('is found where its text has masks, and in doubt where another text has its mark', () => {
    expect(match([marked('My card is 4111', 456)], [stored('M', 'My card is ****', TIME)])).toEqual(['M']);
    expect(match([marked('My card is 4111', 456)], [stored('M', 'Bye', TIME)])).toEqual(['ambiguous']);
  });

  test('is absent where no other text could be what is left of it', () => {
    const seconds = '2026-01-31T09:30:00Z';
    const wanted = marked('My card is 4111', 456);
    expect(match([wanted], [stored('M', 'Bye', seconds)])).toEqual(['absent']);
    const one = stored('M', 'My card is ****', seconds);
    expect(match([wanted], [one])).toEqual(['M']);
    expect(match([wanted], [one, stored('N', 'Bye', seconds)])).toEqual(['ambiguous']);
  });

  test('may be shown a little before the execution, where its digits were cut', () => {
    const wanted = marked('Hi', 456, '2026-01-31T09:30:00.9Z');
    expect(match([wanted], [stored('M', 'Hi', '2026-01-31T09:30:00Z')])).toEqual(['M']);
    expect(match([wanted], [stored('M', 'Hi', '2026-01-31T09:29:59Z')])).toEqual(['absent']);
    const whole = marked('Hi', 456, '2026-01-31T09:30:00Z');
    expect(match([whole], [stored('M', 'Hi', '2026-01-31T09:29:59Z')])).toEqual(['M']);
  });

  test('is not one from before the execution', () => {
    expect(match([marked('Hi', 456, '2026-01-31T09:31:00Z')], [stored('M', 'Hi', TIME)])).toEqual(['absent']);
  });

  test('is told by text where the mark is not shown, and a tie is a doubt', () => {
    const list = [
      stored('M1', 'yes', '2026-01-31T09:30:00.123Z'),
      stored('M2', 'no', '2026-01-31T09:30:01.5Z'),
    ];
    expect(match([marked('yes', 1), marked('maybe', 2)], list)).toEqual(['M1', 'absent']);
    expect(match([marked('yes', 1), marked('yes', 2)], list)).toEqual(['ambiguous', 'ambiguous']);
    const twice = [...list, stored('M3', 'yes', '2026-01-31T09:30:02.1Z')];
    expect(match([marked('yes', 1)], twice)).toEqual(['ambiguous']);
    expect(match([marked('yes', 1), marked('yes', 2)], twice)).toEqual(['M1', 'M3']);
  });
});

test('a time that cannot be read leaves it to the text', () => {
  expect(match([exact('Hi', TIME)], [stored('M', 'Hi', 'soon')])).toEqual(['M']);
  expect(match([exact('Hi', TIME)], [stored('M', 'Bye', 'soon')])).toEqual(['absent']);
});
