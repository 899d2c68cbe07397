import { invalidInput } from '../errors/asappError';
import { exactNumber } from './exactNumber';
import type { ItemParameters, Label } from './ItemParameters';

/** What a number may be; `fallback` stands for an empty field. */
export interface Range {
  minimum: number;
  maximum: number;
  fallback: number;
  isWhole?: boolean;
}

/**
 * A number within a range. Digits given as text count; nothing but spaces is empty.
 *
 * @throws AsappError `invalidInput` naming the range for anything else.
 */
export function numberWithin(parameters: ItemParameters, name: string, label: Label, range: Range): number {
  const { minimum, maximum, fallback, isWhole = false } = range;
  const value = parameters.read(name, label);
  const text = typeof value === 'string' ? value.trim() : undefined;
  if (value === undefined || value === null || text === '') return fallback;
  const number = text === undefined ? value : exactNumber(text);
  if (typeof number === 'number' && number >= minimum && number <= maximum) {
    if (!isWhole || Number.isInteger(number)) return number;
  }
  throw invalidInput(
    `'${label.displayName}' must be a ${isWhole ? 'whole ' : ''}number from ${minimum} to ${maximum}`,
  );
}
