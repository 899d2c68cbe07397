import { conversationId } from '../../fields/common';
import { operation } from '../operation';

/** https://docs.asapp.com/apis/conversations/retrieve-a-conversation */
export const get = operation({
  option: {
    name: 'Get',
    value: 'get',
    action: 'Get conversation',
    description: 'Read a conversation',
  },
  endpoint: 'getConversation',
  fields: { conversationId },
  options: {},
  request: ({ conversationId: id }) => ({ path: { conversationId: id } }),
  effect: 'read',
});
