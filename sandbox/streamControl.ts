import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import { read } from './controlBody';
import { parseMisbehaviour, parseMisbehaviours } from './streams/misbehaviour';
import type { Streams } from './streams/streams';
import { parseWebhookTarget, type Webhook } from './webhook';

const drop = z
  .object({ streamId: z.string().min(1).optional(), with: z.enum(['end', 'abort', 'reset']).optional() })
  .strict();
const emission = z.object({ streamId: z.string().min(1), event: z.unknown() }).strict();

/** Adds the endpoints under /sandbox/ for streams and the webhook. No answer contains an address or a secret. */
export function registerStreamControl(app: FastifyInstance, streams: Streams, webhook: Webhook): void {
  app.get('/sandbox/streams', (_request, reply) =>
    reply.send({ url: streams.url, misbehaviours: streams.misbehaviours() }),
  );
  app.post('/sandbox/streams/misbehaviours', (request, reply) => {
    const { body } = request;
    const checked = read(() => (Array.isArray(body) ? parseMisbehaviours(body) : [parseMisbehaviour(body)]));
    for (const misbehaviour of checked) streams.misbehave(misbehaviour);
    return reply.send({ misbehaviours: streams.misbehaviours() });
  });
  app.delete('/sandbox/streams/misbehaviours', (_request, reply) => {
    streams.behave();
    return reply.code(204).send();
  });
  app.post('/sandbox/streams/drop', (request, reply) => {
    const { streamId, with: how } = read(() => drop.parse(request.body));
    return reply.send({ dropped: streams.drop(streamId, how) });
  });
  app.post('/sandbox/streams/events', (request, reply) => {
    const { streamId, event } = read(() => emission.parse(request.body));
    return reply.send(streams.emit(streamId, event));
  });

  app.get('/sandbox/webhook', (_request, reply) => reply.send({ origin: webhook.origin ?? null }));
  app.post('/sandbox/webhook', (request, reply) => {
    const target = read(() => parseWebhookTarget(request.body));
    webhook.set(target);
    return reply.send({ origin: webhook.origin });
  });
  app.delete('/sandbox/webhook', (_request, reply) => {
    webhook.clear();
    return reply.code(204).send();
  });
}
