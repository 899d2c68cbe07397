/** Strings, names and numbers as they stand in JSON or in a JavaScript object; only a number has a group. */
const TOKENS =
  /"[^"\\]*(?:\\[^][^"\\]*)*"|'[^'\\]*(?:\\[^][^'\\]*)*'|[A-Za-z_$][\w$]*|(-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)/gi;

const DECIMAL = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i;

/** Whether a number arrives as the number it is: integers beyond 2^53 have lost digits, NaN and Infinity become null. */
export function isExact(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}

/** Whether a text is a number in digits, with or without a point and an exponent. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text) && !Number.isNaN(Number(text)) && text !== '';
}

/** The number that a text means; undefined if it is no decimal number, or if the number would have another value. */
export function exactNumber(text: string): number | undefined {
  const value = Number(text);
  const isNumber = isDecimal(text) && isExact(value);
  return isNumber && canonical(text) === canonical(String(value)) ? value : undefined;
}

/**
 * The same JSON, with Infinity (as JSON may write it) for each number that JavaScript would read as another one. Reading
 * it then shows where they are, which reading the text as it is would not.
 */
export function withInexactAsInfinity(json: string): string {
  return json.replace(TOKENS, (token, number: string | undefined) =>
    number === undefined || exactNumber(number) !== undefined ? token : '1e999',
  );
}

/** Sign, digits and power of ten, the same for every way to write a number. */
function canonical(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  if (end === 0) return '0';
  const power = Number(exponent) - fraction.length + digits.length - end;
  return `${sign === '-' ? sign : ''}${digits.slice(0, end)}e${power}`;
}
