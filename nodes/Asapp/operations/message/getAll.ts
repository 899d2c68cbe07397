import { conversationId, externalId } from '../../fields/common';
import { findByField } from '../../fields/findBy';
import { limitFields } from '../../fields/limit';
import { call, operationOfSeveral } from '../operation';

/** https://docs.asapp.com/apis/messages/list-messages */
export const getAll = operationOfSeveral({
  option: {
    name: 'Get Many',
    value: 'getAll',
    action: 'Get many messages',
    description: 'Read the messages of a conversation, the oldest first',
  },
  endpoints: ['getMessages', 'getMessagesByExternalId'],
  fields: {
    conversation: findByField(
      {
        description:
          'How to name the conversation. By its external ID, ASAPP gives at most 1,000 messages, for seven days after its end.',
      },
      { conversationId, externalId },
    ),
    ...limitFields,
  },
  options: {},
  request: ({ conversation }) =>
    'externalId' in conversation
      ? call('getMessagesByExternalId', { query: conversation })
      : call('getMessages', { path: conversation }),
  effect: 'read',
  list: { key: 'items', limit: ({ limit }) => limit },
});
