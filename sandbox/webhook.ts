import { Agent as HttpAgent, request as httpRequest, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

import { z } from 'zod';

import { now, type EventRecord, type WebhookCall } from './eventBooks';
import { webhookPayload, type AgentEvent } from './generativeAgent/agentEvent';
import type { Ledger } from './ledger';

const target = z
  .object({
    url: z
      .string()
      .url()
      .refine((url) => /^https?:/.test(url), 'must begin with http:// or https://'),
    secret: z
      .object({
        in: z.enum(['header', 'query']),
        // The characters of a header name.
        name: z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/),
        value: z.string().min(1),
      })
      .strict()
      .optional(),
  })
  .strict();

/** Where events are posted to, and the secret that goes along in a header or in the query. */
export type WebhookTarget = z.infer<typeof target>;

/** Checks a target that came from outside. Throws an Error that names the wrong fields and repeats no value. */
export function parseWebhookTarget(value: unknown): WebhookTarget {
  const result = target.safeParse(value);
  if (result.success) return result.data;
  throw new Error(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}

const TIMEOUT = 10_000;

/**
 * Posts events to a URL: those of one conversation one after the other, as they were said; others do not wait. What is
 * not answered with a 2xx is dropped and not tried again, as ASAPP does it with its other webhooks.
 */
export class Webhook {
  #target: WebhookTarget | undefined;
  #closed = false;
  readonly #queues = new Map<string, Promise<void>>();
  readonly #underWay = new Set<ClientRequest>();
  readonly #httpAgent = new HttpAgent({ keepAlive: true });
  readonly #httpsAgent = new HttpsAgent({ keepAlive: true });

  constructor(private readonly ledger: Ledger) {}

  /** The target without its secrets; undefined if there is none. */
  get origin(): string | undefined {
    return this.#target && new URL(this.#target.url).origin;
  }

  /** Posts the events that follow there. Throws an Error that names the field if the target is not a valid one. */
  set(to: WebhookTarget): void {
    this.#target = parseWebhookTarget(to);
  }

  /** Posts nothing any more; what is under way goes on. */
  clear(): void {
    this.#target = undefined;
  }

  /** Posts an event if there is a target. The record is the one the ledger has of it. */
  say(event: AgentEvent, record: EventRecord): void {
    const to = this.#target;
    if (!to) return;
    const { conversationId } = event;
    const before = this.#queues.get(conversationId) ?? Promise.resolve();
    const queue = before.then(() => this.#call(to, event, record.sequence));
    this.#queues.set(conversationId, queue);
    void queue.then(() => {
      if (this.#queues.get(conversationId) === queue) this.#queues.delete(conversationId);
    });
  }

  /** Drops what is under way and what waits. */
  close(): void {
    this.#closed = true;
    for (const request of this.#underWay) request.destroy();
    this.#httpAgent.destroy();
    this.#httpsAgent.destroy();
  }

  async #call(to: WebhookTarget, event: AgentEvent, sequence: number): Promise<void> {
    if (this.#closed) return;
    const { conversationId, type } = event;
    const call: WebhookCall = { event: sequence, conversationId, type, sentAt: now(), delivered: false };
    this.ledger.webhookCalls.push(call);
    try {
      call.status = await this.#post(to, JSON.stringify(webhookPayload(event)));
      call.delivered = call.status >= 200 && call.status < 300;
    } catch (error) {
      call.error = (error as NodeJS.ErrnoException).code ?? 'ERROR';
    }
    call.answeredAt = now();
  }

  /** Resolves with the status of the answer. */
  #post({ url, secret }: WebhookTarget, body: string): Promise<number> {
    const address = new URL(url);
    if (secret?.in === 'query') address.searchParams.set(secret.name, secret.value);
    const secure = address.protocol === 'https:';
    return new Promise((resolve, reject) => {
      const request = (secure ? httpsRequest : httpRequest)(address, {
        method: 'POST',
        agent: secure ? this.#httpsAgent : this.#httpAgent,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...(secret?.in === 'header' && { [secret.name]: secret.value }),
        },
        timeout: TIMEOUT,
      });
      this.#underWay.add(request);
      request.on('response', (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.once('error', reject);
      });
      request.once('timeout', () =>
        request.destroy(Object.assign(new Error('No answer'), { code: 'ETIMEDOUT' })),
      );
      request.once('error', reject);
      request.once('close', () => this.#underWay.delete(request));
      request.end(body);
    });
  }
}
