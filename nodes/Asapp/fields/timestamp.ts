import { tryToParseDateTime, type INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';
import { quotedAscii } from '../errors/quoted';
import type { Field } from './field';
import type { ItemParameters, Label } from './ItemParameters';
import { typeNameOf } from './text';

/** A field of {@link timestamp}. */
export function timestampField(property: INodeProperties): Field<string | undefined> {
  return { properties: [property], read: (item, { name, label }) => timestamp(item, name, label) };
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?\s*(?:(Z)|([+-]\d{2})(?::?(\d{2}))?)?)?$/i;

/** Epoch numbers below this are seconds: as milliseconds they would lie in 1973 or before. */
const FIRST_MILLISECONDS = 100_000_000_000;

const MINUTE = 60_000;
const DAY = 86_400_000;

/** A message is said now or lately: a year outside of these is a number that means something else. */
const FIRST_YEAR = 2000;
const LAST_YEAR = 2100;

/** The farthest that a zone is from UTC, in minutes. */
const FARTHEST_OFFSET = 14 * 60;

/**
 * A point in time as ASAPP takes it everywhere: UTC with `Z`. Undefined when empty.
 *
 * Accepted: what the date picker gives and ISO 8601 (without a zone it is in the workflow's time zone), a luxon
 * DateTime, a Date, and an epoch number in seconds or milliseconds. ASAPP's specification assumes UTC for a time
 * without a zone, its validator refuses one; so none is ever sent. Digits of a second that a text has are kept, up to 12.
 *
 * @throws AsappError `invalidInput` for anything else: days that no calendar has, years that no message is from, and an
 * hour that the clocks skip.
 */
export function timestamp(parameters: ItemParameters, name: string, label: Label): string | undefined {
  const value = parameters.read(name, label);
  if (value === undefined || value === null || value === '') return undefined;
  const zone = { name: parameters.timezone, label };
  const { time, digits } =
    typeof value === 'string' ? fromIso(value.trim(), zone) : { time: toDate(value, zone), digits: '' };
  if (!isPlausible(time)) {
    throw invalidInput(
      `'${label.displayName}' must be a date and time such as 2026-01-31T09:30:00Z, or a number of seconds or milliseconds since 1970, from ${FIRST_YEAR} to ${LAST_YEAR}; this item has ${described(value, time)}`,
    );
  }
  const [seconds = '', milliseconds = ''] = time.toISOString().split(/[.Z]/);
  return `${seconds}.${digits.length > 3 ? digits : milliseconds}Z`;
}

interface Zone {
  name: string;
  /** The field that needs the zone. */
  label: Label;
}

interface Parsed {
  time: Date | undefined;
  /** The digits behind the second, as given. */
  digits: string;
}

function isPlausible(time: Date | undefined): time is Date {
  const year = time?.getUTCFullYear() ?? NaN;
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}

function described(value: unknown, time: Date | undefined): string {
  if (typeof value === 'string') return quotedAscii(value);
  const exists = time !== undefined && !Number.isNaN(time.getTime());
  return exists ? `${typeNameOf(value)} that means ${time.toISOString()}` : typeNameOf(value);
}

function toDate(value: unknown, zone: Zone): Date | undefined {
  if (value instanceof Date) return value;
  if (typeof value === 'number') return new Date(value < FIRST_MILLISECONDS ? value * 1000 : value);
  if (!isDateTime(value)) return undefined;
  const time = value.toJSDate();
  // In a zone that does not exist, n8n's $now is no time.
  if (Number.isNaN(time.getTime())) offsetAt(0, zone);
  return time;
}

function fromIso(text: string, zone: Zone): Parsed {
  const [, year, month, day, hour, minute = '0', second = '0', digits = '', utc, offsetHours, offsetMinutes] =
    ISO.exec(text) ?? [];
  const none: Parsed = { time: undefined, digits };
  if (year === undefined || !existsInCalendar(Number(year), Number(month), Number(day))) return none;
  if (Number(hour ?? 0) > 23 || Number(minute) > 59 || Number(second) > 59) return none;
  const milliseconds = Number(digits.slice(0, 3).padEnd(3, '0'));
  const clock = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour ?? 0),
    Number(minute),
    Number(second),
    milliseconds,
  );
  if (utc !== undefined) return { time: new Date(clock), digits };
  if (offsetHours === undefined) {
    return { time: new Date(inZone(clock, zone, hour === undefined)), digits };
  }
  const offset = offsetInMinutes(offsetHours, offsetMinutes ?? '00');
  return offset === undefined ? none : { time: new Date(clock - offset * MINUTE), digits };
}

function offsetInMinutes(hours: string, minutes: string): number | undefined {
  const size = Math.abs(Number(hours)) * 60 + Number(minutes);
  if (Number(minutes) > 59 || size > FARTHEST_OFFSET) return undefined;
  return hours.startsWith('-') ? -size : size;
}

/**
 * The moment at which the clocks of a zone show `clock` (given as if it were UTC). Where they show it twice, at the end
 * of daylight saving time, it is the first time. A day begins with its first moment, even if midnight is skipped.
 */
function inZone(clock: number, zone: Zone, isDay: boolean): number {
  const before = offsetAt(clock - DAY, zone);
  const moments = [before, offsetAt(clock + DAY, zone)].map((offset) => clock - offset * MINUTE);
  const shown = moments.filter((moment) => moment + offsetAt(moment, zone) * MINUTE === clock);
  if (shown.length > 0) return Math.min(...shown);
  if (isDay) return clock - before * MINUTE;
  throw invalidInput(
    `'${zone.label.displayName}' is a time that the clocks skip in ${zone.name}, the workflow's time zone: give it with its offset, as in 2026-01-31T09:30:00+01:00`,
  );
}

/** How far a zone is from UTC at a moment, in minutes. */
function offsetAt(moment: number, { name, label }: Zone): number {
  try {
    return tryToParseDateTime(new Date(moment), name).offset;
  } catch {
    throw invalidInput(
      `'Timezone' in the workflow's settings is ${quotedAscii(name)}, which is no time zone: choose another one there, as '${label.displayName}' needs it`,
    );
  }
}

function existsInCalendar(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** A luxon DateTime, recognised by shape: n8n hands out one of its own copy of luxon. */
function isDateTime(value: unknown): value is { toJSDate(): Date } {
  return (
    typeof value === 'object' && value !== null && 'toJSDate' in value && typeof value.toJSDate === 'function'
  );
}
