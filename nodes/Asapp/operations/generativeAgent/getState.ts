import { conversationId, externalId } from '../../fields/common';
import { findByField } from '../../fields/findBy';
import { operation } from '../operation';

/** https://docs.asapp.com/apis/generativeagent/get-generativeagent-state */
export const getState = operation({
  option: {
    name: 'Get State',
    value: 'getState',
    action: 'Get state of conversation',
    description: 'Read what GenerativeAgent is doing in a conversation',
  },
  endpoint: 'getState',
  fields: {
    // ASAPP's reference takes the external ID, its guide the conversation ID.
    conversation: findByField(
      { description: 'How to name the conversation' },
      { conversationId, externalId },
    ),
  },
  options: {},
  request: ({ conversation }) => ({ query: conversation }),
  effect: 'read',
});
