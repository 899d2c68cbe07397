import { validateFieldType, type FieldType, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';
import { quoted, shown } from '../errors/quoted';
import { exactNumber, isDecimal, withInexactAsInfinity } from './exactNumber';
import type { Field } from './field';
import type { ItemParameters, Label } from './ItemParameters';
import { filled, plainObject } from './json';
import { toText, typeNameOf } from './text';
import { namedRows } from './textRows';

/** A field of {@link assignedObject}; an object without keys counts as empty. */
export function assignmentsField(property: INodeProperties): Field<IDataObject | undefined> {
  return {
    properties: [property],
    read: (item, { name, label }) => filled(assignedObject(item, name, label)),
  };
}

/**
 * The rows of an assignment collection as one object, each value cast to its row's type; dots in names nest. Undefined
 * without rows.
 *
 * @throws AsappError `invalidInput` for a row without name, a value that is not of its type, a number that cannot be
 * sent exactly, and two rows that claim the same place.
 */
export function assignedObject(
  parameters: ItemParameters,
  name: string,
  label: Label,
): IDataObject | undefined {
  const rows = namedRows(parameters, `${name}.assignments`, label);
  if (rows.length === 0) return undefined;
  const root: IDataObject = {};
  for (const [path, row] of rows) assign(root, path, cast(row, path, label), label);
  return plainObject(root, label);
}

/** Stricter than n8n's own cast, which makes 0 of an empty text and false of an empty list. */
function cast({ type, value }: IDataObject, path: string, label: Label): unknown {
  if (value === undefined || value === null || type === undefined) return value ?? null;
  if (type === 'string') return castText(value, path, label);
  if (type === 'number') return castNumber(value, path, label);
  if (type === 'boolean' && typeof value === 'object') throw wrongType(type, path, label);
  const guarded = typeof value === 'string' ? withInexactAsInfinity(value) : value;
  const result = validateFieldType(path, guarded, type as FieldType);
  // n8n takes the text "null", and a date, for an object.
  if (!result.valid || result.newValue === null || hasToJson(result.newValue)) {
    throw wrongType(type, path, label);
  }
  return result.newValue;
}

function castText(value: unknown, path: string, label: Label): string {
  if (typeof value === 'boolean') return String(value);
  // A date becomes text, null if it is none.
  const plain: unknown = hasToJson(value) ? value.toJSON() : value;
  if (plain === null) throw wrongType('string', path, label);
  if (typeof plain === 'object') {
    throw invalidInput(
      `'${label.displayName}' has ${typeNameOf(plain)} for ${quoted(path)}: choose ${Array.isArray(plain) ? 'Array' : 'Object'} as its type, or give text`,
    );
  }
  return toText(plain, { displayName: `${label.displayName} → ${shown(path)}` });
}

function castNumber(value: unknown, path: string, label: Label): number {
  const text = typeof value === 'string' ? value.trim() : String(value);
  const isNumber =
    typeof value === 'number' ? !Number.isNaN(value) : typeof value === 'string' && isDecimal(text);
  if (!isNumber) throw wrongType('number', path, label);
  const number = exactNumber(text);
  if (number === undefined) {
    throw invalidInput(
      `'${label.displayName}' has a number for ${quoted(path)} that cannot be sent exactly: choose String as its type, and give it as text`,
    );
  }
  return number;
}

function hasToJson(value: unknown): value is { toJSON(): unknown } {
  return (
    typeof value === 'object' && value !== null && 'toJSON' in value && typeof value.toJSON === 'function'
  );
}

function wrongType(type: unknown, path: string, { displayName }: Label): Error {
  return invalidInput(`'${displayName}' has a value for ${quoted(path)} that is not of type ${String(type)}`);
}

function assign(root: IDataObject, path: string, value: unknown, label: Label): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let place = root;
  for (const key of keys) {
    if (!Object.hasOwn(place, key)) define(place, key, {});
    const next = place[key];
    if (typeof next !== 'object' || next === null || Array.isArray(next)) throw clash(path, label);
    place = next as IDataObject;
  }
  if (last === '' || keys.includes('')) {
    throw invalidInput(
      `'${label.displayName}' has the name ${quoted(path)}: a dot must stand between two names`,
    );
  }
  if (Object.hasOwn(place, last)) throw clash(path, label);
  define(place, last, value);
}

/** Defines instead of assigns, so that a name like __proto__ is a name and nothing more. */
function define(place: IDataObject, key: string, value: unknown): void {
  Object.defineProperty(place, key, { value, enumerable: true, configurable: true, writable: true });
}

function clash(path: string, { displayName }: Label): Error {
  return invalidInput(`'${displayName}' gives ${quoted(path)} twice, or gives both it and a name inside it`);
}
