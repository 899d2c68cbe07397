import type { IDataObject } from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';
import type { ItemParameters, Label } from './ItemParameters';
import { typeNameOf } from './text';

/**
 * A JSON field as an object: an expression may yield an object, a person types text. Undefined when empty.
 *
 * @throws AsappError `invalidInput` for text that is not JSON, and for JSON that is not an object. The message of a
 * secret field quotes nothing.
 */
export function jsonObject(parameters: ItemParameters, name: string, label: Label): IDataObject | undefined {
  const value = parameters.read(name, label);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && value.trim() === '') return undefined;
  return plainObject(typeof value === 'string' ? parse(value, label) : value, label);
}

/** `value` as what JSON makes of it, or `invalidInput` if that is not an object. */
export function plainObject(value: unknown, { displayName }: Label): IDataObject {
  const plain = asJson(value, displayName);
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) {
    throw invalidInput(
      `'${displayName}' must be a JSON object such as {"name": "value"}; this item has ${typeNameOf(plain)}`,
    );
  }
  return plain as IDataObject;
}

/** Whether an object has no keys of its own. */
export function isEmptyObject(value: object): boolean {
  return Object.keys(value).length === 0;
}

function parse(text: string, { displayName }: Label): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // V8 quotes the text around the flaw, which may be a secret; the position alone says enough.
    const position = /at position (\d+)/.exec(String(error))?.[1];
    const where = position === undefined ? '' : ` (at character ${Number(position) + 1})`;
    throw invalidInput(`'${displayName}' is not valid JSON${where}: check quotes, commas and brackets`);
  }
}

/** A copy through JSON: dates become text, and what JSON cannot carry is refused here instead of at sending. */
function asJson(value: unknown, displayName: string): unknown {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    throw invalidInput(
      `'${displayName}' has a value that JSON cannot carry, such as an object that contains itself`,
    );
  }
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
