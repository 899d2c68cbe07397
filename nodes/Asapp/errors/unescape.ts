/** A text without its escapes; character `i` of it was written between `from[i]` and `to[i]`. */
export interface Unescaped {
  text: string;
  from: readonly number[];
  to: readonly number[];
}

/** JSON inside JSON inside a URL is as deep as anybody nests. */
const DEEPEST = 3;

/**
 * Undoes the escapes of URLs, HTML and JSON, also those of one inside another, and takes any blank for a space, so that
 * two texts that mean the same are the same.
 */
export function unescape(text: string): Unescaped {
  let unescaped: Unescaped = {
    text,
    from: Array.from({ length: text.length }, (_, index) => index),
    to: Array.from({ length: text.length }, (_, index) => index + 1),
  };
  for (let depth = 0; depth < DEEPEST && ESCAPE.test(unescaped.text); depth++) {
    unescaped = rewritten(unescaped, ESCAPE, meaningOf);
  }
  return rewritten(unescaped, BLANK, () => [{ text: ' ' }]);
}

/** What an HTML page means where it writes `&…;`. */
export function withoutEntities(text: string): string {
  return text.replace(new RegExp(ENTITY, 'gi'), (entity) => ofEntity(entity));
}

const ENTITY = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,8});/i;

const ESCAPE = new RegExp(
  String.raw`(?:%[\da-f]{2})+|${ENTITY.source}|\\(?:u[\da-f]{4}|x[\da-f]{2}|["'\\/bfnrt])`,
  'i',
);

/** A plus is a space in a form. */
const BLANK = /[\s+]+/;

/** A piece of what was meant; without `length`, the whole escape means it, else so many characters. */
interface Piece {
  text: string;
  length?: number;
}

function rewritten(
  { text, from, to }: Unescaped,
  pattern: RegExp,
  meaning: (match: string) => Piece[],
): Unescaped {
  const parts: string[] = [];
  const newFrom: number[] = [];
  const newTo: number[] = [];
  const put = (piece: string, start: number, end: number) => {
    parts.push(piece);
    for (let index = 0; index < piece.length; index++) {
      newFrom.push(from[start] ?? 0);
      newTo.push(to[end - 1] ?? 0);
    }
  };
  const copy = (start: number, end: number) => {
    parts.push(text.slice(start, end));
    for (let index = start; index < end; index++) {
      newFrom.push(from[index] ?? 0);
      newTo.push(to[index] ?? 0);
    }
  };
  let done = 0;
  for (const { 0: match, index } of text.matchAll(new RegExp(pattern, `g${pattern.flags}`))) {
    copy(done, index);
    let start = index;
    for (const piece of meaning(match)) {
      const end = start + (piece.length ?? match.length);
      put(piece.text, start, end);
      start = end;
    }
    done = index + match.length;
  }
  copy(done, text.length);
  return { text: parts.join(''), from: newFrom, to: newTo };
}

/** The signs that are likely in a text or in a secret; others stay as they are written. */
const NAMED = new Map(
  Object.entries({
    amp: '&',
    apos: "'",
    bull: '•',
    colon: ':',
    comma: ',',
    commat: '@',
    copy: '©',
    dollar: '$',
    equals: '=',
    excl: '!',
    gt: '>',
    hellip: '…',
    lowbar: '_',
    lpar: '(',
    lsquo: '‘',
    lt: '<',
    mdash: '—',
    middot: '·',
    nbsp: ' ',
    ndash: '–',
    num: '#',
    percnt: '%',
    period: '.',
    plus: '+',
    quest: '?',
    quot: '"',
    rpar: ')',
    rsquo: '’',
    semi: ';',
    sol: '/',
  }),
);

const CONTROLS = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

function meaningOf(escape: string): Piece[] {
  const rest = escape.slice(1);
  switch (escape.charAt(0)) {
    case '%':
      return ofBytes(Buffer.from(escape.replaceAll('%', ''), 'hex'));
    case '&':
      return [{ text: ofEntity(escape) }];
    default:
      return [{ text: rest.length > 1 ? ofHex(rest.slice(1)) : (CONTROLS.get(rest) ?? rest) }];
  }
}

function ofEntity(entity: string): string {
  const name = entity.slice(1, -1).toLowerCase();
  if (!name.startsWith('#')) return NAMED.get(name) ?? entity;
  const code = name.startsWith('#x') ? parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
}

function ofHex(digits: string): string {
  return String.fromCharCode(parseInt(digits, 16));
}

/** Each byte was three characters. Bytes that are no UTF-8 are taken one by one. */
function ofBytes(bytes: Buffer): Piece[] {
  const text = bytes.toString();
  if (text.includes('\ufffd'))
    return Array.from(bytes.toString('latin1'), (char) => ({ text: char, length: 3 }));
  return Array.from(text, (char) => ({ text: char, length: 3 * Buffer.byteLength(char) }));
}
