import type { IDataObject } from 'n8n-workflow';

import { useAsapp } from '../support/asapp';
import { analyzeParameters, parametersOf } from '../support/parameters';
import { delivery, refusal } from '../support/refusal';

const asapp = useAsapp();

const EXPECTED =
  "'Message Timestamp' must be a date and time such as 2026-01-31T09:30:00Z, or a number of seconds or milliseconds since 1970, from 2000 to 2100; this item has";

async function sent(timestamp: string, timezone = 'UTC', item: IDataObject = {}): Promise<string> {
  const body = await delivery(asapp, analyzeParameters({ options: { timestamp } }), item, { timezone });
  return (JSON.parse(body) as { message: { timestamp: string } }).message.timestamp;
}

async function refused(timestamp: string, timezone = 'UTC', item: IDataObject = {}): Promise<string> {
  return await refusal(asapp, analyzeParameters({ options: { timestamp } }), item, { timezone });
}

describe('a number', () => {
  test.each([
    [45987.4, 'a number that means 1970-01-01T12:46:27.400Z'],
    [0, 'a number that means 1970-01-01T00:00:00.000Z'],
    [-1700000000, 'a number that means 1916-02-18T01:46:40.000Z'],
    [946684799, 'a number that means 1999-12-31T23:59:59.000Z'],
    [946684799999, 'a number that means 1999-12-31T23:59:59.999Z'],
    [4133980800, 'a number that means 2101-01-01T00:00:00.000Z'],
    [1700000000000000, 'a number that means +055840-11-08T22:13:20.000Z'],
    [1700000000000000000, 'a number'],
  ])('%d is refused', async (time, got) => {
    expect(await refused('={{ $json.time }}', 'UTC', { time })).toBe(`${EXPECTED} ${got}`);
  });

  test.each([
    [946684800, '2000-01-01T00:00:00.000Z'],
    [946684800000, '2000-01-01T00:00:00.000Z'],
    [4133980799, '2100-12-31T23:59:59.000Z'],
    [1700000000.5, '2023-11-14T22:13:20.500Z'],
  ])('%d is a time', async (time, expected) => {
    expect(await sent('={{ $json.time }}', 'UTC', { time })).toBe(expected);
  });
});

describe('the years of any form', () => {
  test.each([
    ['1999-12-31T23:59:59Z', '"1999-12-31T23:59:59Z"'],
    ['2101-01-01', '"2101-01-01"'],
    ['45987.4', '"45987.4"'],
    ['1700000000', '"1700000000"'],
    ['={{ new Date(Date.UTC(1999, 0, 1)) }}', 'a date that means 1999-01-01T00:00:00.000Z'],
    ['={{ DateTime.fromISO("2101-01-01T00:00:00Z") }}', 'an object that means 2101-01-01T00:00:00.000Z'],
    ['={{ true }}', 'true or false'],
    ['2026-01-31T09:30:00\u200BZ', '"2026-01-31T09:30:00<U+200B>Z"'],
  ])('%s is refused', async (timestamp, got) => {
    expect(await refused(timestamp)).toBe(`${EXPECTED} ${got}`);
  });
});

describe('an offset', () => {
  test.each(['+99:99', '+14:01', '-14:30', '+05:60', '+15', '+5', '+05:', '+05:3', ' UTC'])(
    '%s is none',
    async (offset) => {
      const text = `2026-01-31T09:30:00${offset}`;
      expect(await refused(text)).toBe(`${EXPECTED} "${text}"`);
    },
  );

  test.each([
    ['2026-01-31T09:30:00 +02:00', '2026-01-31T07:30:00.000Z'],
    ['2026-01-31 09:30:00 +02:00', '2026-01-31T07:30:00.000Z'],
    ['2026-01-31 09:30 Z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31t09:30:00z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:00+14:00', '2026-01-30T19:30:00.000Z'],
    ['2026-01-31T09:30:00-1400', '2026-01-31T23:30:00.000Z'],
    ['2026-01-31T09:30:00-03:30', '2026-01-31T13:00:00.000Z'],
    ['2026-01-31T09:30:00+02', '2026-01-31T07:30:00.000Z'],
    ['2026-01-31T09:30:00-00:00', '2026-01-31T09:30:00.000Z'],
  ])('%s is understood', async (timestamp, expected) => {
    expect(await sent(timestamp, 'America/New_York')).toBe(expected);
  });
});

test.each([
  ['2026-01-31T09:30:00.5Z', '2026-01-31T09:30:00.500Z'],
  ['2026-01-31T09:30:00,1234+01:00', '2026-01-31T08:30:00.1234Z'],
  ['2026-01-31T09:30:00.123456Z', '2026-01-31T09:30:00.123456Z'],
  ['2026-01-31T09:30:00.999999999999-05:00', '2026-01-31T14:30:00.999999999999Z'],
  ['2026-01-31T09:30:00.000100', '2026-01-31T14:30:00.000100Z'],
])('the digits of %s are kept', async (timestamp, expected) => {
  expect(await sent(timestamp, 'America/New_York')).toBe(expected);
});

test('more than 12 digits of a second are refused', async () => {
  expect(await refused('2026-01-31T09:30:00.1234567890123Z')).toContain(EXPECTED);
});

describe('a date of an expression', () => {
  test.each([
    ['={{ DateTime.fromISO("2026-07-01T12:00:00.123+02:00") }}', '2026-07-01T10:00:00.123Z'],
    ['={{ DateTime.fromISO("2026-07-01T12:00:00") }}', '2026-07-01T10:00:00.000Z'],
    ['={{ DateTime.fromISO("2026-07-01T12:00:00").toISO() }}', '2026-07-01T10:00:00.000Z'],
    ['={{ DateTime.fromISO("2026-07-01T12:00:00").toMillis() }}', '2026-07-01T10:00:00.000Z'],
    ['={{ new Date(Date.UTC(2026, 6, 1)) }}', '2026-07-01T00:00:00.000Z'],
    ['={{ new Date(Date.UTC(2026, 6, 1)).toISOString() }}', '2026-07-01T00:00:00.000Z'],
    ['={{ "2026-07-01T12:00:00".toDateTime() }}', '2026-07-01T10:00:00.000Z'],
  ])('%s arrives', async (timestamp, expected) => {
    expect(await sent(timestamp, 'Europe/Berlin')).toBe(expected);
  });

  test.each(['={{ $now }}', '={{ $now.toISO() }}', '={{ new Date() }}', '={{ Date.now() }}'])(
    '%s is now',
    async (timestamp) => {
      const before = Date.now();
      const time = Date.parse(await sent(timestamp, 'Asia/Kathmandu'));
      expect(time).toBeGreaterThanOrEqual(before);
      expect(time).toBeLessThanOrEqual(Date.now());
    },
  );

  test.each([
    ['={{ DateTime.fromISO("x") }}', 'an object'],
    ['={{ new Date("x") }}', 'a date'],
    ['={{ new Date(Date.UTC(2026, 6, 1)).toUTCString() }}', '"Wed, 01 Jul 2026 00:00:00 GMT"'],
  ])('%s is refused', async (timestamp, got) => {
    expect(await refused(timestamp)).toBe(`${EXPECTED} ${got}`);
  });
});

describe('a time in another field', () => {
  const messages = (timestamp: unknown) =>
    parametersOf('message.createMany', {
      messages: JSON.stringify([{ text: 'Hi', sender: { role: 'agent', externalId: 'a-1' }, timestamp }]),
    });

  test.each([
    ['an entry of a list', messages(45987.4), 'Messages[0].timestamp'],
    [
      'a message',
      parametersOf('message.create', { options: { timestamp: '={{ 45987.4 }}' } }),
      'Message Timestamp',
    ],
    [
      'a conversation',
      parametersOf('conversation.createOrUpdate', { options: { timestamp: '={{ 45987.4 }}' } }),
      'Conversation Timestamp',
    ],
  ])('of %s is refused alike', async (_name, parameters, field) => {
    expect(await refusal(asapp, parameters)).toBe(
      `${EXPECTED.replace('Message Timestamp', field)} a number that means 1970-01-01T12:46:27.400Z`,
    );
  });

  test.each([
    [
      '2026-03-29T02:30:00',
      'Europe/Berlin',
      "'Messages[0].timestamp' is a time that the clocks skip in Europe",
    ],
    [
      '2026-03-29T02:30:00',
      'Europe/Berln',
      "no time zone: choose another one there, as 'Messages[0].timestamp'",
    ],
  ])('%s of a list in %s is refused by its place', async (timestamp, timezone, words) => {
    expect(await refusal(asapp, messages(timestamp), {}, { timezone })).toContain(words);
  });
});

describe('daylight saving time', () => {
  test.each([
    ['2026-03-29T02:00:00', 'Europe/Berlin'],
    ['2026-03-29T02:59:59.999', 'Europe/Berlin'],
    ['2026-03-08 02:30', 'America/New_York'],
    ['2026-10-04T02:15:00', 'Australia/Lord_Howe'],
  ])('%s, which the clocks skip in %s, is refused', async (timestamp, zone) => {
    expect(await refused(timestamp, zone)).toBe(
      `'Message Timestamp' is a time that the clocks skip in ${zone}, the workflow's time zone: give it with its offset, as in 2026-01-31T09:30:00+01:00`,
    );
  });

  test.each([
    ['before the skipped hour', '2026-03-29T01:59:59', 'Europe/Berlin', '2026-03-29T00:59:59.000Z'],
    ['after it', '2026-03-29T03:00:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['in the repeated hour', '2026-10-25T02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['the same with an offset', '2026-10-25T02:30:00+01:00', 'Europe/Berlin', '2026-10-25T01:30:00.000Z'],
    ['before the repeated hour', '2026-10-25T01:59:59', 'Europe/Berlin', '2026-10-24T23:59:59.000Z'],
    ['after it', '2026-10-25T03:00:00', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
    ['in the west', '2026-11-01T01:30:00', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['half an hour', '2026-04-05T01:45:00', 'Australia/Lord_Howe', '2026-04-04T14:45:00.000Z'],
    ['a day that begins at one', '2026-04-24', 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
    ['its midnight', '2026-04-25T00:00:00', 'Africa/Cairo', '2026-04-24T21:00:00.000Z'],
    ['far in the east', '2026-01-31T09:30:00', 'Pacific/Kiritimati', '2026-01-30T19:30:00.000Z'],
  ])('%s: %s in %s', async (_name, timestamp, zone, expected) => {
    expect(await sent(timestamp, zone)).toBe(expected);
  });
});

describe('a time zone that does not exist', () => {
  test.each(['2026-01-31T09:30:00', '2026-01-31', '={{ $now }}'])(
    'fails %s by its name',
    async (timestamp) => {
      expect(await refused(timestamp, 'Europe/Berln')).toBe(
        `'Timezone' in the workflow's settings is "Europe/Berln", which is no time zone: choose another one there, as 'Message Timestamp' needs it`,
      );
    },
  );

  test('does not matter where no zone is needed', async () => {
    expect(await sent('2026-01-31T09:30:00+01:00', 'Europe/Berln')).toBe('2026-01-31T08:30:00.000Z');
  });
});
