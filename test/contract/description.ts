import type { INodeProperties, INodePropertyCollection, INodeTypeDescription } from 'n8n-workflow';

import type { NodePackage } from '../../scripts/engine/nodePackage';

/** A field of the node with its path in a workflow, e.g. `auth.headers.entry.name`. */
export interface Field {
  path: string;
  property: INodeProperties;
}

/** The built node's description. */
export function descriptionOf({ nodeTypes }: NodePackage): INodeTypeDescription {
  return nodeTypes.getByNameAndVersion('n8n-nodes-asapp.asapp', 1).description;
}

/**
 * Every field that the editor can show for an operation, nested ones included; `resource` and `operation` are not, nor
 * are notices, which hold no value, and hidden twins, which only keep one.
 */
export function fieldsOf({ properties }: INodeTypeDescription, resource: string, operation: string): Field[] {
  const own = properties.filter(({ name, type, displayOptions }) => {
    const { show } = displayOptions ?? {};
    const isShown = (key: string, value: string) => show?.[key] === undefined || show[key].includes(value);
    return (
      !['resource', 'operation'].includes(name) &&
      type !== 'notice' &&
      type !== 'hidden' &&
      isShown('resource', resource) &&
      isShown('operation', operation)
    );
  });
  return firstOfName(own).flatMap((property) => withNested(property, ''));
}

/** Of a field that stands there in several forms or with several defaults, the usual one is the first. */
function firstOfName(properties: INodeProperties[]): INodeProperties[] {
  return properties.filter(
    (property, index) => properties.findIndex(({ name }) => name === property.name) === index,
  );
}

function withNested(property: INodeProperties, prefix: string): Field[] {
  const path = prefix + property.name;
  const field: Field = { path, property };
  if (property.type === 'collection') {
    const options = firstOfName((property.options ?? []) as INodeProperties[]);
    return [field, ...options.flatMap((option) => withNested(option, `${path}.`))];
  }
  if (property.type === 'fixedCollection') {
    const groups = (property.options ?? []) as INodePropertyCollection[];
    return [
      field,
      ...groups.flatMap(({ name, values }) =>
        values.flatMap((value) => withNested(value, `${path}.${name}.`)),
      ),
    ];
  }
  return [field];
}

/** Whether a field only holds other fields. */
export function isContainer({ property }: Field): boolean {
  return property.type === 'collection' || property.type === 'fixedCollection';
}

/** The values of an options field. */
export function optionValues({ options = [] }: INodeProperties): unknown[] {
  return options.map((option) => ('value' in option ? option.value : undefined));
}
