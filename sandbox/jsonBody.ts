import type { Readable } from 'node:stream';

import { AsappError } from './errors';

/** The largest request body that is accepted, in bytes. */
export const BODY_LIMIT = 1_048_576;

/**
 * Reads a request body to its end as text. A body over the limit is read too, but not kept, so that the
 * client gets to see the answer; then it fails with 413.
 */
export async function readText(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  if (size > BODY_LIMIT) {
    throw new AsappError(413, `ERROR - The request body is larger than ${BODY_LIMIT} bytes`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Parses a body as JSON. Fails with 400 if the content type or the text is something else. */
export function parseJson(text: string, contentType: string | undefined): unknown {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') {
    throw new AsappError(400, `ERROR - Content-Type must be application/json, not ${mediaType ?? 'absent'}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new AsappError(400, "ERROR - [Path '/'] The request body is not JSON");
  }
}
