import { quoted, shown } from '../errors/quoted';

/**
 * Reads `words` of a row: words or phrases, separated by commas, of which a message must have one. Capitals make no
 * difference, and a `*` at the end stands for the rest of a word.
 *
 * @throws Error that names the branch and the words when a `*` stands elsewhere.
 */
export function readWords(words: string, branchName: string): (message: string) => boolean {
  const patterns = words
    .split(/[,;\n]/)
    .map((phrase) => phrase.trim())
    .filter((phrase) => phrase !== '')
    .map((phrase) => patternOf(phrase, branchName));
  return (message) => patterns.some((pattern) => pattern.test(message));
}

const LETTER = String.raw`[\p{L}\p{N}]`;

function patternOf(phrase: string, branchName: string): RegExp {
  const isBeginning = phrase.endsWith('*');
  const said = isBeginning ? phrase.slice(0, -1).trimEnd() : phrase;
  if (said === '' || said.includes('*')) {
    throw new Error(
      `'Message Words' of the branch '${shown(branchName)}' has ${quoted(phrase)}: write words such as not enabled, or quota* for all that begin with quota`,
    );
  }
  const text = said
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`))
    .join(String.raw`\s+`);
  return new RegExp(`(?<!${LETTER})${text}${isBeginning ? '' : `(?!${LETTER})`}`, 'iu');
}
