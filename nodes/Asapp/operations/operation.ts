import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { ItemParameters } from '../fields/ItemParameters';
import type { HttpAnswer } from '../transport/exchange';

/** What an item asks of ASAPP, checked against the contract. */
export interface OperationRequest {
  path: string;
  conversationId: string;
  /** The body when it is first sent at `sentAt`; the same request sent again has the same body. */
  body(sentAt: Date): object;
  /** Whether ASAPP ends up in the same state when the request arrives twice. */
  idempotent: boolean;
  /** The part of the body that must never be repeated in an output, an error, a hint or a log. */
  secret?: unknown;
}

/** A success read: the output item's json, or a flaw that continues "ASAPP answered 200, but the answer …". */
export type Reading = { json: IDataObject } | { flaw: string };

/** One thing that can be asked of ASAPP: its fields, how an item becomes a request, how an answer becomes an item. */
export interface Operation {
  /** The entry in the editor's Operation list. `value` is saved in workflows. */
  option: { name: string; value: string; action: string; description: string };
  /** The fields in the order of the editor; which resource and operation they belong to is added by the resource. */
  fields: INodeProperties[];
  /** Its entries in the Options collection, beside those that every operation has. */
  options: INodeProperties[];
  /** The status that means success, from the contract. */
  successStatus: number;
  /** @throws AsappError `invalidInput` when the item breaks the contract. */
  toRequest(parameters: ItemParameters): OperationRequest;
  /** Reads an answer that has the success status. */
  readSuccess(answer: HttpAnswer, sentBody: object, parameters: ItemParameters): Reading;
}
