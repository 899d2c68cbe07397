import type { IDataObject } from 'n8n-workflow';

import { runAsapp, useAsapp } from '../support/asapp';
import { analyzeParameters } from '../support/parameters';

const asapp = useAsapp();

async function run(timestamp: string, timezone: string): Promise<IDataObject | undefined> {
  const { json } = await runAsapp(asapp, {
    parameters: analyzeParameters({ options: { timestamp } }),
    node: { onError: 'continueRegularOutput' },
    settings: { timezone },
  });
  return json[0];
}

test.each([
  ['the date picker, in winter', '2026-01-31T09:30:00', 'America/New_York', '2026-01-31T14:30:00.000Z'],
  ['the date picker, in summer', '2026-07-31T09:30:00', 'Europe/Berlin', '2026-07-31T07:30:00.000Z'],
  ['a date alone', '2026-01-31', 'Asia/Tokyo', '2026-01-30T15:00:00.000Z'],
  ['a space between date and time', '2026-01-31 09:30', 'UTC', '2026-01-31T09:30:00.000Z'],
  ['ISO in UTC', '2021-11-23T12:13:14.555Z', 'America/New_York', '2021-11-23T12:13:14.555Z'],
  ['ISO with an offset', '2021-11-23T12:13:14+05:30', 'America/New_York', '2021-11-23T06:43:14.000Z'],
  ['ISO with an offset without a colon', '2021-11-23T12:13:14-0500', 'UTC', '2021-11-23T17:13:14.000Z'],
  [
    'a luxon DateTime',
    '={{ DateTime.fromISO("2026-03-01T00:00:00", {zone: "Asia/Tokyo"}) }}',
    'UTC',
    '2026-02-28T15:00:00.000Z',
  ],
  [
    'a Date',
    '={{ new Date(Date.UTC(2026, 1, 3, 4, 5, 6, 7)) }}',
    'America/New_York',
    '2026-02-03T04:05:06.007Z',
  ],
  ['epoch milliseconds', '={{ 1700000000123 }}', 'America/New_York', '2023-11-14T22:13:20.123Z'],
  ['epoch seconds', '={{ 1700000000 }}', 'America/New_York', '2023-11-14T22:13:20.000Z'],
  ['a leap day', '2024-02-29T00:00:00', 'UTC', '2024-02-29T00:00:00.000Z'],
])('%s arrives as UTC', async (_name, timestamp, timezone, expected) => {
  await run(timestamp, timezone);
  const [message] = asapp.sandbox.ledger.messages;
  expect(message?.timestamp).toBe(expected);
});

test.each(['', '={{ $json.none }}'])('%j is the moment of sending', async (timestamp) => {
  const before = Date.now();
  await run(timestamp, 'America/New_York');
  const sent = Date.parse(asapp.sandbox.ledger.messages[0]?.timestamp ?? '');
  expect(sent).toBeGreaterThanOrEqual(before);
  expect(sent).toBeLessThanOrEqual(Date.now());
});

test.each([
  'tomorrow',
  '2026-02-30T00:00:00',
  '2025-02-29',
  '2026-13-01T00:00:00Z',
  '2026-01-01T24:30:00',
  '2026-01-01T10:61:00',
  '31.01.2026 09:30',
  '01/31/2026',
  '20260131',
  '1700000000',
  '12',
  '={{ true }}',
  '={{ [1] }}',
  '={{ ({a: 1 }) }}',
  '={{ new Date("no") }}',
  '={{ 1e18 }}',
])('%s is refused', async (timestamp) => {
  const json = await run(timestamp, 'UTC');
  expect(asapp.sandbox.ledger.requests).toEqual([]);
  expect(json).toMatchObject({
    error: {
      kind: 'invalidInput',
      message: expect.stringMatching(/^'Message Timestamp' must be a date and time/) as string,
    },
  });
});
