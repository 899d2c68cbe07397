import { choiceField } from '../../fields/choice';
import { conversationId, lookBeforeSending } from '../../fields/common';
import { idField, textField } from '../../fields/text';
import { timestampField } from '../../fields/timestamp';
import { operation, type SaidMessage } from '../operation';

const fields = {
  conversationId,
  text: textField({
    displayName: 'Message Text',
    name: 'text',
    type: 'string',
    typeOptions: { rows: 3 },
    required: true,
    default: '',
    placeholder: 'e.g. Hello, I would like to upgrade my internet plan.',
    description: 'What was said',
  }),
  senderRole: choiceField(
    { displayName: 'Sender Role', name: 'senderRole', description: 'Who said it' },
    [
      { name: 'Agent', value: 'agent', description: 'A person of yours' },
      { name: 'Customer', value: 'customer', description: 'The person who asks' },
      { name: 'System', value: 'system', description: 'A virtual agent of yours' },
    ],
    'customer',
  ),
  senderExternalId: idField({
    displayName: 'Sender External ID',
    name: 'senderExternalId',
    type: 'string',
    required: true,
    default: '',
    placeholder: 'e.g. customer-4711',
    description: "The sender's ID in your own system. Use the same one in every conversation.",
  }),
};

const options = {
  timestamp: timestampField({
    displayName: 'Message Timestamp',
    name: 'timestamp',
    type: 'dateTime',
    default: '',
    description:
      "When it was said; empty is the moment of sending. A time without a zone is in the workflow's time zone.",
  }),
  lookBeforeSending,
};

/** https://docs.asapp.com/apis/messages/create-a-message */
export const create = operation({
  option: {
    name: 'Create',
    value: 'create',
    action: 'Create message',
    description: 'Add a message to a conversation, without GenerativeAgent answering it',
  },
  endpoint: 'createMessage',
  fields,
  options,
  request: ({ conversationId: id, text, senderRole: role, senderExternalId, timestamp }) => ({
    path: { conversationId: id },
    body: (moment) => ({
      text,
      sender: { role, externalId: senderExternalId },
      timestamp: timestamp ?? moment(),
    }),
  }),
  effect: 'once',
  lane: 'conversationId',
  output: ({ conversationId: id }, { id: messageId, ...answer }) => ({
    conversationId: id,
    messageId,
    ...answer,
  }),
  saying: {
    messages: (body) => [body as unknown as SaidMessage],
    answer: ([id]) => ({ id }),
  },
});
