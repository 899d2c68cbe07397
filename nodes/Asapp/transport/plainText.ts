/**
 * A value of a credential, a setting or a header as text without spaces around it: '' for what is neither text nor a
 * whole number, and for a number that has lost digits.
 */
export function plainText(value: unknown): string {
  return typeof value === 'string' || Number.isSafeInteger(value) ? String(value).trim() : '';
}

/** Why {@link plainText} found nothing in a field. */
export function whyNoText(displayName: string, value: unknown): string {
  return typeof value === 'number'
    ? `'${displayName}' is a number that cannot be sent exactly: give it as text`
    : `'${displayName}' is empty`;
}
