/** How many characters of a name or value a message shows. */
const MOST = 60;

/** What nobody sees on a screen, line breaks and tabs apart: those have escapes that everybody knows. */
const INVISIBLE = /[^\P{C}\n\r\t]|[^\P{Z} ]|\p{Default_Ignorable_Code_Point}|\u2800/gu;

/** Scripts with letters that look like Latin ones: they give themselves away inside a Latin word. */
const LOOK_ALIKE =
  /[\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Lisu}]/gu;

/**
 * A name or text inside a message: short enough to be read, with characters made visible that are not seen or pass for
 * others, as in `"01ABC<U+200B>"`.
 */
export function quoted(text: string): string {
  return JSON.stringify(shortened(text, withoutDisguise));
}

/** {@link quoted} for what should be plain ASCII, such as an ID: every other character is named. */
export function quotedAscii(text: string): string {
  return JSON.stringify(shortened(text, (part) => part.replace(/[^ -~\n\r\t]/gu, named)));
}

/** {@link quoted} without the quotes, for where a message has its own. */
export function shown(text: string): string {
  return quoted(text).slice(1, -1);
}

function shortened(text: string, reveal: (part: string) => string): string {
  // A character takes one or two places in a string, so this much is enough.
  const characters = Array.from(text.slice(0, 2 * MOST + 1));
  return characters.length > MOST ? `${reveal(characters.slice(0, MOST).join(''))}…` : reveal(text);
}

function withoutDisguise(text: string): string {
  return text
    .replace(/[\p{L}\p{M}\p{N}]+/gu, (word) =>
      /\p{Script=Latin}/u.test(word) ? word.replace(LOOK_ALIKE, named) : word,
    )
    .replace(/[^\P{L} -~]|[^\P{N} -~]/gu, (character) =>
      // Wide, bold and other styled forms of ASCII letters and digits.
      /^[ -~]+$/.test(character.normalize('NFKC')) ? named(character) : character,
    )
    .replace(INVISIBLE, named);
}

function named(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `<U+${code}>`;
}
