import { connect } from 'node:net';

import axios, { type AxiosInstance, type AxiosResponse } from 'axios';

import type { Sandbox } from '../../../sandbox';

/** What a client has to know of a sandbox. */
export type SandboxAddress = Pick<Sandbox, 'url' | 'apiId' | 'apiSecret'>;

/** A client that reports every answer instead of throwing, and follows no redirect. */
export function clientOf(sandbox: SandboxAddress, headers: Record<string, string> = {}): AxiosInstance {
  return axios.create({
    baseURL: sandbox.url,
    headers: { 'asapp-api-id': sandbox.apiId, 'asapp-api-secret': sandbox.apiSecret, ...headers },
    validateStatus: () => true,
    maxRedirects: 0,
    proxy: false,
  });
}

export const ANALYZE = '/generativeagent/v1/analyze';
export const HEALTH = '/v1/health';
export const CONVERSATIONS = '/conversation/v1/conversations';
export const MESSAGES_BY_EXTERNAL_ID = '/conversation/v1/conversation/messages';
export const CALL_TRANSFERS = '/generativeagent/v1/call-transfers';
export const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function authenticatePath(conversationId: string): string {
  return `/conversation/v1/conversations/${conversationId}/authenticate`;
}

export function messagesPath(conversationId: string): string {
  return `${CONVERSATIONS}/${conversationId}/messages`;
}

/** A valid Create Message body. */
export function message(text = 'Hello', role: 'agent' | 'customer' | 'system' = 'customer') {
  return { text, sender: { role, externalId: `${role}-1` }, timestamp: '2024-01-23T13:43:04.123456Z' };
}

/** A valid Analyze body with a message. */
export function analysis(conversationId: string, text = 'Hello') {
  return {
    conversationId,
    message: {
      text,
      sender: { role: 'customer' as const, externalId: 'C1' },
      timestamp: '2024-01-23T13:43:04.000Z',
    },
  };
}

/** A valid Authenticate body. */
export const CREDENTIALS = { customerExternalId: 'C1', auth: { token: 'hunter2' } };

/** What the client sees: the status, or the code of the error it got instead. */
export async function outcomeOf(request: Promise<AxiosResponse>): Promise<number | string> {
  try {
    return (await request).status;
  } catch (error) {
    return axios.isAxiosError(error) ? (error.code ?? error.message) : String(error);
  }
}

/** Resolves as soon as the condition holds; the test's own timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Sends bytes on a fresh connection and resolves with how the connection ended. */
export function sendRaw(sandbox: Sandbox, bytes: string): Promise<{ received: string; error?: string }> {
  return new Promise((resolve) => {
    let received = '';
    let error: string | undefined;
    const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    socket.on('error', (cause: NodeJS.ErrnoException) => (error = cause.code));
    socket.on('close', () => resolve(error === undefined ? { received } : { received, error }));
  });
}
