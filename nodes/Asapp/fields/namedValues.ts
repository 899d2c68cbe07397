import type { IDataObject } from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';
import type { ItemParameters, Label } from './ItemParameters';
import { quoted, toText } from './text';

/**
 * The rows of a fixed collection of `name` and `value` as one object; undefined without rows.
 *
 * @throws AsappError `invalidInput` for a row without name, a name given twice, and what {@link assertHeaderSafe} refuses.
 */
export function namedValues(parameters: ItemParameters, name: string, label: Label): IDataObject | undefined {
  const rows = parameters.read(name, label);
  if (!Array.isArray(rows) || rows.length === 0) return undefined;
  const entries = new Map<string, string>();
  for (const row of rows as IDataObject[]) {
    const key = toText(row.name, { displayName: `${label.displayName} → Name` });
    if (key === '') throw invalidInput(`'${label.displayName}' has a row without a name`);
    if (entries.has(key)) throw invalidInput(`'${label.displayName}' has ${quoted(key)} twice: keep one row`);
    entries.set(key, toText(row.value, { displayName: `${label.displayName} → Value` }));
  }
  // fromEntries defines own properties, so that a name like __proto__ is a name and nothing more.
  const values = Object.fromEntries(entries);
  assertHeaderSafe(values, label);
  return values;
}

/**
 * Refuses names and values that would break out of the header or cookie they end up in: line breaks and other
 * control characters.
 */
export function assertHeaderSafe(values: IDataObject, { displayName }: Label): void {
  for (const [name, value] of Object.entries(values)) {
    if (hasControlCharacter(name)) {
      throw invalidInput(
        `'${displayName}' has a name with a line break or control character: ${quoted(name)}`,
      );
    }
    if (typeof value === 'string' && hasControlCharacter(value)) {
      throw invalidInput(
        `'${displayName}' has a line break or control character in the value of ${quoted(name)}`,
      );
    }
  }
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
