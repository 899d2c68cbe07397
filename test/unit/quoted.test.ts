import fc from 'fast-check';

import { quoted, quotedAscii, shown } from '../../nodes/Asapp/errors/quoted';

const text = fc.string({ unit: 'binary', maxLength: 200 });
/** More of what deceives than chance would bring. */
const tricky = fc
  .array(
    fc.oneof(
      fc.constantFrom('a', 'B', '1', ' ', '"', '\\', '\u200B', '\u202E', '\u0430', '\uFF21', '\uD83D'),
      text,
    ),
  )
  .map((parts) => parts.join(''));

test('quotes at most 60 characters, and says that there are more', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '\u{1F600}', 'é'), maxLength: 200 }), (name) => {
      const characters = Array.from(name);
      const expected = characters.length > 60 ? `${characters.slice(0, 60).join('')}…` : name;
      expect(JSON.parse(quoted(name))).toBe(expected);
    }),
  );
});

test('shows no character that is not seen', () => {
  fc.assert(
    fc.property(tricky, (name) => {
      for (const message of [quoted(name), quotedAscii(name)]) {
        expect(message).not.toMatch(/[^\P{C}]|[^\P{Z} ]|\p{Default_Ignorable_Code_Point}/u);
        expect(() => JSON.parse(message) as unknown).not.toThrow();
      }
    }),
    { numRuns: 1000 },
  );
});

test('as ASCII, it is ASCII but for the sign that there is more', () => {
  fc.assert(
    fc.property(tricky, (name) => {
      expect(quotedAscii(name)).toMatch(/^[ -~]*…?"$/);
    }),
    { numRuns: 1000 },
  );
});

test('of two texts that look the same, at least one looks different', () => {
  const plain = 'plan';
  for (const other of [
    'pl\u0430n',
    'plan\u200B',
    '\u202Eplan',
    'pl\u{1D41A}n',
    'ｐlan',
    'p\u2060lan',
    'plan\u00A0',
  ]) {
    expect(quoted(other)).not.toBe(quoted(plain));
    expect(quoted(other)).toMatch(/<U\+[0-9A-F]{4,6}>/);
  }
});

test.each(['Kündigung', '顧客の名前', 'имя_клиента', 'όνομα', 'ชื่อ', 'a b', 'naïve café', '𠮷野家'])(
  '%s is a name and stays one',
  (name) => {
    expect(shown(name)).toBe(name);
  },
);
