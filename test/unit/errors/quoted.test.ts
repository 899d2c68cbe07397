import { quoted, quotedAscii, shown } from '../../../nodes/Asapp/errors/quoted';

test.each([
  ['plain', '"plain"'],
  ['a "quote"\n', String.raw`"a \"quote\"\n"`],
  ['01ABC\u200b', '"01ABC<U+200B>"'],
  ['a\u00a0b', '"a<U+00A0>b"'],
  ['a\u2800b', '"a<U+2800>b"'],
  ['a\ufe0f', '"a<U+FE0F>"'],
  // A Cyrillic a in a Latin word, and in a word of its own script.
  ['p\u0430ypal мама', '"p<U+0430>ypal мама"'],
  ['\u0430', '"\u0430"'],
  // Wide and bold letters and digits, but no others.
  ['Ａ１', '"<U+FF21><U+FF11>"'],
  ['𝐀', '"<U+1D400>"'],
  ['é ß ½ ²', '"é ß ½ <U+00B2>"'],
  ['日本 Grüße', '"日本 Grüße"'],
])('%j is quoted', (text, expected) => {
  expect(quoted(text)).toBe(expected);
  expect(shown(text)).toBe(expected.slice(1, -1));
});

test('what should be ASCII has every other character named, line breaks apart', () => {
  expect(quotedAscii('abc ~\t\n')).toBe(String.raw`"abc ~\t\n"`);
  expect(quotedAscii('Größe 😀')).toBe('"Gr<U+00F6><U+00DF>e <U+1F600>"');
});

test('60 characters are shown, whole ones', () => {
  expect(quoted('x'.repeat(60))).toBe(`"${'x'.repeat(60)}"`);
  expect(quoted('x'.repeat(61))).toBe(`"${'x'.repeat(60)}…"`);
  expect(quoted('日'.repeat(500))).toBe(`"${'日'.repeat(60)}…"`);
  expect(quoted('𠮷'.repeat(60))).toBe(`"${'𠮷'.repeat(60)}"`);
  expect(quoted('𠮷'.repeat(61))).toBe(`"${'𠮷'.repeat(60)}…"`);
  expect(quoted(`${'x'.repeat(60)}\u200b`)).toBe(`"${'x'.repeat(60)}…"`);
});
