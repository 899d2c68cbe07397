import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';
import { quoted, shown } from '../errors/quoted';
import type { Field } from './field';
import type { ItemParameters, Label } from './ItemParameters';
import { toText } from './text';

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
 * @throws AsappError `invalidInput` for a row without name, a name given twice, and a value that is no text.
 */
export function textRows(
  parameters: ItemParameters,
  name: string,
  label: Label,
): Record<string, string> | undefined {
  const rows = parameters.read(name, label);
  if (!Array.isArray(rows) || rows.length === 0) return undefined;
  const entries = new Map<string, string>();
  for (const row of rows as IDataObject[]) {
    const key = toText(row.name, { displayName: `${label.displayName} → Name` });
    if (key.trim() === '') throw invalidInput(`'${label.displayName}' has a row without a name`);
    if (entries.has(key)) throw invalidInput(`'${label.displayName}' has ${quoted(key)} twice: keep one row`);
    const value = typeof row.value === 'boolean' ? String(row.value) : row.value;
    entries.set(key, toText(value, { displayName: `${label.displayName} → ${shown(key)}` }));
  }
  // fromEntries defines own properties, so that a name like __proto__ is a name and nothing more.
  return Object.fromEntries(entries);
}
