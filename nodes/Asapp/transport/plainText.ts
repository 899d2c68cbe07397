/** A value of a credential, a setting or a header as text without spaces around it: '' for what is neither text nor number. */
export function plainText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
