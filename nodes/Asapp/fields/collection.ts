import type { INodeProperties } from 'n8n-workflow';

import { propertiesOf, readerOf, secretValues, type Field, type Fields, type Values } from './field';

/** A field that only holds others; each of them may be left out. */
export function collectionField<F extends Fields>(property: INodeProperties, fields: F): Field<Values<F>> {
  const hasSecrets = Object.values(fields).some(({ secrets }) => secrets !== undefined);
  return {
    properties: [{ ...property, options: propertiesOf(fields) }],
    read: (item, { name }) => readerOf(fields, `${name}.`)(item),
    ...(hasSecrets ? { secrets: (values) => secretValues(fields, values) } : {}),
  };
}
