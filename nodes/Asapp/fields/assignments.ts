import { validateFieldType, type FieldType, type IDataObject } from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';
import type { ItemParameters, Label } from './ItemParameters';
import { plainObject } from './json';
import { quoted, toText } from './text';

/**
 * The rows of an assignment collection as one object, each value cast to its row's type; dots in names nest. Undefined
 * without rows.
 *
 * @throws AsappError `invalidInput` for a row without name, a value that is not of its type, and two rows that claim
 * the same place.
 */
export function assignedObject(
  parameters: ItemParameters,
  name: string,
  label: Label,
): IDataObject | undefined {
  const rows = parameters.read(`${name}.assignments`, label);
  if (!Array.isArray(rows) || rows.length === 0) return undefined;
  const root: IDataObject = {};
  for (const row of rows as IDataObject[]) {
    const path = toText(row.name, { displayName: `${label.displayName} → Name` });
    if (path === '') throw invalidInput(`'${label.displayName}' has a row without a name`);
    assign(root, path, cast(row, path, label), label);
  }
  return plainObject(root, label);
}

function cast(row: IDataObject, path: string, label: Label): unknown {
  const { type, value } = row;
  if (value === undefined || value === null || type === undefined) return value ?? null;
  if (type === 'string') return typeof value === 'object' ? value : String(value);
  const result = validateFieldType(path, value, type as FieldType);
  if (!result.valid) {
    throw invalidInput(
      `'${label.displayName}' has a value for ${quoted(path)} that is not of type ${String(type)}`,
    );
  }
  return result.newValue;
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
