import type { INodeProperties } from 'n8n-workflow';

import { propertiesOf, readerOf, secretValues, type Field, type Fields, type Values } from './field';

/** A field that only holds others; each of them may be left out. */
export function collectionField<F extends Fields>(property: INodeProperties, fields: F): Field<Values<F>> {
  const hasSecrets = Object.values(fields).some(({ secrets }) => secrets !== undefined);
  return {
    properties: [{ ...property, options: keepingEmpty(propertiesOf(fields)) }],
    read: (item, { name }) => readerOf(fields, `${name}.`)(item),
    ...(hasSecrets ? { secrets: (values) => secretValues(fields, values) } : {}),
  };
}

/**
 * The entries of a collection, such that one for rows stays there while it has none: n8n drops an empty field of that
 * type with the next change in the panel. It does not drop a hidden one of the same name.
 */
export function keepingEmpty(entries: INodeProperties[]): INodeProperties[] {
  return entries.flatMap((entry) =>
    entry.type === 'fixedCollection'
      ? [entry, { displayName: entry.displayName, name: entry.name, type: 'hidden', default: {} }]
      : [entry],
  );
}
