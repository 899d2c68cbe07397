import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';
import { quoted, shown } from '../errors/quoted';
import type { Field } from './field';
import type { ItemParameters, Label } from './ItemParameters';
import { toText, typeNameOf } from './text';

/** A field of {@link textRows}; `row` is what the editor calls one of them, with an example of its name. */
export function textRowsField(
  property: Pick<INodeProperties, 'displayName' | 'name' | 'description'>,
  row: { displayName: string; placeholder: string },
): Field<Record<string, string> | undefined> {
  const values: INodeProperties[] = [
    {
      displayName: 'Name',
      name: 'name',
      type: 'string',
      default: '',
      placeholder: row.placeholder,
      description: `Name of the ${row.displayName.toLowerCase()}`,
    },
    {
      displayName: 'Value',
      name: 'value',
      type: 'string',
      default: '',
      placeholder: 'e.g. {{ $json.value }}',
      description: 'Its value, as text',
    },
  ];
  return {
    properties: [
      {
        ...property,
        type: 'fixedCollection',
        typeOptions: { multipleValues: true },
        placeholder: `Add ${row.displayName}`,
        default: {},
        options: [{ displayName: row.displayName, name: 'entry', values }],
      },
    ],
    read: (item, { name, label }) => textRows(item, `${name}.entry`, label),
  };
}

/**
 * The rows of a fixed collection of `name` and `value` as one object of texts; undefined without rows.
 *
 * @throws AsappError `invalidInput` as {@link namedRows}, for a name given twice or one that `assertName` refuses, and for
 * a value that is no text.
 */
export function textRows(
  parameters: ItemParameters,
  name: string,
  label: Label,
  assertName: (name: string) => void = () => {},
): Record<string, string> | undefined {
  const rows = namedRows(parameters, name, label);
  if (rows.length === 0) return undefined;
  const entries = new Map<string, string>();
  for (const [key, row] of rows) {
    assertName(key);
    if (entries.has(key)) throw invalidInput(`'${label.displayName}' has ${quoted(key)} twice: keep one row`);
    const value = typeof row.value === 'boolean' ? String(row.value) : row.value;
    entries.set(key, toText(value, { displayName: `${label.displayName} → ${shown(key)}` }));
  }
  // fromEntries defines own properties, so that a name like __proto__ is a name and nothing more.
  return Object.fromEntries(entries);
}

/**
 * The rows of a field, each with its name; none when empty.
 *
 * @throws AsappError `invalidInput` for a row without name, and for anything but rows.
 */
export function namedRows(
  parameters: ItemParameters,
  name: string,
  label: Label,
): Array<[name: string, row: IDataObject]> {
  const rows = parameters.read(name, label) ?? '';
  if (rows === '') return [];
  if (!Array.isArray(rows)) {
    throw invalidInput(`'${label.displayName}' must have rows; this item has ${typeNameOf(rows)}`);
  }
  return (rows as Array<IDataObject | null>).map((row) => {
    const key = toText(row?.name, { displayName: `${label.displayName} → Name` });
    if (row === null || key.trim() === '') {
      throw invalidInput(`'${label.displayName}' has a row without a name`);
    }
    return [key, row];
  });
}
