import { conversationId } from '../../fields/common';
import { knownIdField } from '../../fields/text';
import { operation } from '../operation';

/** https://docs.asapp.com/apis/messages/retrieve-a-message */
export const get = operation({
  option: {
    name: 'Get',
    value: 'get',
    action: 'Get message',
    description: 'Read a message of a conversation',
  },
  endpoint: 'getMessage',
  fields: {
    conversationId,
    messageId: knownIdField({
      displayName: 'Message ID',
      name: 'messageId',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'e.g. 01GMXE90AEV7H3J4DPBDKB1R79',
      description: "ASAPP's own ID of the message",
    }),
  },
  options: {},
  request: ({ conversationId: id, messageId }) => ({ path: { conversationId: id, messageId } }),
  effect: 'read',
});
