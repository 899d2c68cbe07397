import { invalidInput } from '../errors/asappError';
import { quotedAscii } from '../errors/quoted';
import type { ItemParameters, Label } from './ItemParameters';
import { toText } from './text';

/**
 * One of a closed list of values; undefined when empty.
 *
 * @throws AsappError `invalidInput` listing the values, as an expression may yield any other.
 */
export function oneOf<const T extends string>(
  parameters: ItemParameters,
  name: string,
  label: Label,
  values: readonly T[],
): T | undefined {
  const text = toText(parameters.read(name, label), label);
  if (text === '') return undefined;
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) {
    throw invalidInput(
      `'${label.displayName}' must be ${values.join(' or ')}; this item has ${quotedAscii(text)}`,
    );
  }
  return value;
}

/** A switch. An expression may yield the words "true" and "false" too; nothing means `whenEmpty`. */
export function toggle(parameters: ItemParameters, name: string, label: Label, whenEmpty: boolean): boolean {
  const value = parameters.read(name, label);
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (word === '' || word === undefined || word === null) return whenEmpty;
  if (word === true || word === 'true') return true;
  if (word === false || word === 'false') return false;
  throw invalidInput(`'${label.displayName}' must be true or false`);
}
