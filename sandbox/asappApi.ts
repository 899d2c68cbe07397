import type { IncomingHttpHeaders } from 'node:http';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { AsappError } from './errors';
import type { Operation } from './faultDefinition';
import type { FaultStore } from './faults';
import { conversationOf } from './generativeAgent/agentEvent';
import { parseJson, readText } from './jsonBody';
import type { Delays, Latency } from './latency';
import type { RequestRecord } from './ledger';
import { isAccepted, misbehave, resetConnection, sendAnswer } from './misbehave';
import { outcomeOf, type OutcomeContext } from './outcome';
import type { RateLimit } from './rateLimit';
import { isSpecialId, parseSpecialId, SPECIAL_ID_GRAMMAR } from './specialIds';
import type { Specification } from './specification';

declare module 'fastify' {
  interface FastifyRequest {
    ledgerRecord: RequestRecord;
  }
}

/** What the endpoints work with. */
export interface AsappApiContext extends OutcomeContext {
  readonly specification: Specification;
  readonly apiId: string;
  readonly apiSecret: string;
  readonly faults: FaultStore;
  readonly delays: Delays;
  readonly latency: Latency | undefined;
  readonly rateLimit: RateLimit | undefined;
  /** Called once for each request, as soon as it is clear how it ends. */
  readonly onEnd: (record: RequestRecord) => void;
}

const OPERATION_OF_ID: Readonly<Record<string, Operation>> = {
  postAuthenticate: 'authenticate',
  postAnalyze: 'analyze',
  getHealth: 'health',
  postStreams: 'streams',
  getState: 'state',
};

const SECRET_HEADERS = new Set(['asapp-api-secret', 'authorization', 'proxy-authorization', 'cookie']);

function withoutSecrets(headers: IncomingHttpHeaders): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    shown[name] = SECRET_HEADERS.has(name) ? '[redacted]' : String(value);
  }
  return shown;
}

function conversationInPath(request: FastifyRequest): string | undefined {
  return (request.params as { conversationId?: string }).conversationId;
}

/** Get State takes ASAPP's id of the conversation or the caller's own. */
function conversationInQuery(request: FastifyRequest): string {
  const { conversationId, externalId } = request.query as { conversationId?: string; externalId?: string };
  const id = conversationId ?? (externalId === undefined ? undefined : conversationOf(externalId));
  if (id !== undefined) return id;
  if (externalId === undefined) throw new AsappError(400, 'ERROR - externalId or conversationId is required');
  throw new AsappError(404, `ERROR - There is no conversation with the external id ${externalId}`);
}

function conversationInBody(body: unknown): string | undefined {
  const id = (body as { conversationId?: unknown } | null | undefined)?.conversationId;
  return typeof id === 'string' ? id : undefined;
}

/** ASAPP's endpoints as the specification describes them: validated, booked, and faulty on demand. */
export class AsappApi {
  constructor(private readonly context: AsappApiContext) {}

  /** Adds the routes and their hooks to a Fastify scope of their own. */
  async register(app: FastifyInstance): Promise<void> {
    const { specification, delays, latency } = this.context;
    app.addSchema(specification.sharedSchemas);
    app.decorateRequest('ledgerRecord');
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', async (request: FastifyRequest, payload: FastifyRequest['raw']) => {
      const record = request.ledgerRecord;
      record.rawBody = await readText(payload);
      record.body = parseJson(record.rawBody, request.headers['content-type']);
      return record.body;
    });
    if (latency !== undefined) app.addHook('onSend', async () => delays.wait(latency));

    for (const { operationId, method, url, schema } of specification.operations) {
      const operation = OPERATION_OF_ID[operationId];
      if (!operation) continue;
      app.route({
        method,
        url,
        schema,
        onRequest: (request, reply) => this.receive(operation, request, reply),
        preValidation: async (request) => this.identify(operation, request),
        handler: (request, reply) => this.serve(request, reply),
      });
    }
  }

  /** The head has arrived: book it, reset the connection if that is wanted, check the credentials. */
  private async receive(operation: Operation, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { ledger, faults, delays } = this.context;
    const { headers } = request;
    const record = ledger.openRequest({
      operation,
      method: request.method,
      path: request.url.split('?', 1)[0] ?? request.url,
      headers: withoutSecrets(headers),
      credentialsRight:
        headers['asapp-api-id'] === this.context.apiId &&
        headers['asapp-api-secret'] === this.context.apiSecret,
    });
    request.ledgerRecord = record;
    reply.raw.once('finish', () => ledger.answerRequest(record, reply.raw.statusCode));
    reply.raw.once('close', () => this.end(record));
    const conversationId = conversationInPath(request);
    if (conversationId !== undefined) ledger.assignConversation(record, conversationId);

    const reset = faults.takeBeforeReading({ operation, conversationId });
    if (reset) {
      record.fault = reset.fault;
      if (reset.latency !== undefined) await delays.wait(reset.latency);
      resetConnection(request, reply);
      return;
    }
    if (!record.credentialsRight) {
      throw new AsappError(401, 'ERROR - asapp-api-id and asapp-api-secret are not a valid pair');
    }
  }

  /** The body has arrived: it names the conversation of an Analyze. Too many are refused only now, so that the ledger knows whose. */
  private identify(operation: Operation, request: FastifyRequest): void {
    const conversationId = operation === 'analyze' ? conversationInBody(request.body) : undefined;
    if (conversationId !== undefined) {
      this.context.ledger.assignConversation(request.ledgerRecord, conversationId);
    }
    if (this.context.rateLimit?.admit() === false) {
      throw new AsappError(429, 'ERROR - Too many requests in one second');
    }
  }

  /** The request is valid: do what it says, or what its fault says. */
  private async serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const record = request.ledgerRecord;
    if (record.operation === 'state') {
      this.context.ledger.assignConversation(record, conversationInQuery(request));
    }
    if (record.conversationId !== undefined) this.checkConversation(record.conversationId);
    const fault = this.context.faults.take(record);
    const { answer, accept } = outcomeOf(record, this.context);
    if (!fault) {
      accept();
      return sendAnswer(reply, answer);
    }
    record.fault = fault.fault;
    if (fault.latency !== undefined) await this.context.delays.wait(fault.latency);
    if (isAccepted(fault)) accept();
    // Its end comes when the client gives up, which may be never.
    if (fault.fault === 'noAnswer') this.context.onEnd(record);
    return misbehave(fault, request, reply, answer);
  }

  /** A conversation exists if its id is well-formed; an id that asks for a fault has to be right as well. */
  private checkConversation(id: string): void {
    if (!this.context.specification.conversationId.test(id)) {
      throw new AsappError(404, `ERROR - [Path '/conversationId'] There is no conversation ${id}`);
    }
    if (isSpecialId(id) && !parseSpecialId(id)) {
      throw new AsappError(
        422,
        `ERROR - [Path '/conversationId'] ${id} is no special id of the sandbox: ${SPECIAL_ID_GRAMMAR}`,
      );
    }
  }

  private end(record: RequestRecord): void {
    this.context.ledger.closeRequest(record);
    if (record.fault !== 'noAnswer') this.context.onEnd(record);
  }
}
