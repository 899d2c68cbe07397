import type { INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';
import type { ItemParameters, Label } from './ItemParameters';

/** Where a field's value stands in a workflow, and what a message calls it. */
export interface Place {
  name: string;
  label: Label;
}

/** One value of an item: the fields that the editor shows for it, and how it is read and checked. */
export interface Field<Value = unknown> {
  /** Mostly one; the first names the value. */
  properties: [INodeProperties, ...INodeProperties[]];
  /**
   * The value for an item.
   *
   * @throws AsappError `invalidInput` that names the field when the value is none that ASAPP takes.
   */
  read(item: ItemParameters, at: Place): Value;
  /** The part of a value that must never be repeated in an output, an error, a hint or a log; absent where none is. */
  secrets?(value: Value): unknown;
  /** What the editor calls the ID in a value that ASAPP has to know, for advice; absent where it is none. */
  ids?(value: Value): string[];
}

/** Fields by the name that code has for them. */
export type Fields = Record<string, Field>;

/** What {@link readerOf} makes of fields. */
export type Values<F extends Fields> = {
  [Key in keyof F]: F[Key] extends Field<infer Value> ? Value : never;
};

/** Where a field's value stands; `prefix` is the path to it with a dot at its end. */
function placeOf({ properties, secrets }: Field, prefix: string): Place {
  const [{ name, displayName }] = properties;
  return {
    name: prefix + name,
    label: secrets === undefined ? { displayName } : { displayName, secret: true },
  };
}

/** The value of a field of the node. */
export function readField<Value>(field: Field<Value>, item: ItemParameters): Value {
  return field.read(item, placeOf(field, ''));
}

/** What reads all fields of an item, in their order; the first that is wrong throws. Made once for many items. */
export function readerOf<F extends Fields>(fields: F, prefix = ''): (item: ItemParameters) => Values<F> {
  const readers = Object.entries(fields).map(([key, field]) => ({ key, field, at: placeOf(field, prefix) }));
  return (item) => {
    const values: Record<string, unknown> = {};
    for (const { key, field, at } of readers) values[key] = field.read(item, at);
    return values as Values<F>;
  };
}

/** What the editor shows for fields, in their order. */
export function propertiesOf(fields: Fields): INodeProperties[] {
  return Object.values(fields).flatMap(({ properties }) => properties);
}

/** Everything secret in values that were read of fields. */
export function secretValues(fields: Fields, values: Record<string, unknown>): unknown[] {
  return Object.entries(fields).map(([key, { secrets }]) => secrets?.(values[key]));
}

/** What the editor calls the fields whose IDs ASAPP has to know. */
export function idLabels(fields: Fields, values: Record<string, unknown>): string[] {
  return Object.entries(fields).flatMap(([key, { ids }]) => ids?.(values[key]) ?? []);
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
  const { properties, secrets, ids } = field;
  const [first, ...others] = properties;
  const show = { [conditionKey(condition)]: [...values] };
  const shown = (property: INodeProperties): INodeProperties => ({
    ...property,
    displayOptions: { ...property.displayOptions, show: { ...property.displayOptions?.show, ...show } },
  });
  return {
    properties: [shown(first), ...others.map(shown)],
    read: (item, at) => (values.includes(readField(condition, item)) ? field.read(item, at) : undefined),
    ...(ids === undefined ? {} : { ids: (value) => (value === undefined ? [] : ids(value)) }),
    ...(secrets === undefined
      ? {}
      : { secrets: (value) => (value === undefined ? undefined : secrets(value)) }),
  };
}

/**
 * How a display rule names a field. From the root, it is no dependency to n8n: a field that itself depends on the fields
 * that it shows would be a circle.
 */
function conditionKey({ properties: [{ name }, ...others] }: Field): string {
  return others.some((other) => other.name === name) ? `/${name}` : name;
}

/** The same field, refused where `other`, a field beside it, is empty: its value has no place in a request then. */
export function needing<Value>(other: Field, field: Field<Value>): Field<Value> {
  const [{ displayName }] = other.properties;
  return {
    ...field,
    read: (item, at) => {
      const value = field.read(item, at);
      const beside = at.name.slice(0, at.name.lastIndexOf('.') + 1);
      if (value !== undefined && other.read(item, placeOf(other, beside)) === undefined) {
        throw invalidInput(`'${at.label.displayName}' needs '${displayName}', which is empty`);
      }
      return value;
    },
  };
}
