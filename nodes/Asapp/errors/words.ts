import type { IDataObject } from 'n8n-workflow';

import type { HttpAnswer } from '../transport/exchange';
import type { Redactor } from './redact';

/** What an answer says. An absent fact is an absent key. */
export interface Words {
  code?: string;
  message?: string;
  /** Only ASAPP itself gives one. */
  requestId?: string;
  /** What else ASAPP's error object has. */
  details?: IDataObject;
}

/** A quote is to be read, not to be searched. */
const LONGEST_QUOTE = 200;

/** More of what ASAPP adds to an error than this many characters of JSON is left out. */
const LONGEST_DETAILS = 4_000;

/**
 * ASAPP's error body is `{error: {requestId, message, code?}}`. A gateway in front of it may answer `{message}` or
 * `{fault: {faultstring}}` instead; those words are better than none.
 */
export function wordsOf({ body }: Pick<HttpAnswer, 'body'>): Words {
  const root = asObject(parseJson(body));
  const error = asObject(root?.error);
  const words: Words = {};
  const message = [error?.message, root?.error, root?.message, asObject(root?.fault)?.faultstring].find(
    isText,
  );
  if (message !== undefined) words.message = message;
  if (isText(error?.code)) words.code = error.code;
  if (isText(error?.requestId)) words.requestId = error.requestId;
  const details = detailsOf(error);
  if (details !== undefined && words.requestId !== undefined) words.details = details;
  return words;
}

/**
 * What a body says that is in nobody's known form, such as a page or a list of errors: the beginning of its text, without
 * markup and secrets. Undefined if there is none.
 */
export function quoteOf({ body }: Pick<HttpAnswer, 'body'>, redactor: Redactor): string | undefined {
  const value = parseJson(body);
  const text = value === undefined ? withoutMarkup(body) : textsIn(value).join(': ');
  // Before it is cut, as half a secret would no longer be known.
  const plain = redactor.text(text.replace(/\s+/g, ' ').trim());
  if (plain === '') return undefined;
  return plain.length > LONGEST_QUOTE ? `${plain.slice(0, LONGEST_QUOTE)}…` : plain;
}

function detailsOf(error: Record<string, unknown> | undefined): IDataObject | undefined {
  const { message: _message, code: _code, requestId: _requestId, ...details } = error ?? {};
  const isLong = JSON.stringify(details).length > LONGEST_DETAILS;
  return isLong || Object.keys(details).length === 0 ? undefined : (details as IDataObject);
}

/** The texts at the ends of lists and objects, each once. */
function textsIn(value: unknown): string[] {
  if (isText(value)) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap(textsIn))];
}

function withoutMarkup(text: string): string {
  return text
    .replace(/<!--[\s\S]*?-->|<(script|style|head)\b[\s\S]*?<\/\1\s*>/gi, ' ')
    .replace(/<\/?[a-z!?][^>]*>/gi, ' ')
    .replace(/&(#\d{1,7}|#x[\da-f]{1,6}|amp|lt|gt|quot|apos|nbsp);/gi, (_whole, name: string) =>
      ofEntity(name),
    );
}

const ENTITIES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function ofEntity(name: string): string {
  if (!name.startsWith('#')) return ENTITIES.get(name.toLowerCase()) ?? ' ';
  const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
