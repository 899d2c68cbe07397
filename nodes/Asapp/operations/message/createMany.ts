import { conversationId } from '../../fields/common';
import { messagesField } from '../../fields/messages';
import { operation, type SaidMessage } from '../operation';

/** https://docs.asapp.com/apis/messages/create-multiple-messages */
export const createMany = operation({
  option: {
    name: 'Create Many',
    value: 'createMany',
    action: 'Create many messages',
    description: 'Add up to 300 messages to a conversation in one request',
  },
  endpoint: 'createBatchMessages',
  fields: { conversationId, messages: messagesField },
  options: {},
  request: ({ conversationId: id, messages }) => ({
    path: { conversationId: id },
    body: (moment) => ({
      messages: messages.map(({ timestamp, ...message }, index) => ({
        ...message,
        timestamp: timestamp ?? moment(index),
      })),
    }),
  }),
  effect: 'once',
  lane: 'conversationId',
  output: ({ conversationId: id, messages }, answer) => ({
    conversationId: id,
    messageCount: messages.length,
    ...answer,
  }),
  saying: {
    messages: ({ messages }) => messages as unknown as SaidMessage[],
    answer: (messageIds) => ({ messageIds }),
    bodyOf: (messages) => ({ messages }),
  },
});
