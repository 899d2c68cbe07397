import type { IDataObject } from 'n8n-workflow';

import type { HttpAnswer } from '../transport/exchange';
import { isJsonObject } from '../transport/jsonObject';
import type { Redactor } from './redact';
import { withoutEntities } from './unescape';

/**
 * What an answer says, without secrets. An absent fact is an absent key.
 *
 * - `isAsapps`: it has the form of ASAPP's errors, `{error: {requestId, message, code?}}`.
 * - `message`: ASAPP's own, whole; of another form the beginning of its words, without markup.
 * - `details`: what else ASAPP's error object has.
 */
export interface Words {
  isAsapps: boolean;
  message?: string;
  code?: string;
  requestId?: string;
  details?: IDataObject;
}

/** How many characters of foreign words are quoted. */
const MOST_QUOTED = 200;

/** How much of a foreign answer is looked at. */
const MOST_READ = 64 * 1024;

/** How deep words are looked for, and how deep a value may be to be handled at all: more exhausts the stack. */
const DEEPEST_WORDS = 4;
const DEEPEST_VALUE = 50;

/** How many characters of JSON the details may have. */
const MOST_DETAILS = 4_000;

/** Reads the body of a refusal. Every text in what is returned went through `redactor`. */
export function wordsOf(answer: HttpAnswer, redactor: Redactor): Words {
  const json = jsonIn(answer.body);
  const error = isJsonObject(json) ? json.error : undefined;
  if (isJsonObject(error) && (isText(error.message) || isText(error.requestId))) {
    return wordsOfAsapp(error, redactor);
  }
  const quote = quoteOf(foreignWords(answer, json), redactor);
  return { isAsapps: false, ...(quote === '' ? {} : { message: quote }) };
}

function foreignWords({ status, body }: HttpAnswer, json: unknown): string {
  if (status >= 300) return json === undefined ? body : (saidIn(json) ?? (hasText(json) ? body : ''));
  // What is no refusal may be data, such as the URL of a stream with its token: only a page and an error are words.
  if (json === undefined) return /^\s*</.test(body) ? body : '';
  return isJsonObject(json) ? (saidIn(json.error) ?? '') : '';
}

function wordsOfAsapp({ message, code, requestId, ...others }: IDataObject, redactor: Redactor): Words {
  const said = saidIn({ message, ...others });
  const details = detailsOf(others, redactor);
  return {
    isAsapps: true,
    ...(said === undefined ? {} : { message: redactor.text(said) }),
    ...(isText(code) ? { code: redactor.name(code) } : {}),
    ...(isText(requestId) ? { requestId: redactor.name(requestId) } : {}),
    ...(Object.keys(details).length === 0 ? {} : { details }),
  };
}

/** As many of the keys as there is room for. */
function detailsOf(others: IDataObject, redactor: Redactor): IDataObject {
  let room = MOST_DETAILS;
  const entries = Object.entries(others)
    .filter(([, value]) => isShallow(value))
    .filter((entry) => {
      room -= JSON.stringify(entry).length;
      return room >= 0;
    });
  return redactor.value(Object.fromEntries(entries)) as IDataObject;
}

/** Where gateways and frameworks put their words, the most telling first. */
const KEYS = [
  'message',
  'Message',
  'error_description',
  'errorMessage',
  'detail',
  'details',
  'description',
  'msg',
  'reason',
  'faultstring',
  'error',
  'errors',
  'fault',
  'title',
];

/** The words in a JSON value; undefined if there are none in a place that is known. */
function saidIn(value: unknown, depth = 0): string | undefined {
  if (isText(value)) return value;
  if (typeof value !== 'object' || value === null || depth > DEEPEST_WORDS) return undefined;
  if (Array.isArray(value)) {
    return (
      value
        .map((entry) => saidIn(entry, depth + 1))
        .filter(isText)
        .join('; ') || undefined
    );
  }
  const values = value as IDataObject;
  return KEYS.map((key) => saidIn(values[key], depth + 1)).find(isText);
}

/** Whether there is a text in a JSON value, in whatever place. */
function hasText(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isText(value);
  return isShallow(value) && Object.values(value).some(hasText);
}

function isShallow(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth < DEEPEST_VALUE && Object.values(value).every((inner) => isShallow(inner, depth + 1));
}

/** The first time removes what markup could hide, the second what it had torn apart. */
function quoteOf(words: string, redactor: Redactor): string {
  const text = redactor.text(withoutMarkup(redactor.text(words.slice(0, MOST_READ))));
  const characters = Array.from(text);
  return characters.length > MOST_QUOTED ? `${characters.slice(0, MOST_QUOTED).join('')}…` : text;
}

function withoutMarkup(text: string): string {
  const visible = text.replace(/<!--[^]*?(?:-->|$)|<(script|style|template)\b[^]*?(?:<\/\1\s*>|$)/gi, ' ');
  // What stands in the head, a title at most, mostly stands in the body as well.
  return plain(visible.replace(/<head\b[^]*?(?:<\/head\s*>|$)/i, ' ')) || plain(visible);
}

function plain(markup: string): string {
  const text = markup
    // What stands inside a word.
    .replace(/<\/?(?:a|b|code|em|font|i|mark|small|span|strong|u|wbr)\b[^<>]*>/gi, '')
    .replace(/<[!/?a-z][^<>]*(?:>|$)/gi, ' ');
  return withoutEntities(text)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
