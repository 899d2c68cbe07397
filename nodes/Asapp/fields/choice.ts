import type { INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';
import { quotedAscii } from '../errors/quoted';
import type { Field } from './field';
import type { ItemParameters, Label } from './ItemParameters';
import { toText } from './text';

/** One entry of a list to choose from. `value` is saved in workflows. */
interface Choice<Value extends string> {
  name: string;
  value: Value;
  description?: string;
}

/** A list to choose from, without the list. */
type ListProperty = Omit<INodeProperties, 'type' | 'options' | 'default'>;

/** A field of {@link oneOf}, with the entries of its list; undefined when empty. The editor begins with the first. */
export function optionalChoiceField<const Value extends string>(
  property: ListProperty,
  choices: ReadonlyArray<Choice<Value>>,
): Field<Value | undefined> {
  const values = choices.map(({ value }) => value);
  return {
    properties: [
      {
        ...property,
        type: 'options',
        options: choices.map((choice) => ({ ...choice })),
        default: values[0] ?? '',
      },
    ],
    read: (item, { name, label }) => oneOf(item, name, label, values),
  };
}

/** An {@link optionalChoiceField} in which nothing means `whenEmpty`, which the editor begins with, too. */
export function choiceField<const Value extends string>(
  property: ListProperty,
  choices: ReadonlyArray<Choice<Value>>,
  whenEmpty: NoInfer<Value>,
): Field<Value> {
  const field = optionalChoiceField(property, choices);
  return {
    properties: [{ ...field.properties[0], default: whenEmpty }],
    read: (item, at) => field.read(item, at) ?? whenEmpty,
  };
}

/** A field of {@link toggle}; nothing means its default. */
export function switchField(property: INodeProperties): Field<boolean> {
  return {
    properties: [property],
    read: (item, { name, label }) => toggle(item, name, label, property.default === true),
  };
}

/**
 * One of a closed list of values; undefined when empty.
 *
 * @throws AsappError `invalidInput` listing the values, as an expression may yield any other.
 */
export function oneOf<const T extends string>(
  parameters: ItemParameters,
  name: string,
  label: Label,
  values: readonly T[],
): T | undefined {
  const text = toText(parameters.read(name, label), label);
  if (text === '') return undefined;
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) {
    throw invalidInput(
      `'${label.displayName}' must be ${values.join(' or ')}; this item has ${quotedAscii(text)}`,
    );
  }
  return value;
}

/** A switch. An expression may yield the words "true" and "false" too; nothing means `whenEmpty`. */
export function toggle(parameters: ItemParameters, name: string, label: Label, whenEmpty: boolean): boolean {
  const value = parameters.read(name, label);
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (word === '' || word === undefined || word === null) return whenEmpty;
  if (word === true || word === 'true') return true;
  if (word === false || word === 'false') return false;
  throw invalidInput(`'${label.displayName}' must be true or false`);
}
