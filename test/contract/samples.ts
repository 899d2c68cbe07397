import type {
  INodeParameters,
  INodeProperties,
  INodePropertyCollection,
  NodeParameterValueType,
} from 'n8n-workflow';

import type { Field } from './description';

/** Parameters of an operation, and where each value stands that may be found in the request. */
export interface Sample {
  /** The choices it is made with, for the name of a test. */
  title: string;
  parameters: INodeParameters;
  /** Values by the path of their field. */
  values: Map<string, string>;
}

/** What is sent when every field is filled, once for each value of a field that decides which others are there. */
export function fullSamples(resource: string, operation: string, fields: Field[]): Sample[] {
  return choicesOf(fields).map((choices) => sample(resource, operation, fields, choices, () => true));
}

/** What is sent when only the required fields are filled, for each such value. */
export function minimalSamples(resource: string, operation: string, fields: Field[]): Sample[] {
  return choicesOf(fields).map((choices) => sample(resource, operation, fields, choices, isNeeded));
}

/** The editor cannot ask for one of several parts; the node does. */
function isNeeded({ name, required }: INodeProperties): boolean {
  return required === true || name === 'auth';
}

/** The fields that decide which others are shown, or what the node does before or after the call: they are not sent. */
export function steeringFields(fields: Field[]): string[] {
  const deciding = fields.flatMap(({ property }) => conditionsOf(property).map(([name]) => name));
  return ['waitForReply', 'returnAll', 'limit', 'options.lookBeforeSending', ...deciding];
}

/** The fields on which the visibility of another one hangs, each with the values that show it. */
function conditionsOf({ displayOptions }: INodeProperties): Array<[name: string, values: unknown[]]> {
  return Object.entries(displayOptions?.show ?? {}).flatMap(([key, values]) => {
    const name = key.replace(/^\//, '');
    return ['resource', 'operation', 'waitForReply'].includes(name) ? [] : [[name, values ?? []]];
  });
}

type Choices = Record<string, string | boolean>;

/** All combinations of the values on which the visibility of other fields hangs. */
function choicesOf(fields: Field[]): Choices[] {
  const deciding = new Map<string, Set<string | boolean>>();
  for (const { property } of fields) {
    for (const [name, values] of conditionsOf(property)) {
      if (name === 'errorHandling') continue;
      const known = deciding.get(name) ?? new Set();
      for (const value of values) known.add(value as string | boolean);
      deciding.set(name, known);
    }
  }
  for (const { path, property } of fields) {
    const known = deciding.get(path);
    if (property.type === 'boolean') for (const value of [true, false]) known?.add(value);
    if (property.type !== 'options') continue;
    for (const option of property.options ?? []) if ('value' in option) known?.add(String(option.value));
  }
  return [...deciding].reduce<Choices[]>(
    (all, [name, values]) =>
      all.flatMap((choices) => [...values].map((value) => ({ ...choices, [name]: value }))),
    [{}],
  );
}

function sample(
  resource: string,
  operation: string,
  fields: Field[],
  choices: Choices,
  isFilled: (property: INodeProperties) => boolean,
): Sample {
  const values = new Map<string, string>();
  const parameters: INodeParameters = { resource, operation, ...choices };
  const top = fields.filter(({ path }) => !path.includes('.'));
  for (const { property } of top) {
    const { name } = property;
    if (name in choices || name === 'waitForReply' || name.startsWith('error')) continue;
    if (!isShown(property, choices) || !(isFilled(property) || name === 'options')) continue;
    parameters[name] = filled(property, name, values, name === 'options' ? isFilled : () => true);
  }
  const title = Object.entries(choices).map(([name, value]) => `${name} ${String(value)}`);
  return { title: title.join(', '), parameters, values };
}

function isShown(property: INodeProperties, choices: Choices): boolean {
  return conditionsOf(property).every(
    ([name, values]) => !(name in choices) || values.includes(choices[name]),
  );
}

/** Options that shape the delivery; what they do is tested elsewhere. */
const DELIVERY = ['maxConcurrency', 'maxOutage', 'maxRequestsPerSecond', 'replyTimeout', 'timeout'];

function filled(
  property: INodeProperties,
  path: string,
  values: Map<string, string>,
  isFilled: (property: INodeProperties) => boolean,
): NodeParameterValueType {
  const note = (value: string) => {
    values.set(path, value);
    return value;
  };
  switch (property.type) {
    case 'collection': {
      const inside = ((property.options ?? []) as INodeProperties[]).filter(
        (option) => option.type !== 'hidden' && isFilled(option) && !DELIVERY.includes(option.name),
      );
      const entries = inside.map((option) => [
        option.name,
        filled(option, `${path}.${option.name}`, values, () => true),
      ]);
      return Object.fromEntries(entries) as INodeParameters;
    }
    case 'fixedCollection': {
      const [group] = (property.options ?? []) as INodePropertyCollection[];
      const row = (group?.values ?? []).map((value) => [
        value.name,
        filled(value, `${path}.${group?.name}.${value.name}`, values, () => true),
      ]);
      return { [group?.name ?? '']: [Object.fromEntries(row)] } as INodeParameters;
    }
    case 'assignmentCollection':
      note('assigned');
      return { assignments: [{ id: '1', name: 'a.b', type: 'string', value: 'assigned' }] };
    case 'options':
      return note(lastOption(property));
    case 'boolean':
      return true;
    case 'number':
      return property.name === 'maxRetries' ? 0 : (property.default as number);
    case 'dateTime':
      return note('2021-11-23T12:13:14.000Z');
    case 'json':
      note(firstText(JSON.parse(exampleOf(property))));
      return exampleOf(property);
    default:
      return note(textFor(property, values.size));
  }
}

function lastOption({ options = [] }: INodeProperties): string {
  const last = options.at(-1);
  return last !== undefined && 'value' in last ? String(last.value) : '';
}

/** Its own example, told apart from the others by a number where it is long enough for one. */
function textFor(property: INodeProperties, count: number): string {
  const example = exampleOf(property).replace(/[^\w.:/@-]/g, '-');
  return example.length <= 2 ? example || `value${count}` : `${example}${count}`;
}

/** The first text at the end of lists and objects. */
function firstText(value: unknown): string {
  return typeof value === 'object' && value !== null ? firstText(Object.values(value)[0]) : String(value);
}

function exampleOf({ placeholder = '' }: INodeProperties): string {
  return placeholder.replace(/^e\.g\. /, '');
}
