import type { Connection } from '../transport/exchange';
import { unescape, type Unescaped } from './unescape';

const REPLACEMENT = '[redacted]';

/** A shorter value, and a word of letters alone, is replaced only where it is a word: it is in other words by chance. */
const LONG = 8;

/** Shorter values make a base64 that other words contain by chance. */
const LONG_ENOUGH_FOR_BASE64 = 4;

/** Longer segments of a URL's path are no names of an API. */
const LONG_SEGMENT = 16;

/** Every value that must not be repeated: the API key's, and those of `others` at any depth. Keys are no secrets. */
export function secretsOf({ credentials }: Connection, ...others: unknown[]): string[] {
  return leavesOf([credentials.apiSecret, credentials.apiId, others]);
}

/** Every text and number inside `value`, at any depth, as text. */
export function leavesOf(value: unknown): string[] {
  const leaves: string[] = [];
  const collect = (inner: unknown): void => {
    if (typeof inner === 'string') {
      if (inner !== '') leaves.push(inner);
    } else if (typeof inner === 'number') leaves.push(String(inner));
    else if (typeof inner === 'object' && inner !== null) Object.values(inner).forEach(collect);
  };
  collect(value);
  return leaves;
}

/**
 * Takes secrets out of what comes from outside: ASAPP's validator, for one, quotes the value that it refuses. It knows
 * each secret, its parts (the token of `Bearer …`, user and password of `Basic …`, long words, what a URL carries), and
 * how they are written in JSON, URLs, HTML and base64.
 */
export class Redactor {
  private readonly asWritten = new Needles();
  private readonly unescaped = new Needles();

  constructor(secrets: readonly string[]) {
    for (const { text, isWord } of new Map(
      secrets.flatMap((secret) => [...partsOf(secret)]).map((part) => [part.text, part]),
    ).values()) {
      for (const form of formsOf(text)) this.asWritten.add(form, isWord);
      for (const form of [text, ...base64Of(text)]) this.unescaped.add(unescape(form).text, isWord);
    }
    this.asWritten.seal();
    this.unescaped.seal();
  }

  /** A text for people. */
  text(value: string): string {
    return this.without(value, true);
  }

  /** Every text and number in a value from outside; its keys stay. */
  value(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.text(String(value)) === String(value) ? value : REPLACEMENT;
    if (Array.isArray(value)) return value.map((entry) => this.value(entry));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, this.value(part)]));
  }

  /** A name that is compared, such as a code: a short value that is a part of it is there by chance. */
  name(value: string): string {
    return this.without(value, this.asWritten.has(value));
  }

  private without(value: string, withShort: boolean): string {
    const { text, from, to }: Unescaped = unescape(value);
    const ranges = [
      ...this.asWritten.rangesIn(value, withShort),
      ...this.unescaped
        .rangesIn(text, withShort)
        .map(({ start, end }) => ({ start: from[start] ?? 0, end: to[end - 1] ?? 0 })),
    ];
    return replaced(value, ranges);
  }
}

interface Range {
  start: number;
  end: number;
}

/** Texts to look for. The time it takes to find them does not grow with their number. */
class Needles {
  private readonly pending = new Map<string, boolean>();
  /** By how they begin, then by length, the longest first. The flag: only where it is a word. */
  private readonly long = new Map<string, Map<number, Map<string, boolean>>>();
  private readonly short = new Set<string>();

  add(needle: string, isWord: boolean): void {
    if (needle.trim() === '') return;
    this.pending.set(needle, isWord && (this.pending.get(needle) ?? true));
  }

  seal(): void {
    const longestFirst = [...this.pending].sort(([a], [b]) => b.length - a.length);
    this.pending.clear();
    for (const [needle, isWord] of longestFirst) {
      if (needle.length < LONG) {
        this.short.add(needle);
        continue;
      }
      const beginning = needle.slice(0, LONG);
      const byLength = this.long.get(beginning) ?? new Map<number, Map<string, boolean>>();
      const needles = byLength.get(needle.length) ?? new Map<string, boolean>();
      this.long.set(beginning, byLength.set(needle.length, needles.set(needle, isWord)));
    }
  }

  has(needle: string): boolean {
    return this.short.has(needle);
  }

  rangesIn(text: string, withShort: boolean): Range[] {
    const ranges: Range[] = [];
    for (let start = 0; start < text.length; start++) {
      const end = this.endOfLong(text, start) ?? (withShort ? this.endOfShort(text, start) : undefined);
      if (end !== undefined) ranges.push({ start, end });
    }
    return ranges;
  }

  private endOfLong(text: string, start: number): number | undefined {
    for (const [length, needles] of this.long.get(text.slice(start, start + LONG)) ?? []) {
      const needle = text.slice(start, start + length);
      const isWord = needles.get(needle);
      if (isWord === undefined) continue;
      const end = start + length;
      // A part of a longer number is another number.
      const isNumber = /^\d+$/.test(needle);
      if (isAlone(text, start, end, isWord ? WORD : isNumber ? DIGIT : undefined)) return end;
    }
    return undefined;
  }

  private endOfShort(text: string, start: number): number | undefined {
    if (this.short.size === 0) return undefined;
    for (let end = Math.min(start + LONG - 1, text.length); end > start; end--) {
      if (this.short.has(text.slice(start, end)) && isAlone(text, start, end, WORD)) return end;
    }
    return undefined;
  }
}

const WORD = /[\p{L}\p{N}_]/u;
const DIGIT = /\d/;

function isAlone(text: string, start: number, end: number, neighbor: RegExp | undefined): boolean {
  if (neighbor === undefined) return true;
  return !neighbor.test(text.charAt(start - 1)) && !neighbor.test(text.charAt(end));
}

function replaced(text: string, ranges: Range[]): string {
  let result = '';
  let done = 0;
  for (const { start, end } of ranges.sort((a, b) => a.start - b.start)) {
    if (start >= done) result += text.slice(done, start) + REPLACEMENT;
    done = Math.max(done, end);
  }
  return result + text.slice(done);
}

/** A secret or a part of it. `isWord`: it is one word of several, and looks like any other. */
interface Part {
  text: string;
  isWord: boolean;
}

function* partsOf(secret: string): Iterable<Part> {
  const whole = secret.trim();
  yield { text: secret, isWord: false };
  yield { text: whole, isWord: false };
  const [, scheme = '', rest = ''] = /^(bearer|basic|token|apikey|digest)\s+(.+)$/is.exec(whole) ?? [];
  if (rest !== '') yield { text: rest, isWord: false };
  if (scheme.toLowerCase() === 'basic') {
    const pair = Buffer.from(rest, 'base64').toString();
    const colon = pair.indexOf(':');
    for (const text of [pair, pair.slice(0, Math.max(colon, 0)), pair.slice(colon + 1)]) {
      yield { text, isWord: false };
    }
  }
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(whole) && URL.canParse(whole)) yield* partsOfUrl(new URL(whole));
  yield* wordsOf(whole);
}

/** Long words, and the value of each `name=value`. */
function* wordsOf(text: string): Iterable<Part> {
  for (const word of text.split(/[\s,;]+/)) {
    const value = word.slice(word.indexOf('=') + 1).replace(/^["']|["']$/g, '');
    for (const part of [word, value]) {
      if (part.length >= LONG) yield { text: part, isWord: part !== text && /^\p{L}+$/u.test(part) };
    }
  }
}

function* partsOfUrl(url: URL): Iterable<Part> {
  const segments = url.pathname.split('/').filter(({ length }) => length >= LONG_SEGMENT);
  const values = [...url.searchParams.values(), url.username, url.password, url.search, url.hash];
  for (const text of [...values, ...segments]) yield { text, isWord: false };
}

/** A part as it may be written whatever stands around it; {@link unescape} finds the rarer ways. */
function formsOf(part: string): Set<string> {
  const url = urlEncoded(part);
  const lowerCase = url.replace(/%[\dA-F]{2}/g, (byte) => byte.toLowerCase());
  return new Set([part, JSON.stringify(part).slice(1, -1), url, lowerCase, ...base64Of(part)]);
}

function base64Of(part: string): string[] {
  if (part.length < LONG_ENOUGH_FOR_BASE64) return [];
  const bytes = Buffer.from(part);
  const [padded, url] = [bytes.toString('base64'), bytes.toString('base64url')];
  const unpadded = padded.replace(/=+$/, '');
  return [padded, unpadded, url, url + padded.slice(unpadded.length)];
}

function urlEncoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    // A lone surrogate has no URL form.
    return text;
  }
}
