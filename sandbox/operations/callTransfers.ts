import { madeUpExternalId } from '../conversations/conversations';
import { AsappError } from '../errors';
import type { OperationHandlers } from './handler';

const MAX_URI_LENGTH = 1_024;

export const callTransferHandlers: OperationHandlers = {
  createCallTransfer: {
    check({ body: { type, phoneNumber, sip = {} } }) {
      const { returnTransferType = 'BYE', returnUri } = sip;
      if (type === 'PHONE_NUMBER' && !phoneNumber) {
        throw new AsappError(400, "ERROR - [Path '/phoneNumber'] is required for PHONE_NUMBER");
      }
      if (type === 'SIP' && returnTransferType !== 'BYE' && returnUri === undefined) {
        throw new AsappError(400, `ERROR - [Path '/sip/returnUri'] is required for ${returnTransferType}`);
      }
      if (returnUri !== undefined && returnUri.length > MAX_URI_LENGTH) {
        throw new AsappError(
          422,
          `ERROR - [Path '/sip/returnUri'] must not have more than ${MAX_URI_LENGTH} characters`,
        );
      }
    },
    outcome(request, { callTransfers, conversations, ledger }) {
      const { id, externalConversationId } = request.body;
      if (callTransfers.has(id))
        throw new AsappError(409, `ERROR - [Path '/id'] There is a call transfer ${id}`);
      const { created, announce } = callTransfers.prepare(request.body);
      return {
        body: created,
        accept: () => {
          const customer = { externalId: madeUpExternalId(id) };
          const timestamp = new Date().toISOString();
          const conversation = { externalId: externalConversationId, customer, timestamp };
          const conversationId = conversations.idFor(conversation);
          if (!conversations.get(conversationId)) conversations.upsert(conversationId, conversation);
          if (request.conversationId === undefined) ledger.assignConversation(request, conversationId);
          announce();
        },
      };
    },
  },
  getCallTransfer: {
    outcome({ params: { callTransferId } }, { callTransfers }) {
      const transfer = callTransfers.read(callTransferId);
      if (transfer) return { body: transfer };
      throw new AsappError(
        404,
        `ERROR - [Path '/callTransferId'] There is no call transfer ${callTransferId}`,
      );
    },
  },
};
