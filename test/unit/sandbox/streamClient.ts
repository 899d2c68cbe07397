import axios from 'axios';
import { createParser } from 'eventsource-parser';

import {
  ANALYZE,
  analysis,
  authenticatePath,
  clientOf,
  CREDENTIALS,
  until,
  type SandboxAddress,
} from './client';

export const STREAMS = '/generativeagent/v1/streams';
export const STATE = '/generativeagent/v1/state';

/** What an event looks like to someone who knows nothing about it. */
export interface ReceivedEvent {
  [field: string]: unknown;
  type: string;
  conversationId: string;
  reply?: { messageId: string; text: string };
}

/** A client that listens to one stream, with a parser of server-sent events that is not ours. */
export interface Listener {
  readonly streamId: string;
  /** The events named generative-agent-message. */
  readonly events: ReceivedEvent[];
  /** The data of all other events, by name; unnamed ones are `message`. */
  readonly others: Array<[string, string]>;
  readonly comments: string[];
  readonly parseErrors: string[];
  /** All bytes, and how many pieces they came in. */
  readonly received: { text: string; chunks: number };
  /** `end` when the body ended, the error's code when the connection broke. */
  readonly ended: Promise<string>;
  close(): void;
}

/** Asks for an address. */
export async function createStream(
  sandbox: SandboxAddress,
  body: object = {},
): Promise<{ streamId: string; streamingUrl: string }> {
  return (await clientOf(sandbox).post(STREAMS, body)).data;
}

/** Connects to an address, without any header that is not necessary. */
export async function connectTo(streamId: string, streamingUrl: string): Promise<Listener> {
  const abandon = new AbortController();
  const { data, headers } = await axios.get(streamingUrl, {
    responseType: 'stream',
    proxy: false,
    signal: abandon.signal,
  });
  expect(headers['content-type']).toBe('text/event-stream');
  const listener = {
    streamId,
    events: [] as ReceivedEvent[],
    others: [] as Array<[string, string]>,
    comments: [] as string[],
    parseErrors: [] as string[],
    received: { text: '', chunks: 0 },
    close: () => abandon.abort(),
  };
  const parser = createParser({
    onEvent: ({ event = 'message', data: payload }) => {
      if (event === 'generative-agent-message') listener.events.push(JSON.parse(payload));
      else listener.others.push([event, payload]);
    },
    onComment: (comment) => listener.comments.push(comment),
    onError: (error) => listener.parseErrors.push(error.message),
  });
  const decoder = new TextDecoder();
  data.on('data', (chunk: Buffer) => {
    const text = decoder.decode(chunk, { stream: true });
    listener.received.text += text;
    listener.received.chunks += 1;
    parser.feed(text);
  });
  const ended = new Promise<string>((resolve) => {
    data.on('end', () => resolve('end'));
    data.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
  return { ...listener, ended };
}

/** Asks for an address and connects to it. */
export async function listen(sandbox: SandboxAddress, streamId?: string): Promise<Listener> {
  const address = await createStream(sandbox, streamId === undefined ? {} : { streamId });
  return connectTo(address.streamId, address.streamingUrl);
}

/** Sends a message whose events go to the stream. */
export async function ask(
  sandbox: SandboxAddress,
  conversationId: string,
  text: string,
  extra: object = {},
): Promise<void> {
  const { status } = await clientOf(sandbox).post(ANALYZE, { ...analysis(conversationId, text), ...extra });
  expect(status).toBe(200);
}

/** Authenticates the customer; the events of the resumed run go to the stream. */
export async function authenticateOn(
  sandbox: SandboxAddress,
  conversationId: string,
  extra: object = {},
): Promise<void> {
  const body = { ...CREDENTIALS, ...extra };
  expect((await clientOf(sandbox).post(authenticatePath(conversationId), body)).status).toBe(204);
}

/** Resolves when so many runs of a conversation have ended. */
export function runsEnded(listener: Listener, conversationId: string, runs = 1): Promise<void> {
  return until(
    () =>
      listener.events.filter(
        (event) => event.conversationId === conversationId && event.type === 'processingEnd',
      ).length >= runs,
  );
}

/** The types of the events of a conversation. */
export function typesOf(listener: Listener, conversationId: string): string[] {
  return listener.events.filter((event) => event.conversationId === conversationId).map(({ type }) => type);
}

/** The texts that a conversation was answered with. */
export function textsOf(listener: Listener, conversationId: string): string[] {
  return listener.events.flatMap((event) =>
    event.conversationId === conversationId && event.reply ? [event.reply.text] : [],
  );
}
