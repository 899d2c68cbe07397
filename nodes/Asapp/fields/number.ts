import type { INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';
import { exactNumber } from './exactNumber';
import type { Field } from './field';
import type { ItemParameters, Label } from './ItemParameters';

/** What a number may be; `fallback` stands for an empty field. */
export interface Range {
  minimum: number;
  maximum: number;
  fallback: number;
  isWhole?: boolean;
}

/** A field of {@link numberWithin}; the editor is told the range and the value of an empty field. */
export function numberField(property: INodeProperties, range: Range): Field<number> {
  const { minimum: minValue, maximum: maxValue, fallback, isWhole = false } = range;
  const typeOptions = { minValue, maxValue, ...(isWhole ? {} : { numberPrecision: 1 }) };
  return {
    properties: [{ ...property, typeOptions, default: fallback }],
    read: (item, { name, label }) => numberWithin(item, name, label, range),
  };
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
