import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { keepingEmpty } from '../fields/collection';
import { deliveryOptions, replyTimeout } from '../fields/deliveryOptions';
import { propertiesOf, type Fields } from '../fields/field';
import type { Operation } from './operation';

/** A group of operations, as ASAPP's documentation groups them. */
export interface Resource {
  /** The entry in the editor's Resource list. `value` is saved in workflows. */
  option: { name: string; value: string };
  /** In the order of the editor; the first is the default. */
  operations: [Operation, ...Operation[]];
}

/** The Operation list of a resource and the fields of its operations, each shown for its own operation only. */
export function fieldsOfResource({ option, operations }: Resource): INodeProperties[] {
  const firstOperation = operations[0].option.value;
  return [
    {
      displayName: 'Operation',
      name: 'operation',
      type: 'options',
      noDataExpression: true,
      displayOptions: { show: { resource: [option.value] } },
      options: operations.map((operation) => operation.option),
      default: firstOperation,
    },
    ...operations.flatMap((operation) =>
      updateDisplayOptions(shownFor(option, operation), propertiesOf(operation.fields)),
    ),
  ];
}

/** The Options collection of each operation: its own entries and those that every operation has, by name. */
export function optionsOfResource({ option, operations }: Resource): INodeProperties[] {
  return operations.map((operation) => ({
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add Option',
    default: {},
    displayOptions: shownFor(option, operation),
    options: keepingEmpty(
      'options',
      propertiesOf(allOptionsOf(operation)).sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
    ),
  }));
}

/** Its own entries of the Options collection, and those that the way of delivery gives it. */
export function allOptionsOf({ options, repliesIn }: Operation): Fields {
  return { ...options, ...deliveryOptions, ...(repliesIn === undefined ? {} : { replyTimeout }) };
}

function shownFor(resource: Resource['option'], { option }: Operation) {
  return { show: { resource: [resource.value], operation: [option.value] } };
}
