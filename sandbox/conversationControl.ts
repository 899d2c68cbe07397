import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import { parseCallChange } from './calls/callTransfers';
import { read } from './controlBody';
import { parseReadSettings } from './conversations/reads';
import { AsappError } from './errors';
import type { SandboxParts } from './operations/handler';

const message = z
  .object({
    text: z.string().min(1),
    sender: z.object({ role: z.enum(['agent', 'customer', 'system']), externalId: z.string() }).strict(),
    timestamp: z.string().datetime({ offset: true }),
  })
  .strict();
const seed = z
  .object({
    conversationId: z.string().regex(/^[A-Z0-9]+$/),
    externalId: z.string().min(1).optional(),
    messages: z.array(message).optional(),
    count: z.number().int().min(1).max(100_000).optional(),
  })
  .strict();

/** Adds the endpoints under /sandbox/ for conversations, how they are read, and calls. */
export function registerConversationControl(
  app: FastifyInstance,
  { conversations, reads, callTransfers }: SandboxParts,
): void {
  app.get<{ Querystring: { conversationId?: string } }>('/sandbox/conversations', (request, reply) => {
    const { conversationId } = request.query;
    const shown = conversations
      .list()
      .filter(({ id }) => conversationId === undefined || id === conversationId);
    return reply.send({ conversations: shown });
  });
  app.post('/sandbox/conversations', (request, reply) => {
    const { conversationId, externalId, messages = [], count = 0 } = read(() => seed.parse(request.body));
    const { customer } = conversations.use(conversationId);
    if (externalId !== undefined) {
      conversations.upsert(conversationId, { externalId, customer, timestamp: new Date().toISOString() });
    }
    for (const one of messages) conversations.add(conversationId, one);
    conversations.fill(conversationId, count);
    return reply.send({ conversationId, messages: conversations.use(conversationId).messages.length });
  });

  app.get('/sandbox/reads', (_request, reply) => reply.send(reads.settings));
  app.post('/sandbox/reads', (request, reply) => {
    reads.set(read(() => parseReadSettings(request.body)));
    return reply.send(reads.settings);
  });
  app.delete('/sandbox/reads', (_request, reply) => {
    reads.reset();
    return reply.code(204).send();
  });

  app.post('/sandbox/call-transfers', (request, reply) => {
    const change = read(() => parseCallChange(request.body));
    if (!callTransfers.change(change)) throw new AsappError(404, `There is no call transfer ${change.id}`);
    return reply.send(callTransfers.read(change.id));
  });
}
