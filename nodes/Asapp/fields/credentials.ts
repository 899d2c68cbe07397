import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';
import { quoted, quotedAscii, shown } from '../errors/quoted';
import type { Field } from './field';
import type { ItemParameters, Label } from './ItemParameters';
import { isEmptyObject, jsonObject } from './json';
import { empty, toText } from './text';
import { textRows } from './textRows';

/** Where named credentials end up, which decides what a name may be. */
export type Carrier = 'header' | 'cookie';

/** A field of {@link credentialText}. */
export function credentialField(property: INodeProperties, isScheme = false): Field<string | undefined> {
  return {
    properties: [property],
    read: (item, { name, label }) => credentialText(item, name, label, isScheme),
  };
}

/**
 * A token, a password or a user name; undefined when the field was not added. `isScheme`: the name of a scheme is none.
 *
 * @throws AsappError `invalidInput` for an added one that {@link assertCredential} refuses.
 */
function credentialText(
  parameters: ItemParameters,
  name: string,
  label: Label,
  isScheme: boolean,
): string | undefined {
  if (!parameters.isGiven(name)) return undefined;
  const text = toText(parameters.read(name, label), label);
  assertCredential(text, label, isScheme);
  return text;
}

/** Refuses a token that is empty, that is a scheme with nothing behind it, or that no header could carry. */
export function assertToken(text: string, label: Label): void {
  assertCredential(text, label, true);
}

/**
 * A JSON object whose values are credentials; undefined when the field was not added, or is an empty object.
 *
 * @throws AsappError `invalidInput` for one whose expression finds nothing, and for one that has nothing but empty values.
 */
export function credentialObject(
  parameters: ItemParameters,
  name: string,
  label: Label,
): IDataObject | undefined {
  if (!parameters.isGiven(name)) return undefined;
  const values = jsonObject(parameters, name, label);
  if (values === undefined) throw empty(label);
  if (isEmptyObject(values)) return undefined;
  assertNotAllEmpty(values, label);
  return values;
}

/**
 * The rows of a fixed collection of `name` and `value` as one object; undefined without rows.
 *
 * @throws AsappError `invalidInput` for a row without name, a name given twice, and what {@link assertCarriable} refuses.
 */
export function namedCredentials(
  parameters: ItemParameters,
  name: string,
  label: Label,
  carrier: Carrier,
): IDataObject | undefined {
  // Before a message quotes a name: what follows it may be its value.
  const values = textRows(parameters, name, label, (key) => assertName(key, label, carrier));
  if (values !== undefined) assertCarriable(values, label, carrier);
  return values;
}

/**
 * Refuses names and values that would not arrive as the header or cookie they are meant to be: empty ones, those that
 * would break out of it, and headers whose names differ in capitals only. Values may hold lists and objects.
 */
export function assertCarriable(values: IDataObject, label: Label, carrier: Carrier): void {
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(values)) {
    assertName(name, label, carrier);
    const folded = carrier === 'header' ? name.toLowerCase() : name;
    const other = names.get(folded);
    if (other !== undefined) {
      throw invalidInput(
        `'${label.displayName}' has both ${quoted(other)} and ${quoted(name)}, which are the same header: keep one`,
      );
    }
    names.set(folded, name);
    if (namesInside(value).some(isBroken)) throw broken(rowLabel(label, name));
    for (const leaf of leaves(value)) {
      assertCredential(leaf, rowLabel(label, name), /authorization$/i.test(name));
      if (carrier === 'cookie' && typeof leaf === 'string' && leaf.includes(';')) {
        throw invalidInput(
          `'${rowLabel(label, name).displayName}' has a semicolon, which ends a cookie: give each cookie by its own name`,
        );
      }
    }
  }
}

/** Refuses an object, a list or a value in which there is nothing at any depth. */
export function assertNotAllEmpty(value: unknown, { displayName }: Label): void {
  if (leaves(value).every((leaf) => isEmpty(leaf) || isRemainder(leaf, false))) {
    throw invalidInput(
      `'${displayName}' has nothing but empty values: check that its expressions find them, or leave it out`,
    );
  }
}

/** RFC 9110 for headers. Browsers and servers allow more in the name of a cookie than its RFC does. */
const FORBIDDEN_IN_NAME: Record<Carrier, RegExp> = {
  header: /[^\w!#$%&'*+.^`|~-]/u,
  cookie: /[\s;=,]|\p{Cc}/u,
};

function assertName(name: string, { displayName }: Label, carrier: Carrier): void {
  if (name.trim() === '') throw invalidInput(`'${displayName}' has a ${carrier} without a name`);
  const found = FORBIDDEN_IN_NAME[carrier].exec(name);
  if (found === null) return;
  // What follows may be the value, pasted along.
  const after = found.index === 0 ? '' : `, after ${quoted(name.slice(0, found.index))}`;
  throw invalidInput(
    `'${displayName}' has a name with ${quotedAscii(found[0])} in it${after}: the name of a ${carrier} cannot have that`,
  );
}

function assertCredential(value: unknown, label: Label, isScheme: boolean): void {
  if (isEmpty(value)) throw empty(label);
  if (isRemainder(value, isScheme)) {
    throw invalidInput(
      `'${label.displayName}' has no credential, only what is left of one when an expression finds nothing: check its expression`,
    );
  }
  if (typeof value === 'string' && isBroken(value)) throw broken(label);
}

function isBroken(text: string): boolean {
  return /[\p{Cc}\u2028\u2029]/u.test(text);
}

function broken({ displayName }: Label): Error {
  return invalidInput(`'${displayName}' has a line break or control character`);
}

function rowLabel(label: Label, name: string): Label {
  return { ...label, displayName: `${label.displayName} → ${shown(name)}` };
}

/** Every value at the ends of lists and objects; an empty list or object is an end, too. */
function leaves(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [value];
  const inside = Object.values(value);
  return inside.length === 0 ? [undefined] : inside.flatMap(leaves);
}

/** The names inside of a value, at any depth. */
function namesInside(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const names = Array.isArray(value) ? [] : Object.keys(value);
  return [...names, ...Object.values(value).flatMap(namesInside)];
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** The registered schemes of the Authorization header, and those that are common without being registered. */
const SCHEME =
  /^(?:basic|bearer|concealed|digest|dpop|gnap|hoba|mutual|negotiate|ntlm|oauth|privatetoken|scram-sha-1|scram-sha-256|vapid|api-?key|hawk|jwt|key|token)(?:\s+|$)/i;

/** What an expression that finds nothing leaves in a text. */
const MISSING = /^(?:undefined|null|NaN|\[object \w+\])$/;

/**
 * Whether a text is what `Bearer {{ $json.missing }}` and the like come to. A scheme without the space behind it may be
 * meant, as in a header that names the type of a token; `isScheme` says that it cannot be.
 */
function isRemainder(value: unknown, isScheme: boolean): boolean {
  if (typeof value !== 'string') return false;
  const text = value.trim();
  const scheme = SCHEME.exec(text)?.[0] ?? '';
  const credential = text.slice(scheme.length);
  if (scheme !== '' && credential === '') return isScheme || text !== value.trimStart();
  return MISSING.test(credential) || (/^basic/i.test(scheme) && isMissingPair(credential));
}

/** Whether the user and password of Basic authentication are both empty, or one of them was not found. */
function isMissingPair(base64: string): boolean {
  const [user = '', ...rest] = Buffer.from(base64, 'base64').toString().split(':');
  const password = rest.join(':');
  return (user === '' && password === '') || MISSING.test(user) || MISSING.test(password);
}
