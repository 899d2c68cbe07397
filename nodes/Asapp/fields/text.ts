import type { INodeProperties } from 'n8n-workflow';

import { invalidInput, type AsappError } from '../errors/asappError';
import { quotedAscii } from '../errors/quoted';
import { isExact } from './exactNumber';
import type { Field } from './field';
import type { ItemParameters, Label } from './ItemParameters';

/** A field of {@link requiredText}. */
export function textField(property: INodeProperties): Field<string> {
  return { properties: [property], read: (item, { name, label }) => requiredText(item, name, label) };
}

/** A field of {@link requiredId}. */
export function idField(property: INodeProperties): Field<string> {
  return { properties: [property], read: (item, { name, label }) => requiredId(item, name, label) };
}

/** A field of {@link optionalId}. */
export function optionalIdField(property: INodeProperties): Field<string | undefined> {
  return { properties: [property], read: (item, { name, label }) => optionalId(item, name, label) };
}

/** A field of {@link conversationId}. */
export function conversationIdField(property: INodeProperties): Field<string> {
  return {
    properties: [property],
    read: (item, { name, label }) => conversationId(item, name, label),
    ids: () => [property.displayName],
  };
}

/** An {@link idField} whose ID ASAPP has to know. */
export function knownIdField(property: INodeProperties): Field<string> {
  return { ...idField(property), ids: () => [property.displayName] };
}

/**
 * A text that must be there. Numbers are taken as text, because ids often arrive as numbers.
 *
 * @throws AsappError `invalidInput` when it is empty, as an expression that yields nothing passes n8n's own check, and
 * as {@link toText}.
 */
export function requiredText(parameters: ItemParameters, name: string, label: Label): string {
  return present(toText(parameters.read(name, label), label), label);
}

/**
 * An ID or a name that may be left out: undefined when there is nothing but spaces.
 *
 * @throws AsappError `invalidInput` for a number with a fraction, too: as a number, the ID 1.10 has become 1.1.
 */
export function optionalId(parameters: ItemParameters, name: string, label: Label): string | undefined {
  return toId(parameters.read(name, label), label);
}

/** {@link optionalId} of a value that stands somewhere else than in a field of its own. */
export function toId(value: unknown, label: Label): string | undefined {
  if (typeof value === 'number' && !Number.isInteger(value)) throw inexact(label);
  const text = toText(value, label);
  // In the path of a request, dots would lead elsewhere, and half a character has no form.
  if (text === '.' || text === '..' || /\p{Surrogate}/u.test(text)) {
    throw invalidInput(
      `'${label.displayName}' cannot be an ID or a name; this item has ${quotedAscii(text)}`,
    );
  }
  return text.trim() === '' ? undefined : text;
}

/** An {@link optionalId} that must be there. */
export function requiredId(parameters: ItemParameters, name: string, label: Label): string {
  return present(optionalId(parameters, name, label), label);
}

/**
 * ASAPP's conversation id; the pattern is that of the path parameter in ASAPP's Conversations specification.
 * Spaces and line breaks around a pasted id are dropped.
 */
export function conversationId(parameters: ItemParameters, name: string, label: Label): string {
  const form = "ASAPP's own ID, in capital letters and digits only (e.g. 01BX5ZZKBKACTAV9WEVGEMMVS0)";
  return inForm(requiredId(parameters, name, label).trim(), /^[A-Z0-9]+$/, form, label);
}

/** `text`, or `invalidInput` in which `form` says what it must be. */
export function inForm(text: string, pattern: RegExp, form: string, label: Label): string {
  if (pattern.test(text)) return text;
  throw invalidInput(`'${label.displayName}' must be ${form}; this item has ${quotedAscii(text)}`);
}

/**
 * `value` as text: '' for nothing.
 *
 * @throws AsappError `invalidInput` for any type but text and numbers, and for numbers that have lost digits or would
 * be written with an exponent.
 */
export function toText(value: unknown, label: Label): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'number') {
    throw invalidInput(`'${label.displayName}' must be text; this item has ${typeNameOf(value)}`);
  }
  if (!isExact(value) || String(value).includes('e')) throw inexact(label);
  return String(value);
}

/** The error for a required value that is not there. */
export function empty({ displayName }: Label): AsappError {
  return invalidInput(`'${displayName}' is empty: enter a value, or check that its expression finds one`);
}

/** What a person calls the type of `value`, with an article. */
export function typeNameOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  return TYPE_NAMES[typeof value] ?? `a ${typeof value}`;
}

const TYPE_NAMES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
};

function present(text: string | undefined, label: Label): string {
  if (text === undefined || text === '') throw empty(label);
  return text;
}

function inexact({ displayName }: Label): AsappError {
  return invalidInput(`'${displayName}' is a number that cannot be sent exactly: give it as text`);
}
