const REPLACEMENT = '[redacted]';

/** Shorter values are replaced only where they stand alone, or a one-letter secret would blot out the sentence. */
const SHORT = 4;

/**
 * `text` without any of `secrets`, however they are escaped in it. ASAPP's validator quotes the value it refuses, so
 * its words can contain what the item was trusted with.
 */
export function redact(text: string, secrets: readonly string[]): string {
  let redacted = text;
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    for (const form of formsOf(secret)) {
      redacted = form.length < SHORT ? redactWord(redacted, form) : redacted.split(form).join(REPLACEMENT);
    }
  }
  return redacted;
}

/** Every text and number inside `value`, at any depth, as text: what {@link redact} should look for. */
export function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leavesOf);
  return [];
}

function redactWord(text: string, word: string): string {
  if (word === '') return text;
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`, 'g'), REPLACEMENT);
}

/** A secret as it may stand in a message: as it is, in JSON, in a URL, and in base64 (as in Basic authentication). */
function formsOf(secret: string): Set<string> {
  const base64 = Buffer.from(secret).toString('base64');
  return new Set([secret, JSON.stringify(secret).slice(1, -1), encoded(secret), base64]);
}

function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    // A lone surrogate has no URL form.
    return text;
  }
}
