import type { IncomingHttpHeaders } from 'node:http';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { AsappError } from './errors';
import type { Fault } from './faultDefinition';
import type { FaultStore } from './faults';
import { parseJson, readText } from './jsonBody';
import type { Delays, Latency } from './latency';
import type { RequestRecord } from './ledger';
import { isAccepted, misbehave, resetConnection, sendAnswer, type Answer } from './misbehave';
import { handlerOf } from './operations';
import type { SandboxParts } from './operations/handler';
import type { Outage } from './outage';
import type { RateLimit } from './rateLimit';
import { exampleOf } from './schemaValues';
import { isSpecialId, parseSpecialId, SPECIAL_ID_GRAMMAR } from './specialIds';
import type { SpecifiedOperation, Specification } from './specification';
import { conversationOf, ownIdsOf } from './subject';

declare module 'fastify' {
  interface FastifyRequest {
    ledgerRecord: RequestRecord;
  }
}

/** What the endpoints work with. */
export interface AsappApiContext extends SandboxParts {
  readonly specification: Specification;
  readonly apiId: string;
  readonly apiSecret: string;
  readonly faults: FaultStore;
  readonly delays: Delays;
  readonly latency: Latency | undefined;
  readonly rateLimits: readonly RateLimit[];
  readonly refuseOverlaps: boolean;
  readonly outage: Outage;
  /** Called once for each request, as soon as it is clear how it ends. */
  readonly onEnd: (record: RequestRecord) => void;
}

/** What a request leads to: the answer, and what is done if it counts. */
interface Result {
  readonly answer: Answer;
  readonly accept: () => void;
}

const nothing = (): void => undefined;

const SECRET_HEADERS = new Set(['asapp-api-secret', 'authorization', 'proxy-authorization', 'cookie']);

function withoutSecrets(headers: IncomingHttpHeaders): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    shown[name] = SECRET_HEADERS.has(name) ? '[redacted]' : String(value);
  }
  return shown;
}

/** What a fault may hang on, beside the operation and the conversation. */
function subjectOf(record: RequestRecord): { isRead: boolean; ownIds: string[] } {
  return { isRead: record.method === 'GET', ownIds: ownIdsOf(record) };
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

    for (const operation of specification.operations) {
      const { method, url, schema } = operation;
      app.route({
        method,
        url,
        // Fastify leaves marks in what it is given.
        schema: { ...schema },
        onRequest: (request, reply) => this.receive(operation, request, reply),
        preValidation: async (request) => this.identify(request),
        handler: (request, reply) => this.serve(operation, request, reply),
      });
    }
  }

  /** The head has arrived: book it, reset the connection if that is wanted, check the credentials. */
  private async receive(
    { name, operationId }: SpecifiedOperation,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const { ledger, faults, delays, conversations } = this.context;
    const { headers } = request;
    const record = ledger.openRequest({
      operation: name,
      operationId,
      method: request.method,
      path: request.url.split('?', 1)[0] ?? request.url,
      params: { ...(request.params as Record<string, string>) },
      query: { ...(request.query as Record<string, unknown>) },
      headers: withoutSecrets(headers),
      credentialsRight:
        headers['asapp-api-id'] === this.context.apiId &&
        headers['asapp-api-secret'] === this.context.apiSecret,
    });
    request.ledgerRecord = record;
    reply.raw.once('finish', () => ledger.answerRequest(record, reply.raw.statusCode));
    reply.raw.once('close', () => this.end(record));
    if (this.context.outage.meets(request, reply)) return;
    const conversationId = conversationOf(record, conversations);
    if (conversationId !== undefined) ledger.assignConversation(record, conversationId);

    const reset = faults.takeBeforeReading({ operation: name, conversationId, ...subjectOf(record) });
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

  /** The body has arrived, and may name the conversation. Too many are refused only now, so that the ledger knows whose. */
  private identify({ ledgerRecord: record }: FastifyRequest): void {
    const { ledger, conversations, rateLimits } = this.context;
    const conversationId = record.conversationId ?? conversationOf(record, conversations);
    if (record.conversationId === undefined && conversationId !== undefined) {
      ledger.assignConversation(record, conversationId);
    }
    const refusing = rateLimits.find((limit) => !limit.admit());
    if (refusing !== undefined) throw new AsappError(429, refusing.message);
    if (this.context.refuseOverlaps && record.method !== 'GET' && ledger.changesUnderWay(record).length > 0) {
      throw new AsappError(409, 'ERROR - Another request changes this conversation at the moment');
    }
  }

  /** The request is valid: do what it says, or what its fault says. */
  private async serve(
    operation: SpecifiedOperation,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const record = request.ledgerRecord;
    if (record.conversationId !== undefined) this.checkConversation(record.conversationId);
    handlerOf(operation.operationId)?.check?.(record, this.context);
    const fault = this.context.faults.take({ ...record, ...subjectOf(record) });
    if (fault) record.fault = fault.fault;
    if (fault?.latency !== undefined) await this.context.delays.wait(fault.latency);
    const { answer, accept } = this.resultOf(operation, record, fault);
    if (!fault || isAccepted(fault)) accept();
    if (!fault) return sendAnswer(reply, answer);
    // Its end comes when the client gives up, which may be never.
    if (fault.fault === 'noAnswer') this.context.onEnd(record);
    return misbehave(fault, request, reply, answer);
  }

  private resultOf(
    { operationId, success }: SpecifiedOperation,
    record: RequestRecord,
    fault: Fault | undefined,
  ): Result {
    const handler = handlerOf(operationId);
    const { status } = success;
    if (!handler) {
      const given = { ...record.params, ...record.query, ...(record.body as object | undefined) };
      const body = success.body && (exampleOf(success.body, given) as object);
      return { answer: { status, ...(body && { body }) }, accept: () => (record.accepted = true) };
    }
    const parts = fault?.startsRun === false ? { ...this.context, generativeAgent: undefined } : this.context;
    try {
      const { body, accept } = handler.outcome(record, parts);
      return {
        answer: { status, ...(body && { body }) },
        accept: () => {
          accept?.();
          record.accepted = true;
        },
      };
    } catch (error) {
      if (!(error instanceof AsappError)) throw error;
      return { answer: { status: error.status, body: error.toBody() }, accept: nothing };
    }
  }

  /** A conversation exists if its id is well-formed; an id that asks for a fault has to be right as well. */
  private checkConversation(id: string): void {
    if (!this.context.specification.conversationId.test(id)) {
      throw new AsappError(404, `ERROR - [Path '/conversationId'] There is no conversation ${id}`);
    }
    if (isSpecialId(id) && !parseSpecialId(id, this.context.specification)) {
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
