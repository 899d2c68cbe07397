import { optionalChoiceField, switchField } from '../../fields/choice';
import {
  conversationId,
  customerExternalId,
  lookBeforeSending,
  streamId,
  taskName,
  waitForReply,
} from '../../fields/common';
import { when } from '../../fields/field';
import { inputVariablesField } from '../../fields/inputVariables';
import { textField } from '../../fields/text';
import { timestampField } from '../../fields/timestamp';
import { operation, type SaidMessage } from '../operation';

const sendMessage = switchField({
  displayName: 'Send Message',
  name: 'sendMessage',
  type: 'boolean',
  default: true,
  description:
    'Whether to add a message of the customer to the conversation first. Turn off to have GenerativeAgent read the conversation as it is.',
});

const fields = {
  conversationId,
  sendMessage,
  text: when(
    sendMessage,
    [true],
    textField({
      displayName: 'Message Text',
      name: 'text',
      type: 'string',
      typeOptions: { rows: 3 },
      required: true,
      default: '',
      placeholder: 'e.g. Hello, I would like to upgrade my internet plan.',
      description: 'What the customer said',
    }),
  ),
  customerExternalId: when(sendMessage, [true], customerExternalId),
  waitForReply: waitForReply(
    "Whether to wait until GenerativeAgent has answered and add what it said to the item. Each item then takes as long as GenerativeAgent does; 'Max Concurrency' under 'Options' says how many wait at once.",
    { isOnForTool: true },
  ),
  inputVariables: inputVariablesField,
};

const options = {
  channelType: optionalChoiceField(
    {
      displayName: 'Channel Type',
      name: 'channelType',
      description: 'The channel the customer is on',
    },
    [
      { name: 'Digital', value: 'digital', description: 'Chat, messaging and other text' },
      { name: 'Voice', value: 'voice', description: 'A phone call' },
    ],
  ),
  timestamp: timestampField({
    displayName: 'Message Timestamp',
    name: 'timestamp',
    type: 'dateTime',
    default: '',
    description:
      "When the customer said it; empty is the moment of sending. A time without a zone is in the workflow's time zone.",
  }),
  streamId,
  taskName,
  lookBeforeSending,
};

/** https://docs.asapp.com/apis/generativeagent/analyze-conversation */
export const analyze = operation({
  option: {
    name: 'Analyze',
    value: 'analyze',
    action: 'Analyze conversation',
    description: 'Make GenerativeAgent read a conversation and answer it',
  },
  endpoint: 'postAnalyze',
  fields,
  options,
  request: ({ text, customerExternalId: customer, ...values }) => ({
    body: (moment) => ({
      conversationId: values.conversationId,
      message:
        text === undefined || customer === undefined
          ? undefined
          : {
              text,
              sender: { role: 'customer', externalId: customer },
              timestamp: values.timestamp ?? moment(),
            },
      taskName: values.taskName,
      inputVariables: values.inputVariables,
      channelType: values.channelType,
      streamId: values.streamId,
    }),
  }),
  // A message that arrives twice is said twice.
  effect: ({ sendMessage: hasMessage }) => (hasMessage ? 'once' : 'repeatable'),
  lane: 'conversationId',
  repliesIn: (values) => values.conversationId,
  saying: {
    messages: ({ message }) => (message === undefined ? [] : [message as unknown as SaidMessage]),
    answer: ([messageId], { conversationId: id }) => ({ conversationId: id, messageId }),
  },
});
