/** What stands where something was redacted: signs, or a word in brackets. */
const MASK = /[*█•]|#{2,}|X{2,}|\[[A-Z_ -]+\]|<[A-Z_ -]+>/;

/** Whether a text with masks in it can be what is left of another: what stands between the masks is there, in order. */
export function isRedactionOf(shown: string, text: string): boolean {
  const [first, ...between] = shown.split(MASK) as [string, ...string[]];
  const last = between.pop();
  if (last === undefined) return false;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
    return false;
  const end = text.length - last.length;
  let position = first.length;
  for (const part of between) {
    const found = text.indexOf(part, position);
    if (found === -1 || found + part.length > end) return false;
    position = found + part.length;
  }
  return true;
}
