import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';
import { quoted } from '../errors/quoted';
import { isExact, withInexactAsInfinity } from './exactNumber';
import type { Field } from './field';
import type { ItemParameters, Label } from './ItemParameters';
import { empty, typeNameOf } from './text';

/** A field of {@link jsonObject}; an object without keys counts as empty. */
export function jsonField(property: INodeProperties): Field<IDataObject | undefined> {
  return { properties: [property], read: (item, { name, label }) => filled(jsonObject(item, name, label)) };
}

/** An object, or undefined if it has no keys. */
export function filled(object: IDataObject | undefined): IDataObject | undefined {
  return object === undefined || isEmptyObject(object) ? undefined : object;
}

/**
 * A JSON field as an object: an expression may yield an object, a person types text. Undefined when empty.
 *
 * @throws AsappError `invalidInput` for text that is not JSON, for JSON that is not an object, and for what
 * {@link toJson} refuses. The message of a secret field quotes no values.
 */
export function jsonObject(parameters: ItemParameters, name: string, label: Label): IDataObject | undefined {
  const value = jsonValue(parameters, name, label);
  return value === undefined ? undefined : plainObject(value, label);
}

/** `value` as what JSON makes of it, or `invalidInput` if that is not an object. */
export function plainObject(value: unknown, label: Label): IDataObject {
  const plain = toJson(value, label);
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) {
    throw invalidInput(
      `'${label.displayName}' must be a JSON object such as {"name": "value"}; this item has ${typeNameOf(plain)}`,
    );
  }
  return plain as IDataObject;
}

/**
 * A JSON field as a list: an expression may yield one, a person types text.
 *
 * @throws AsappError `invalidInput` as {@link jsonObject}, and when it is empty.
 */
export function jsonList(parameters: ItemParameters, name: string, label: Label): unknown[] {
  const value = jsonValue(parameters, name, label);
  if (value === undefined) throw empty(label);
  const list = toJson(value, label);
  if (Array.isArray(list)) return list;
  throw invalidInput(`'${label.displayName}' must be a JSON list; this item has ${typeNameOf(list)}`);
}

/** Whether an object has no keys of its own. */
export function isEmptyObject(value: object): boolean {
  return Object.keys(value).length === 0;
}

/** The value of a JSON field before anything is checked; undefined when empty. */
function jsonValue(parameters: ItemParameters, name: string, label: Label): unknown {
  const value = parameters.read(name, label) ?? '';
  if (typeof value !== 'string') return value;
  return value.trim() === '' ? undefined : parsed(value, label);
}

/** The text's value, in which a number that JavaScript cannot hold is Infinity: {@link toJson} refuses it by its place. */
function parsed(text: string, { displayName }: Label): unknown {
  try {
    const value = JSON.parse(text) as unknown;
    const guarded = withInexactAsInfinity(text);
    return guarded === text ? value : (JSON.parse(guarded) as unknown);
  } catch (error) {
    // V8 quotes the text around the flaw, which may be a secret; the position alone says enough.
    const position = /at position (\d+)/.exec(String(error))?.[1];
    const where = position === undefined ? '' : ` (at character ${Number(position) + 1})`;
    throw invalidInput(`'${displayName}' is not valid JSON${where}: check quotes, commas and brackets`);
  }
}

/**
 * A copy through JSON: dates become text, and keys without a value disappear.
 *
 * @throws AsappError `invalidInput` naming the place of what JSON would change or drop without a word. In a secret field
 * that is a key without a value, too: a credential that is missing.
 */
function toJson(value: unknown, { displayName, secret }: Label): unknown {
  const places = new Map<unknown, string>();
  let flaw: string | undefined;
  let text: string | undefined;
  try {
    text = JSON.stringify(value, function (this: unknown, key: string, converted: unknown): unknown {
      const parent = places.get(this);
      const place = parent === undefined ? '' : placeOf(parent, key, this);
      const found = flawOf(converted, key, this, secret === true);
      // Of the whole value, its type says enough.
      if (found !== undefined && (parent !== undefined || typeof converted === 'object')) {
        flaw ??= found(place === '' ? '' : ` for ${quoted(place)}`);
        return undefined;
      }
      if (typeof converted === 'object') places.set(converted, place);
      return converted;
    });
  } catch {
    flaw ??= 'a value that JSON cannot carry, such as an object that contains itself';
  }
  if (flaw !== undefined) throw invalidInput(`'${displayName}' has ${flaw}`);
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}

/** A place inside a value as it is written: `customer.ids[2]`. */
function placeOf(parent: string, key: string, holder: unknown): string {
  if (Array.isArray(holder)) return `${parent}[${key}]`;
  return parent === '' ? key : `${parent}.${key}`;
}

/** What is wrong with a value, as words around its place. `converted` is what its own `toJSON` made of it. */
function flawOf(
  converted: unknown,
  key: string,
  holder: unknown,
  isSecret: boolean,
): ((place: string) => string) | undefined {
  const given = (holder as Record<string, unknown>)[key];
  // n8n gives bigints a toJSON, which makes text of them.
  if (typeof given === 'bigint') return inexact;
  switch (typeof converted) {
    case 'number':
      return isExact(converted) ? undefined : inexact;
    case 'undefined':
      return isSecret || Array.isArray(holder) ? missing : undefined;
    case 'object':
      if (converted === null) return given === null ? undefined : noDate;
      return PLAIN.test(Object.prototype.toString.call(converted)) ? undefined : unfit;
    default:
      return typeof converted === 'string' || typeof converted === 'boolean' ? undefined : unfit;
  }
}

/** Everything else becomes an empty object or a list of numbers: maps, sets, expressions of text, bytes. */
const PLAIN = /^\[object (Object|Array)\]$/;

const inexact = (place: string) => `a number${place} that cannot be sent exactly: give it as text, in quotes`;
const missing = (place: string) => `nothing${place}: check that its expression finds a value`;
const noDate = (place: string) => `a date${place} that does not exist: check its expression`;
const unfit = (place: string) =>
  `a value${place} that JSON cannot carry: give text, a number, true or false, a list or an object`;
