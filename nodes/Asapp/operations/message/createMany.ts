import { conversationId } from '../../fields/common';
import { messagesField } from '../../fields/messages';
import { operation } from '../operation';

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
    body: (sentAt) => ({
      messages: messages.map(({ timestamp, ...message }, index) => ({
        ...message,
        timestamp: timestamp ?? momentOf(sentAt, index),
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
});

/** A microsecond later with each message, so that they keep their order. */
function momentOf(sentAt: Date, index: number): string {
  return sentAt.toISOString().replace('Z', `${String(index).padStart(3, '0')}Z`);
}
