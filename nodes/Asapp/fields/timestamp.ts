import { tryToParseDateTime } from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';
import type { ItemParameters, Label } from './ItemParameters';
import { quoted, typeNameOf } from './text';

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,12})?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** Epoch numbers below this are seconds: as milliseconds they would lie in 1973 or before. */
const FIRST_MILLISECONDS = 100_000_000_000;

/**
 * A point in time as ASAPP takes it everywhere: UTC with `Z`. Undefined when empty.
 *
 * Accepted: what the date picker gives and ISO 8601 (without a zone it is in the workflow's time zone), a luxon
 * DateTime, a Date, and an epoch number in seconds or milliseconds. ASAPP's specification assumes UTC for a time
 * without a zone, its validator refuses one; so none is ever sent.
 *
 * @throws AsappError `invalidInput` for anything else, days that no calendar has included.
 */
export function timestamp(parameters: ItemParameters, name: string, label: Label): string | undefined {
  const value = parameters.read(name, label);
  if (value === undefined || value === null || value === '') return undefined;
  const time = toDate(value, parameters.timezone);
  if (time === undefined || !isFourDigitYear(time)) {
    const got = typeof value === 'string' ? quoted(value) : typeNameOf(value);
    throw invalidInput(
      `'${label.displayName}' must be a date and time such as 2026-01-31T09:30:00Z; this item has ${got}`,
    );
  }
  return time.toISOString();
}

function toDate(value: unknown, timezone: string): Date | undefined {
  if (value instanceof Date) return value;
  if (typeof value === 'number') return new Date(value < FIRST_MILLISECONDS ? value * 1000 : value);
  if (isDateTime(value)) return value.toJSDate();
  return typeof value === 'string' ? fromIso(value.trim(), timezone) : undefined;
}

function fromIso(text: string, timezone: string): Date | undefined {
  const [, year, month, day, hour = '0', minute = '0', second = '0'] = ISO.exec(text) ?? [];
  if (year === undefined || !existsInCalendar(Number(year), Number(month), Number(day))) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const parsed = tryToParseDateTime(text.replace(' ', 'T').replace(',', '.').replace(/\s/g, ''), timezone);
  return parsed.isValid ? parsed.toJSDate() : undefined;
}

function existsInCalendar(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isFourDigitYear(time: Date): boolean {
  return !Number.isNaN(time.getTime()) && time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999;
}

/** A luxon DateTime, recognised by shape: n8n hands out one of its own copy of luxon. */
function isDateTime(value: unknown): value is { toJSDate(): Date } {
  return (
    typeof value === 'object' && value !== null && 'toJSDate' in value && typeof value.toJSDate === 'function'
  );
}
