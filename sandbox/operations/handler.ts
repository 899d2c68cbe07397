import type { operations } from '../../nodes/Asapp/contract';
import type { CallTransfers } from '../calls/callTransfers';
import type { Conversations } from '../conversations/conversations';
import type { Reads } from '../conversations/reads';
import type { GenerativeAgent } from '../generativeAgent/generativeAgent';
import type { Ledger, RequestRecord } from '../ledger';
import type { Streams } from '../streams/streams';

/** The operationId of an operation that the contract has. */
export type OperationId = keyof operations;

type Json<Content> = Content extends { content: { 'application/json': infer Body } } ? Body : undefined;
type RequestBody<Id extends OperationId> = operations[Id] extends { requestBody: infer Content }
  ? Json<Content>
  : undefined;
type SuccessBody<Id extends OperationId> = operations[Id]['responses'] extends { 200: infer Content }
  ? Json<Content>
  : undefined;

/** A request that the specification allows. */
export type ValidRequest<Id extends OperationId> = RequestRecord & {
  readonly params: NonNullable<operations[Id]['parameters']['path']>;
  readonly query: NonNullable<operations[Id]['parameters']['query']>;
  readonly body: RequestBody<Id>;
};

/** What a valid request leads to unless a fault prevents it. */
export interface Outcome<Body = object | undefined> {
  /** The body of the answer; its status is the success of the specification. */
  readonly body?: Body;
  /** Does what the request asks for. Absent: there is nothing to do. */
  readonly accept?: () => void;
}

/** The memory and the actors of a sandbox. */
export interface SandboxParts {
  readonly ledger: Ledger;
  readonly conversations: Conversations;
  readonly reads: Reads;
  readonly callTransfers: CallTransfers;
  readonly streams: Streams;
  /** Undefined if GenerativeAgent takes no notice. */
  readonly generativeAgent: GenerativeAgent | undefined;
}

/** How one operation behaves, beyond what the specification says of it. */
export interface OperationHandler<Id extends OperationId> {
  /** Throws an AsappError if the request asks for something that the specification cannot rule out. */
  check?(request: ValidRequest<Id>, parts: SandboxParts): void;
  /** Called when no fault prevents it. Throws an AsappError if that is the answer. */
  outcome(request: ValidRequest<Id>, parts: SandboxParts): Outcome<SuccessBody<Id>>;
}

/** The handlers of some operations by operationId. */
export type OperationHandlers = { readonly [Id in OperationId]?: OperationHandler<Id> };
