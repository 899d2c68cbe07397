import { array, assert, constantFrom, property, string } from 'fast-check';

import { leavesOf, Redactor } from '../../nodes/Asapp/errors/redact';

const redact = (text: string, secrets: string[]) => new Redactor(secrets).text(text);

describe('redact', () => {
  test.each<[string, string, string[], string]>([
    ['a secret', 'token abcd1234 refused', ['abcd1234'], 'token [redacted] refused'],
    ['a secret at both ends', 'abcd and abcd', ['abcd'], '[redacted] and [redacted]'],
    ['a long secret inside a word', 'xxabcd1234xx', ['abcd1234'], 'xx[redacted]xx'],
    ['no short secret inside a word', 'xxabcdxx', ['abcd'], 'xxabcdxx'],
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

  test('a secret of eight characters or more is in no form left, wherever it stands', () => {
    // None of these characters is in the replacement, so that nothing new can come together around it.
    const characters = string({ unit: constantFrom(...'012/+="\\\n ü&'), minLength: 8, maxLength: 16 });
    // A part of a longer number is another number.
    const secret = characters.filter((text) => /\D/.test(text.trim()) && text.trim().length >= 8);
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

describe('what a secret is made of', () => {
  const bearer = 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln';
  const basic = `Basic ${Buffer.from('agent-user:pass/word+1').toString('base64')}`;

  test.each<[string, string, string[], string]>([
    ['the token alone', 'jwt eyJhbGciOiJIUzI1NiJ9.e30.c2ln expired', [bearer], 'jwt [redacted] expired'],
    ['the user of Basic', 'agent-user is locked', [basic], '[redacted] is locked'],
    ['the password of Basic', 'wrong: pass/word+1', [basic], 'wrong: [redacted]'],
    ['the pair of Basic', '"agent-user:pass/word+1"', [basic], '"[redacted]"'],
    ['a value that was trimmed', 'got abcd 1234', ['  abcd 1234\n'], 'got [redacted]'],
    ['%2f in lower case', 'a%2fb%2Bc1234', ['a/b+c1234'], '[redacted]'],
    ['a form with plus signs', 'x=abcd+1234', ['abcd 1234'], 'x=[redacted]'],
    ['entities of HTML', '<b>a&lt;b&quot;c&#39;d&#x26;e</b>', ['a<b"c\'d&e'], '<b>[redacted]</b>'],
    ['escapes of JSON', 'a\\u003cb\\u00fcc\\/d123', ['a<büc/d123'], '[redacted]'],
    ['JSON in JSON', '"{\\"t\\": \\"ab\\\\\\"cd1234\\"}"', ['ab"cd1234'], '"{\\"t\\": \\"[redacted]\\"}"'],
    ['base64', `x ${Buffer.from('se?cret>>1').toString('base64')} y`, ['se?cret>>1'], 'x [redacted] y'],
    ['base64url', `x ${Buffer.from('se?cret>>1').toString('base64url')} y`, ['se?cret>>1'], 'x [redacted] y'],
    [
      'a token of a URL',
      'token abc123def is used',
      ['https://h/sse?token=abc123def'],
      'token [redacted] is used',
    ],
  ])('%s is taken out', (_name, text, secrets, expected) => {
    expect(redact(text, secrets)).toBe(expected);
  });

  test('a short value is no part of other words', () => {
    expect(redact('customer cust is blocked', ['cust'])).toBe('customer [redacted] is blocked');
    expect(redact('4711 of 147110', ['4711'])).toBe('[redacted] of 147110');
  });

  test('keys stay, values at any depth do not', () => {
    const { value } = {
      value: new Redactor(['secret-value', '4711']).value({
        'secret-value': ['secret-value', 4711, { a: 1 }],
      }),
    };
    expect(value).toEqual({ 'secret-value': ['[redacted]', '[redacted]', { a: 1 }] });
  });

  test('10,000 secrets take no longer than it takes to read them', () => {
    const secrets = Array.from({ length: 10_000 }, (_, index) => `secret-value-${index}`);
    const startedAt = performance.now();
    const text = redact(secrets.slice(0, 500).join(' '), secrets);
    expect(text.replaceAll('[redacted]', '').trim()).toBe('');
    expect(performance.now() - startedAt).toBeLessThan(5_000);
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
