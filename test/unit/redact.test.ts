import { array, assert, constantFrom, property, string } from 'fast-check';

import { leavesOf, redact } from '../../nodes/Asapp/errors/redact';

describe('redact', () => {
  test.each<[string, string, string[], string]>([
    ['a secret', 'token abcd1234 refused', ['abcd1234'], 'token [redacted] refused'],
    ['a secret at both ends', 'abcd and abcd', ['abcd'], '[redacted] and [redacted]'],
    ['a secret inside a word', 'xxabcdxx', ['abcd'], 'xx[redacted]xx'],
    ['several secrets', 'abcd, efgh', ['efgh', 'abcd'], '[redacted], [redacted]'],
    ['the longer of two', 'abcdefgh', ['abcd', 'abcdefgh'], '[redacted]'],
    ['what a pattern would misread', 'is a.c+d (x)* it', ['a.c+d (x)*'], 'is [redacted] it'],
    ['only what is there', 'axc+d', ['a.c+d'], 'axc+d'],
    ['a dollar sign', "costs $& and $'", ["$& and $'"], 'costs [redacted]'],
    ['quotes escaped in JSON', 'got \\"ab\\ncd\\"', ['"ab\ncd"'], 'got [redacted]'],
    ['a form of a URL', '?t=a%2Fb%3D%20c', ['a/b= c'], '?t=[redacted]'],
    ['letters beyond ASCII', 'für Grüße', ['Grüße'], 'für [redacted]'],
    ['emoji', 'an 👩‍👩‍👧👩‍👩‍👧 x', ['👩‍👩‍👧👩‍👩‍👧'], 'an [redacted] x'],
    ['a secret over two lines', 'a\nbcd e', ['a\nbcd'], '[redacted] e'],
    ['nothing without secrets', 'token abcd', [], 'token abcd'],
    ['nothing for an empty secret', 'token abcd', [''], 'token abcd'],
    ['a lone surrogate', 'x \ud800abc y', ['\ud800abc'], 'x [redacted] y'],
  ])('takes out %s', (_name, text, secrets, expected) => {
    expect(redact(text, secrets)).toBe(expected);
  });

  test.each<[string, string, string]>([
    ['PIN 12 is wrong', '12', 'PIN [redacted] is wrong'],
    ['PIN is 12', '12', 'PIN is [redacted]'],
    ['"12"', '12', '"[redacted]"'],
    ['line 123 of 512', '12', 'line 123 of 512'],
    ['a bad day', 'a', '[redacted] bad day'],
    ['no (.) here', '.', 'no ([redacted]) here'],
    ['400-03', '3', '400-03'],
  ])('a short secret is taken out where it stands alone: %s', (text, secret, expected) => {
    expect(redact(text, [secret])).toBe(expected);
  });

  test('a secret of four characters or more is in no form left, wherever it stands', () => {
    // None of these characters is in the replacement, so that nothing new can come together around it.
    const secret = string({ unit: constantFrom(...'012/+="\\\n ü&'), minLength: 4, maxLength: 12 });
    assert(
      property(
        array(secret, { minLength: 1, maxLength: 4 }),
        string(),
        string(),
        (secrets, before, after) => {
          const forms = secrets.flatMap((value) => [
            value,
            JSON.stringify(value).slice(1, -1),
            encodeURIComponent(value),
          ]);
          const redacted = redact(before + forms.join(after) + after, secrets);
          return forms.every((form) => !redacted.includes(form));
        },
      ),
    );
  });
});

describe('leavesOf', () => {
  test.each<[string, unknown, string[]]>([
    ['a text', 'abc', ['abc']],
    ['an empty text', '', []],
    ['a number', 4711, ['4711']],
    ['zero', 0, ['0']],
    ['nothing', undefined, []],
    ['null', null, []],
    ['a switch', true, []],
    ['values at any depth', { a: 'x', b: { c: ['y', { d: 5 }] }, e: '' }, ['x', 'y', '5']],
    ['values, not names', { name: 'value' }, ['value']],
    ['a list with gaps', ['a', undefined, null, 'b'], ['a', 'b']],
  ])('finds %s', (_name, value, expected) => {
    expect(leavesOf(value)).toEqual(expected);
  });
});
