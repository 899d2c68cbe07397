import type { DisplayCondition, INodeProperties } from 'n8n-workflow';

import { propertiesOf, readerOf, secretValues, type Field, type Fields, type Values } from './field';

/** A field that only holds others; each of them may be left out. */
export function collectionField<F extends Fields>(property: INodeProperties, fields: F): Field<Values<F>> {
  const hasSecrets = Object.values(fields).some(({ secrets }) => secrets !== undefined);
  return {
    properties: [{ ...property, options: keepingEmpty(property.name, propertiesOf(fields)) }],
    read: (item, { name }) => readerOf(fields, `${name}.`)(item),
    ...(hasSecrets ? { secrets: (values) => secretValues(fields, values) } : {}),
  };
}

/**
 * The entries of a collection, such that one for rows starts with an empty row, and stays there without any. n8n adds a
 * field that may have many rows without one, whatever its default, and drops it with the next change in the panel. So a
 * field of the same name that may have only one is there to be added, and a hidden one keeps the name.
 */
export function keepingEmpty(path: string, entries: INodeProperties[]): INodeProperties[] {
  return entries.flatMap((entry) => {
    if (entry.type !== 'fixedCollection') return [entry];
    const { displayName, name } = entry;
    const isThere: Record<string, DisplayCondition[]> = {
      [`/${path}.${name}`]: [{ _cnd: { exists: true } }],
    };
    return [
      { ...entry, displayOptions: { show: isThere } },
      {
        ...entry,
        typeOptions: {},
        default: { entry: [{ name: '', value: '' }] },
        displayOptions: { hide: isThere },
      },
      { displayName, name, type: 'hidden', default: {} },
    ];
  });
}
