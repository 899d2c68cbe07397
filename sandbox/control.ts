import type { FastifyInstance } from 'fastify';

import { AsappError } from './errors';
import { parseFault, parseFaults } from './faultDefinition';
import type { FaultStore } from './faults';
import type { Ledger, RequestRecord } from './ledger';

/** The parts of an Authenticate body that are no credentials. */
const HARMLESS_FIELDS = new Set(['customerExternalId', 'streamId']);
const REDACTED = '[redacted]';

function redactFields(value: unknown, isHarmless: (name: string) => boolean): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return REDACTED;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      if (isHarmless(name)) return [name, field as unknown];
      return [name, name === 'auth' ? redactFields(field, () => false) : REDACTED];
    }),
  );
}

/** A request as it may be shown: the credentials of end customers stay in the process. */
function shownRequest(record: RequestRecord): RequestRecord {
  if (record.operation !== 'authenticate' || record.rawBody === undefined) return record;
  const shown: RequestRecord = { ...record, rawBody: REDACTED };
  if ('body' in record) shown.body = redactFields(record.body, (name) => HARMLESS_FIELDS.has(name));
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

function shownLedger(ledger: Ledger, conversationId: string | undefined): Record<string, unknown> {
  const everything = conversationId === undefined;
  return {
    requests: (everything ? ledger.requests : ledger.requestsOf(conversationId)).map(shownRequest),
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
    const checked = Array.isArray(body) ? parseFaults(body) : [parseFault(body)];
    for (const fault of checked) faults.set(fault);
  } catch (error) {
    throw new AsappError(400, (error as Error).message);
  }
}

/** Adds the endpoints under /sandbox/, which are for the user of the sandbox and unknown to ASAPP. */
export function registerControl(app: FastifyInstance, ledger: Ledger, faults: FaultStore): void {
  app.get<{ Querystring: { conversationId?: string } }>('/sandbox/ledger', (request, reply) =>
    reply.send(shownLedger(ledger, request.query.conversationId)),
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
}
