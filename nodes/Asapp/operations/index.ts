import type { INode, INodeParameters, INodeProperties } from 'n8n-workflow';

import type { Fields } from '../fields/field';
import { callTransfer } from './callTransfer';
import { conversation } from './conversation';
import { generativeAgent } from './generativeAgent';
import { message } from './message';
import type { Operation } from './operation';
import { fieldsOfResource, optionsOfResource, type Resource } from './resource';
import { summary } from './summary';

/** In the order of the editor. */
export const RESOURCES: [Resource, ...Resource[]] = [
  callTransfer,
  conversation,
  generativeAgent,
  message,
  summary,
];

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

/**
 * The node without the values of its fields that hold a secret. n8n stores an error with its node, and shows it: what was
 * typed into such a field must not be there.
 */
export function withoutSecrets(node: INode): INode {
  const parameters = omit(
    node.parameters,
    secretNames(({ fields: own }) => own),
  );
  const given = parameters.options;
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
    parameters.options = omit(
      given as INodeParameters,
      secretNames(({ options: own }) => own),
    );
  }
  return { ...node, parameters };
}

function secretNames(part: (operation: Operation) => Fields): Set<string> {
  const all = RESOURCES.flatMap(({ operations }) => operations).flatMap((op) => Object.values(part(op)));
  return new Set(
    all
      .filter(({ secrets }) => secrets !== undefined)
      .flatMap(({ properties }) => properties.map(({ name }) => name)),
  );
}

function omit(parameters: INodeParameters, names: ReadonlySet<string>): INodeParameters {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !names.has(name)));
}
