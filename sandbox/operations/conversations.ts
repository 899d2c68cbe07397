import type { KeptConversation } from '../conversations/conversations';
import { AsappError } from '../errors';
import type { OperationHandlers, SandboxParts } from './handler';

/** A conversation that is there. Throws 404 if nothing was ever written to it. */
export function existing(id: string, { conversations }: SandboxParts): KeptConversation {
  const conversation = conversations.get(id);
  if (conversation) return conversation;
  throw new AsappError(404, `ERROR - [Path '/conversationId'] There is no conversation ${id}`);
}

/** The conversation of an external id; undefined where a list shall be empty then. Throws 404 where it shall not. */
export function found(
  externalId: string,
  { conversations, reads }: SandboxParts,
): KeptConversation | undefined {
  const id = conversations.idOf(externalId);
  const conversation = id === undefined ? undefined : conversations.get(id);
  if (conversation || reads.settings.unknownExternalId !== 'notFound') return conversation;
  throw new AsappError(404, `ERROR - There is no conversation with the external id ${externalId}`);
}

export const conversationHandlers: OperationHandlers = {
  createOrUpdateConversation: {
    outcome(request, { conversations, ledger }) {
      const id = conversations.idFor(request.body);
      return {
        body: { id },
        accept: () => {
          conversations.upsert(id, request.body);
          if (request.conversationId === undefined) ledger.assignConversation(request, id);
        },
      };
    },
  },
  getConversations: {
    outcome({ query }, parts) {
      const conversation = found(query.externalId, parts);
      return { body: { items: conversation ? [parts.reads.conversation(conversation)] : [] } };
    },
  },
  getConversation: {
    outcome({ params }, parts) {
      return { body: parts.reads.conversation(existing(params.conversationId, parts)) };
    },
  },
  postAuthenticate: {
    outcome({ params, body }, { ledger, conversations, generativeAgent }) {
      return {
        accept: () => {
          conversations.use(params.conversationId, body.customerExternalId);
          ledger.acceptAuthentication(params.conversationId);
          generativeAgent?.authenticate(params.conversationId, body.streamId);
        },
      };
    },
  },
};
