import type { FastifyInstance } from 'fastify';

import { AsappError } from './errors';
import { read } from './controlBody';
import type { FaultStore } from './faults';
import type { Ledger, RequestRecord } from './ledger';
import { parseOutage, type Outage } from './outage';
import { hasSecrets, REDACTED, redacted } from './schemaValues';
import type { Specification } from './specification';

/** What is looked at and set here. */
export interface ControlledParts {
  readonly ledger: Ledger;
  readonly faults: FaultStore;
  readonly specification: Specification;
  readonly outage: Outage;
}

/** A request as it may be shown: secrets in its body stay in the process. */
function shownRequest(record: RequestRecord, { operations }: Specification): RequestRecord {
  const schema = operations.find(({ operationId }) => operationId === record.operationId)?.requestBody;
  if (record.rawBody === undefined || !schema || !hasSecrets(schema)) return record;
  const shown: RequestRecord = { ...record, rawBody: REDACTED };
  if ('body' in record) shown.body = redacted(record.body, schema);
  return shown;
}

/** What GenerativeAgent said; for one conversation with the streams that its events were meant for. */
function shownEvents(ledger: Ledger, conversationId: string | undefined): Record<string, unknown> {
  const { streams, connections, events, webhookCalls } = ledger;
  if (conversationId === undefined) return { streams, connections, events, webhookCalls };
  const ofConversation = ledger.eventsOf(conversationId);
  const streamIds = new Set(ofConversation.map(({ streamId }) => streamId));
  return {
    streams: streams.filter(({ streamId }) => streamIds.has(streamId)),
    connections: connections.filter(({ streamId }) => streamId !== undefined && streamIds.has(streamId)),
    events: ofConversation,
    webhookCalls: webhookCalls.filter((call) => call.conversationId === conversationId),
  };
}

function shownLedger(
  ledger: Ledger,
  specification: Specification,
  conversationId: string | undefined,
): Record<string, unknown> {
  const everything = conversationId === undefined;
  const requests = everything ? ledger.requests : ledger.requestsOf(conversationId);
  return {
    requests: requests.map((record) => shownRequest(record, specification)),
    ...shownEvents(ledger, conversationId),
    messages: everything ? ledger.messages : ledger.messagesOf(conversationId),
    conversations: [...ledger.conversations.values()].filter(({ id }) => everything || id === conversationId),
    acceptedMoreThanOnce: ledger
      .acceptedMoreThanOnce()
      .filter((message) => everything || message.conversationId === conversationId),
  };
}

function setFaults(faults: FaultStore, body: unknown): void {
  try {
    faults.setAll(body);
  } catch (error) {
    throw new AsappError(400, (error as Error).message);
  }
}

/** Adds the endpoints under /sandbox/, which are for the user of the sandbox and unknown to ASAPP. */
export function registerControl(
  app: FastifyInstance,
  { ledger, faults, specification, outage }: ControlledParts,
): void {
  app.get<{ Querystring: { conversationId?: string } }>('/sandbox/ledger', (request, reply) =>
    reply.send(shownLedger(ledger, specification, request.query.conversationId)),
  );
  app.delete('/sandbox/ledger', (_request, reply) => {
    ledger.clear();
    return reply.code(204).send();
  });
  app.get('/sandbox/faults', (_request, reply) => reply.send({ faults: faults.list() }));
  app.post('/sandbox/faults', (request, reply) => {
    setFaults(faults, request.body);
    return reply.send({ faults: faults.list() });
  });
  app.delete('/sandbox/faults', (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
  app.get('/sandbox/outage', (_request, reply) => reply.send({ outage: outage.present ?? null }));
  app.post('/sandbox/outage', (request, reply) => {
    const wanted = read(() => parseOutage(request.body));
    // A reset would break this connection as well.
    if (wanted.how === 'reset') reply.raw.once('finish', () => outage.start(wanted));
    else outage.start(wanted);
    return reply.send({ outage: wanted });
  });
  app.delete('/sandbox/outage', (_request, reply) => {
    outage.end();
    return reply.code(204).send();
  });
}
