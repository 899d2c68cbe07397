import { invalidInput } from '../errors/asappError';
import type { ItemParameters, Label } from './ItemParameters';

/**
 * A duration in seconds between `minimum` and `maximum`; `fallback` when empty. Digits given as text count.
 *
 * @throws AsappError `invalidInput` naming the range for anything else.
 */
export function seconds(
  parameters: ItemParameters,
  name: string,
  label: Label,
  { minimum, maximum, fallback }: { minimum: number; maximum: number; fallback: number },
): number {
  const value = parameters.read(name, label);
  if (value === undefined || value === null || value === '') return fallback;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !(number >= minimum && number <= maximum)) {
    throw invalidInput(`'${label.displayName}' must be a number of seconds from ${minimum} to ${maximum}`);
  }
  return number;
}
