import type { RequestRecord } from '../ledger';
import { callTransferHandlers } from './callTransfers';
import { conversationHandlers } from './conversations';
import { generativeAgentHandlers } from './generativeAgent';
import type { OperationHandlers, Outcome, SandboxParts } from './handler';
import { messageHandlers } from './messages';
import { summaryHandlers } from './summaries';

/** A handler of an operation of which only the operationId is known. Its requests have been validated. */
interface AnyHandler {
  check?(request: RequestRecord, parts: SandboxParts): void;
  outcome(request: RequestRecord, parts: SandboxParts): Outcome;
}

const HANDLERS: OperationHandlers = {
  ...conversationHandlers,
  ...messageHandlers,
  ...generativeAgentHandlers,
  ...callTransferHandlers,
  ...summaryHandlers,
};
const BY_OPERATION_ID = new Map<string, AnyHandler>(Object.entries(HANDLERS));

/** How an operation behaves; undefined if it does no more than answer. */
export function handlerOf(operationId: string): AnyHandler | undefined {
  return BY_OPERATION_ID.get(operationId);
}
