import fc from 'fast-check';

import { exactNumber, withInexactAsInfinity } from '../../nodes/Asapp/fields/exactNumber';

/** The value of digits and a power of ten as a fraction, by which an oracle can compare without rounding. */
function valueOf(text: string): [numerator: bigint, denominator: bigint] {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const power = BigInt(exponent) - BigInt(fraction.length);
  const digits = BigInt(whole + fraction);
  return power >= 0n ? [digits * 10n ** power, 1n] : [digits, 10n ** -power];
}

function isSame(one: string, other: string): boolean {
  const [a, b] = valueOf(one);
  const [c, d] = valueOf(other);
  return a * d === c * b;
}

const digits = fc.stringMatching(/^[0-9]{1,25}$/);
const decimal = fc
  .tuple(digits, fc.option(digits), fc.option(fc.integer({ min: -30, max: 30 })))
  .map(([whole, fraction, exponent]) =>
    [whole, fraction === null ? '' : `.${fraction}`, exponent === null ? '' : `e${exponent}`].join(''),
  );

test('a number is exact if JSON writes the same value again, and no integer beyond 2^53', () => {
  fc.assert(
    fc.property(decimal, (text) => {
      const value = Number(text);
      const isUnsafe = Number.isInteger(value) && !Number.isSafeInteger(value);
      const expected = !isUnsafe && isSame(text, JSON.stringify(value)) ? value : undefined;
      expect(exactNumber(text)).toBe(expected);
      expect(exactNumber(`-${text}`)).toBe(expected === undefined ? undefined : -expected);
    }),
    { numRuns: 2000 },
  );
});

test.each(['', ' ', '.', '-', 'e5', '0x10', '1_0', 'Infinity', 'NaN', '1e400', '1,5', '١'])(
  '%j is no number',
  (text) => {
    expect(exactNumber(text)).toBeUndefined();
  },
);

test('JSON that JavaScript wrote of exact numbers stays as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.boolean(), (value, isIndented) => {
      const json = JSON.stringify(
        value,
        (_key, part: unknown) =>
          typeof part === 'number' && Number.isInteger(part) && !Number.isSafeInteger(part) ? 0.5 : part,
        isIndented ? 2 : 0,
      );
      expect(withInexactAsInfinity(json)).toBe(json);
    }),
    { numRuns: 2000 },
  );
});

test('a long number takes no long time', () => {
  const json = `{"a": 0.${'0'.repeat(200_000)}1, "b": "${'\\"1'.repeat(100_000)}"}`;
  expect(withInexactAsInfinity(json)).toMatch(/^\{"a": 1e999, "b": /);
});
