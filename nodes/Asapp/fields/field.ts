import type { INodeProperties } from 'n8n-workflow';

import type { ItemParameters, Label } from './ItemParameters';

/** Where a field's value stands in a workflow, and what a message calls it. */
export interface Place {
  name: string;
  label: Label;
}

/** One field: what the editor shows, and how its value is read and checked. */
export interface Field<Value = unknown> {
  property: INodeProperties;
  /**
   * The value for an item.
   *
   * @throws AsappError `invalidInput` that names the field when the value is none that ASAPP takes.
   */
  read(item: ItemParameters, at: Place): Value;
  /** The part of a value that must never be repeated in an output, an error, a hint or a log; absent where none is. */
  secrets?(value: Value): unknown;
}

/** Fields by the name that code has for them. */
export type Fields = Record<string, Field>;

/** What {@link readFields} makes of fields. */
export type Values<F extends Fields> = {
  [Key in keyof F]: F[Key] extends Field<infer Value> ? Value : never;
};

/** The value of a field of the node, or of one inside a collection: `prefix` is its path with a dot at its end. */
export function readField<Value>(field: Field<Value>, item: ItemParameters, prefix = ''): Value {
  const { name, displayName } = field.property;
  const label = field.secrets === undefined ? { displayName } : { displayName, secret: true };
  return field.read(item, { name: prefix + name, label });
}

/** The values of all fields, in their order; the first that is wrong throws. */
export function readFields<F extends Fields>(fields: F, item: ItemParameters, prefix = ''): Values<F> {
  const entries = Object.entries(fields).map(([key, field]) => [key, readField(field, item, prefix)]);
  return Object.fromEntries(entries) as Values<F>;
}

/** Everything secret in values that {@link readFields} read. */
export function secretsOf(fields: Fields, values: Record<string, unknown>): unknown[] {
  return Object.entries(fields).map(([key, { secrets }]) => secrets?.(values[key]));
}

/** The same field with a value that is a secret as a whole. */
export function secret<Value>(field: Field<Value>): Field<Value> {
  return { ...field, secrets: (value) => value };
}

/** The same field, shown and read only while a field before it has one of `values`; undefined otherwise. */
export function when<Value, Condition extends string | boolean>(
  condition: Field<Condition>,
  values: readonly Condition[],
  field: Field<Value>,
): Field<Value | undefined> {
  const { property, secrets } = field;
  const show = { [condition.property.name]: [...values] };
  return {
    property: { ...property, displayOptions: { show } },
    read: (item, at) => (values.includes(readField(condition, item)) ? field.read(item, at) : undefined),
    ...(secrets === undefined
      ? {}
      : { secrets: (value) => (value === undefined ? undefined : secrets(value)) }),
  };
}
