import { nextId } from '../conversations/conversations';
import { AsappError } from '../errors';
import type { RequestRecord, SentMessage } from '../ledger';
import { existing, found } from './conversations';
import type { OperationHandlers, SandboxParts } from './handler';

/** Stores a message that counts as sent, and books it. */
function accept(
  { sequence }: RequestRecord,
  conversationId: string,
  message: SentMessage,
  messageId: string,
  { ledger, conversations }: SandboxParts,
): void {
  conversations.add(conversationId, message, messageId);
  ledger.acceptMessage(sequence, conversationId, message, messageId);
}

export const messageHandlers: OperationHandlers = {
  createMessage: {
    outcome(request, parts) {
      const id = nextId();
      const { conversationId } = request.params;
      return { body: { id }, accept: () => accept(request, conversationId, request.body, id, parts) };
    },
  },
  createBatchMessages: {
    check({ body }) {
      if (body.messages === undefined) throw new AsappError(400, "ERROR - [Path '/messages'] is required");
    },
    outcome(request, parts) {
      const { conversationId } = request.params;
      return {
        body: {},
        accept: () => {
          for (const message of request.body.messages ?? []) {
            accept(request, conversationId, message, nextId(), parts);
          }
        },
      };
    },
  },
  getMessage: {
    outcome({ params }, parts) {
      const message = parts.reads.message(existing(params.conversationId, parts), params.messageId);
      if (message) return { body: message };
      throw new AsappError(404, `ERROR - [Path '/messageId'] There is no message ${params.messageId}`);
    },
  },
  getMessages: {
    outcome({ params }, parts) {
      return { body: { items: parts.reads.messages(existing(params.conversationId, parts)) } };
    },
  },
  getMessagesByExternalId: {
    outcome({ query }, parts) {
      const conversation = found(query.externalId, parts);
      return { body: { items: conversation ? parts.reads.messagesByExternalId(conversation) : [] } };
    },
  },
};
