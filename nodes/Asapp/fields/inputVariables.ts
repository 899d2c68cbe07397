import type { DisplayCondition, IDataObject, INodeProperties } from 'n8n-workflow';

import { assignmentsField } from './assignments';
import { switchField } from './choice';
import { fieldsOrJson } from './common';
import { propertiesOf, readField, when, type Field } from './field';
import { jsonField } from './json';

const input = fieldsOrJson(
  'inputVariablesInput',
  'Specify Input Variables',
  'How to enter the context that tasks can read',
);

const rows: Field<IDataObject | undefined> = assignmentsField({
  displayName: 'Input Variables',
  name: 'inputVariables',
  type: 'assignmentCollection',
  default: {},
  description: 'Context that tasks can read, e.g. the current plan of the customer',
});

const json = jsonField({
  displayName: 'Input Variables (JSON)',
  name: 'inputVariablesJson',
  type: 'json',
  default: '{}',
  placeholder: 'e.g. {"customer_info": {"current_plan": "SILVER"}}',
  hint: 'e.g. {"customer_info": {"current_plan": "SILVER"}}',
  description: 'JSON object with the context that tasks can read',
});

const toggle: INodeProperties = {
  displayName: 'Add Input Variables',
  name: 'addInputVariables',
  type: 'boolean',
  noDataExpression: true,
  default: false,
  description: 'Whether to give GenerativeAgent context that tasks can read, e.g. the plan of the customer',
};

const GIVEN: DisplayCondition = { _cnd: { exists: true } };
// From the root: n8n up to 2.8 looks in vain for a field that is called like a path.
const ROWS_GIVEN = { '/inputVariables.assignments': [GIVEN] };
const JSON_GIVEN = { inputVariablesJson: [{ _cnd: { not: '{}' } }] };

/** Off, but on for a node that has variables and was saved without the switch: they must not be lost. */
const add: Field<boolean> = {
  ...switchField(toggle),
  properties: [
    { ...toggle, displayOptions: { hide: { ...ROWS_GIVEN, ...JSON_GIVEN } } },
    { ...toggle, default: true, displayOptions: { show: { inputVariables: [GIVEN], ...ROWS_GIVEN } } },
    { ...toggle, default: true, displayOptions: { show: JSON_GIVEN, hide: ROWS_GIVEN } },
  ],
};

const shown = {
  input: when(add, [true], input),
  rows: when(add, [true], when(input, ['fields'], rows)),
  json: when(add, [true], when(input, ['json'], json)),
};

/**
 * The editor removes the value of a field that is no longer shown. Each of these has the name of a field that is not, so
 * that what was entered is there again when it is.
 */
const keepers = {
  json: when(
    add,
    [true],
    when(input, ['fields'], keeper(json, 'A dot in a name nests: customer_info.current_plan')),
  ),
  rows: when(
    add,
    [true],
    when(input, ['json'], keeper(rows, 'Only this JSON is sent. Fields that were entered are kept.')),
  ),
};

function keeper({ properties: [{ name, default: empty }], ...field }: Field, displayName: string): Field {
  return { ...field, properties: [{ displayName, name, type: 'notice', default: empty }] };
}

/** The switch, and behind it the variables as rows or as JSON; undefined where there are none. */
export const inputVariablesField: Field<IDataObject | undefined> = {
  properties: [...add.properties, ...propertiesOf(shown), ...propertiesOf(keepers)] as Field['properties'],
  read: (item) => readField(shown.rows, item) ?? readField(shown.json, item),
};
