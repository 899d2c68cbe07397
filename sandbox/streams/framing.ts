import type { Misbehaviour } from './misbehaviour';

/** The name of the server-sent events that carry what GenerativeAgent says. */
export const EVENT_NAME = 'generative-agent-message';

const LINE_ENDS = { lf: '\n', crlf: '\r\n', cr: '\r' } as const;

/** How server-sent events look on the wire. */
export type Framing = Pick<Misbehaviour, 'lineEnd' | 'dataLines' | 'comments' | 'pings'>;

/** Ends every line, and the event with an empty one. */
function block(lines: readonly string[], { lineEnd = 'lf' }: Framing): string {
  const end = LINE_ENDS[lineEnd];
  return lines.map((line) => line + end).join('') + end;
}

/** A keep-alive. ASAPP does not say what is in it. */
export function pingText(framing: Framing): string {
  return block(['event: status', 'data: {"status":"ping"}'], framing);
}

/** A payload as a server-sent event, after what else the framing puts before it. */
export function eventText(payload: unknown, framing: Framing): string {
  const data = JSON.stringify(payload, null, framing.dataLines === true ? 2 : undefined).split('\n');
  const comment = framing.comments === true ? [': a comment'] : [];
  const before = framing.pings === true ? pingText(framing) + block(['data: uncategorised'], framing) : '';
  return (
    before +
    (comment.length > 0 ? block(comment, framing) : '') +
    block([`event: ${EVENT_NAME}`, ...comment, ...data.map((line) => `data: ${line}`)], framing)
  );
}

/** The bytes in pieces of at most so many; without a size, in one. */
export function chunksOf(bytes: Buffer, size: number | undefined): Buffer[] {
  if (size === undefined || bytes.length <= size) return [bytes];
  const chunks: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += size) chunks.push(bytes.subarray(from, from + size));
  return chunks;
}
