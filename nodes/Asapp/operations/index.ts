import type { INodeProperties } from 'n8n-workflow';

import { conversation } from './conversation';
import { generativeAgent } from './generativeAgent';
import type { Operation } from './operation';
import { fieldsOfResource, optionsOfResource, type Resource } from './resource';

/** In the order of the editor. */
const RESOURCES: [Resource, ...Resource[]] = [conversation, generativeAgent];

/** The Resource list, and for each resource its operations and their fields. */
export const fields: INodeProperties[] = [
  {
    displayName: 'Resource',
    name: 'resource',
    type: 'options',
    noDataExpression: true,
    options: RESOURCES.map(({ option }) => option),
    default: 'generativeAgent',
  },
  ...RESOURCES.flatMap(fieldsOfResource),
];

/** The Options of each operation. */
export const options: INodeProperties[] = RESOURCES.flatMap(optionsOfResource);

/** @throws Error for a pair that no version of the node has offered. */
export function operationOf(resourceValue: string, operationValue: string): Operation {
  const resource = RESOURCES.find(({ option }) => option.value === resourceValue);
  const operation = resource?.operations.find(({ option }) => option.value === operationValue);
  if (operation === undefined) throw new Error(`Unknown operation ${resourceValue}: ${operationValue}`);
  return operation;
}
