import { invalidInput } from '../errors/asappError';
import type { ItemParameters, Label } from './ItemParameters';

/**
 * A text that may be left out: undefined when empty. Numbers are taken as text, because ids often arrive as numbers.
 *
 * @throws AsappError `invalidInput` for any other type, and for integers too large to be exact.
 */
export function optionalText(parameters: ItemParameters, name: string, label: Label): string | undefined {
  const text = toText(parameters.read(name, label), label);
  return text === '' ? undefined : text;
}

/**
 * A text that must be there.
 *
 * @throws AsappError `invalidInput` when it is empty, as an expression that yields nothing passes n8n's own check.
 */
export function requiredText(parameters: ItemParameters, name: string, label: Label): string {
  const text = optionalText(parameters, name, label);
  if (text === undefined) {
    throw invalidInput(
      `'${label.displayName}' is empty: enter a value, or check that its expression finds one`,
    );
  }
  return text;
}

/**
 * ASAPP's conversation id; the pattern is that of the path parameter in ASAPP's Conversations specification.
 * Spaces and line breaks around a pasted id are dropped.
 */
export function conversationId(parameters: ItemParameters): string {
  const label = { displayName: 'Conversation ID' };
  const id = requiredText(parameters, 'conversationId', label).trim();
  if (!/^[A-Z0-9]+$/.test(id)) {
    throw invalidInput(
      `'Conversation ID' must be ASAPP's own ID, in capital letters and digits only (e.g. 01BX5ZZKBKACTAV9WEVGEMMVS0); this item has ${quoted(id)}`,
    );
  }
  return id;
}

/** `value` as text: '' for nothing. */
export function toText(value: unknown, { displayName }: Label): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw invalidInput(`'${displayName}' must be text; this item has ${typeNameOf(value)}`);
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw invalidInput(`'${displayName}' is a number too large to be exact: give it as text`);
  }
  return String(value);
}

/** A value from an item inside a message: short enough to be read, with invisible characters made visible. */
export function quoted(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(shown);
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
