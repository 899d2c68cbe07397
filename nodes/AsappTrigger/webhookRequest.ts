import type { IWebhookFunctions } from 'n8n-workflow';

import { readEvent, type GenerativeAgentEvent } from '../Asapp/events/event';
import { isSameSecret, readWebhookSecret } from './webhookSecret';

/** How a call is answered that does not start the workflow. */
export interface Refusal {
  status: 400 | 401 | 413;
  message: string;
}

/**
 * The longest body that is read, in bytes. An event has one text or a few variables; whoever may call should not be able
 * to fill the executions that n8n stores. n8n's own limit for all webhooks, N8N_PAYLOAD_SIZE_MAX (16 MiB unless it is
 * set), comes before this one.
 */
export const LONGEST_BODY = 1024 * 1024;

/** The events of a call, at least one; `skipped` is how many parts of a list were none. Or why it is refused. */
export async function readCall(
  context: IWebhookFunctions,
): Promise<{ events: GenerativeAgentEvent[]; skipped: number } | Refusal> {
  if (!(await isAuthentic(context))) return { status: 401, message: 'The secret is missing or wrong' };
  const { rawBody, headers } = context.getRequestObject() as {
    rawBody?: Buffer;
    headers: { 'content-length'?: string };
  };
  if ((rawBody?.length ?? Number(headers['content-length'] ?? 0)) > LONGEST_BODY) {
    return { status: 413, message: `The body is longer than ${LONGEST_BODY} bytes` };
  }
  const body = rawBody === undefined ? context.getBodyData() : parseJson(rawBody);
  if (body === undefined) return { status: 400, message: whyNoJson(rawBody) };
  const payloads: unknown[] = Array.isArray(body) ? body : [body];
  const events = payloads.map(readEvent).filter((event) => event !== undefined);
  if (events.length === 0) {
    return {
      status: 400,
      message: 'The body is no GenerativeAgent event: an object with a type, or a list of them',
    };
  }
  return { events, skipped: payloads.length - events.length };
}

async function isAuthentic(context: IWebhookFunctions): Promise<boolean> {
  const authentication = context.getNodeParameter('authentication', 'headerSecret');
  if (authentication === 'none') return true;
  const { name, secret } = readWebhookSecret(await context.getCredentials('asappWebhookApi'));
  const given =
    authentication === 'querySecret'
      ? (context.getQueryData() as Record<string, unknown>)[name]
      : context.getHeaderData()[name.toLowerCase()];
  return isSameSecret(given, secret);
}

/** The JSON value of UTF-8 text, with or without a byte order mark; undefined if it is none. */
function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

/** In UTF-16 every other byte of the first characters of JSON is 0, and its byte order mark is FE FF or FF FE. */
function whyNoJson([first, second]: Buffer = Buffer.alloc(0)): string {
  const isUtf16 = first === 0 || second === 0 || first === 0xfe || first === 0xff;
  return isUtf16 ? 'The body is not UTF-8, as JSON has to be' : 'The body is not JSON';
}
