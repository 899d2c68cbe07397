import { leavesOf, Redactor, secretsOf } from '../../../nodes/Asapp/errors/redact';

const CONNECTION = {
  baseUrl: 'https://api.asapp.com',
  credentials: { apiId: 'the-api-id', apiSecret: 'the-api-secret' },
};

/** The text as it is shown when this is secret. */
const shown = (text: string, ...secrets: string[]) => new Redactor(secrets).text(text);

test('the API key is secret, and every text and number of the others, at any depth', () => {
  const others = [{ token: 'T', pin: 1234 }, [['deep', '']], null, true];
  expect(secretsOf(CONNECTION as never, ...others)).toEqual([
    'the-api-secret',
    'the-api-id',
    'T',
    '1234',
    'deep',
  ]);
  expect(leavesOf(null)).toEqual([]);
  expect(leavesOf(undefined)).toEqual([]);
});

test.each([
  ['Bearer abc def', 'abc def'],
  ['bearer  abc.def', 'abc.def'],
  ['Token t0k', 't0k'],
  ['ApiKey k3y', 'k3y'],
  ['Digest d1g', 'd1g'],
  ['BASIC cTp3', 'cTp3'],
])('of %s the rest is secret, too', (secret, rest) => {
  expect(shown(`It was ${rest}.`, secret)).toBe('It was [redacted].');
});

test.each(['Cookie c00', 'The Bearer b00', 'Bearerb00'])('%s has no such rest', (secret) => {
  const rest = secret.slice(-3);
  expect(shown(`It was ${rest}.`, secret)).toBe(`It was ${rest}.`);
});

test('of Basic, user and password are secret', () => {
  const basic = `Basic ${Buffer.from('ann:p:w').toString('base64')}`;
  expect(shown('ann', basic)).toBe('[redacted]');
  expect(shown('p:w', basic)).toBe('[redacted]');
  expect(shown('ann:p:w', basic)).toBe('[redacted]');
  const alone = `Basic ${Buffer.from('nobody').toString('base64')}`;
  expect(shown('nobody', alone)).toBe('[redacted]');
  const bearer = `Bearer ${Buffer.from('ann:p:w').toString('base64')}`;
  expect(shown('ann p:w', bearer)).toBe('ann p:w');
});

test('of several words, the long ones are secret, and the values of names', () => {
  const secret = `name=first-value; other="second-value",'third-value' short`;
  expect(shown('first-value', secret)).toBe('[redacted]');
  expect(shown('second-value', secret)).toBe('[redacted]');
  expect(shown('third-value', secret)).toBe('[redacted]');
  expect(shown('name=first-value', secret)).toBe('[redacted]');
  expect(shown('short name other', secret)).toBe('short name other');
  // Eight characters are long, seven are not.
  expect(shown('12345678x 1234567', 'a 12345678x 1234567')).toBe('[redacted] 1234567');
  expect(shown('abcd-678', 'a abcd-678')).toBe('[redacted]');
  expect(shown('abcd-67', 'a abcd-67')).toBe('abcd-67');
});

test('a word of letters among several is secret only as a word, alone it is everywhere', () => {
  expect(shown('password passwords', 'my password')).toBe('[redacted] passwords');
  expect(shown('password passwords', 'password')).toBe('[redacted] [redacted]s');
  expect(shown('passw0rd passw0rds', 'my passw0rd')).toBe('[redacted] [redacted]s');
});

test('of a URL, what it carries is secret, and long parts of its path', () => {
  const url = 'https://ann:pw1@host.example.com/v1/short/a-long-segment-16?token=t1&x=y2#frag';
  for (const part of ['ann', 'pw1', 't1', 'y2', '?token=t1&x=y2', '#frag', 'a-long-segment-16']) {
    expect(shown(`>${part}<`, url)).toBe('>[redacted]<');
  }
  expect(shown('v1 short', url)).toBe('v1 short');
  expect(shown('host', url)).toBe('host');
  expect(shown('abcdefghijklmno1', 'https://h.example.com/abcdefghijklmno1')).toBe('[redacted]');
  expect(shown('abcdefghijklmn1', 'https://h.example.com/abcdefghijklmn1')).toBe('abcdefghijklmn1');
  // No URL, only like one.
  expect(shown('t1', 'see https://h.example.com/?token=t1')).toBe('t1');
  expect(shown('t1', '1https://h.example.com/?token=t1')).toBe('t1');
  expect(shown('t1', 'mailto:ann?token=t1')).toBe('t1');
  expect(shown('t1', 'a+b.c-1://h/?token=t1')).toBe('[redacted]');
});

test.each([
  ['in JSON', String.raw`a\"b\\c-d-e`],
  ['in a URL', 'a%22b%5Cc-d-e'],
  ['in a URL, in lower case', 'a%22b%5cc-d-e'],
  ['in base64', Buffer.from('a"b\\c-d-e').toString('base64')],
  ['in base64 without padding', Buffer.from('a"b\\c-d-e').toString('base64').replace(/=+$/, '')],
])('a secret is known %s', (_name, written) => {
  expect(shown(`>${written}<`, 'a"b\\c-d-e')).toBe('>[redacted]<');
});

test('base64 for URLs is known, with and without padding', () => {
  const secret = '~~~???>>>~';
  const padded = Buffer.from(secret).toString('base64');
  const url = Buffer.from(secret).toString('base64url');
  expect(padded).toBe('fn5+Pz8/Pj4+fg==');
  for (const written of [padded, url, `${url}==`]) expect(shown(`>${written}<`, secret)).toBe('>[redacted]<');
});

test('a value of four characters is known in base64, one of three is not', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  expect(shown(`>${base64('a1b2')}<`, 'a1b2')).toBe('>[redacted]<');
  expect(shown(`>${base64('a1b')}<`, 'a1b')).toBe(`>${base64('a1b')}<`);
});

test('a short value is replaced only where it is a word', () => {
  expect(shown('abc abcd xabc a_abc abc.', 'abc')).toBe('[redacted] abcd xabc a_abc [redacted].');
  expect(shown('1234567 91234567', '1234567')).toBe('[redacted] 91234567');
});

test('a long number is not a part of a longer one, a long text is everywhere', () => {
  expect(shown('12345678 123456789 012345678 x12345678', '12345678')).toBe(
    '[redacted] 123456789 012345678 x[redacted]',
  );
  expect(shown('xabcdefg1x', 'abcdefg1')).toBe('x[redacted]x');
  expect(shown('xabcdefg19', 'abcdefg1')).toBe('x[redacted]9');
});

test('what overlaps is replaced as one', () => {
  expect(shown('abcdefgh-ijklmnop-qrst', 'abcdefgh-ijklmnop', 'ijklmnop-qrst')).toBe('[redacted]');
  expect(shown('a abcdefgh b abcdefgh c', 'abcdefgh')).toBe('a [redacted] b [redacted] c');
});

test('the longest that fits is replaced', () => {
  expect(shown('abcdefgh-long', 'abcdefgh', 'abcdefgh-long')).toBe('[redacted]');
  expect(shown('ab ab-cd', 'ab', 'ab-cd')).toBe('[redacted] [redacted]');
});

test('nothing is secret about spaces, or nothing', () => {
  expect(shown('a b  c', ' ', '', '   ')).toBe('a b  c');
  expect(shown('>abcdefgh<', ' abcdefgh ')).toBe('>[redacted]<');
  expect(shown('> abcdefgh <', ' abcdefgh ')).toBe('>[redacted]<');
  expect(shown('anything', '')).toBe('anything');
});

test('a lone surrogate has no form in a URL, and is secret all the same', () => {
  expect(shown('>\ud800abcdefgh<', '\ud800abcdefgh')).toBe('>[redacted]<');
});

test('texts and numbers in a value are replaced, its keys stay', () => {
  const redactor = new Redactor(['the-api-secret', '1234']);
  expect(
    redactor.value({
      'the-api-secret': ['x the-api-secret', 1234, 12345, null, true, undefined],
      n: { m: 7 },
    }),
  ).toEqual({ 'the-api-secret': ['x [redacted]', '[redacted]', 12345, null, true, undefined], n: { m: 7 } });
  expect(redactor.value(null)).toBeNull();
  expect(redactor.value(false)).toBe(false);
});

test('a name is compared: a short value is replaced if it is the whole, a long one wherever it is', () => {
  const redactor = new Redactor(['404', 'abcdefgh']);
  expect(redactor.name('404-01')).toBe('404-01');
  expect(redactor.name('404')).toBe('[redacted]');
  expect(redactor.name('x-abcdefgh')).toBe('x-[redacted]');
  expect(redactor.text('404-01')).toBe('[redacted]-01');
});
