import {
  conversationId,
  customerExternalId,
  fieldsOrJson,
  streamId,
  waitForReply,
} from '../../fields/common';
import { authField, authJsonField } from '../../fields/customerAuth';
import { when } from '../../fields/field';
import { operation } from '../operation';

const authInput = fieldsOrJson(
  'authInput',
  'Specify Customer Credentials',
  'How to enter what ASAPP presents to your systems on behalf of the customer',
);

/** https://docs.asapp.com/apis/conversations/authenticate-a-user-in-a-conversation */
export const authenticate = operation({
  option: {
    name: 'Authenticate',
    value: 'authenticate',
    action: 'Authenticate customer in conversation',
    description: "Hand an end customer's credentials to a conversation",
  },
  endpoint: 'postAuthenticate',
  fields: {
    conversationId,
    customerExternalId,
    authInput,
    auth: when(authInput, ['fields'], authField),
    authJson: when(authInput, ['json'], authJsonField),
    waitForReply: waitForReply(
      'Whether to wait until GenerativeAgent has gone on with the conversation and add what it said to the item. Turn on only when GenerativeAgent has asked for the authentication: otherwise it has nothing to say.',
    ),
  },
  options: { streamId },
  request: ({ conversationId: id, customerExternalId: customer, auth, authJson, streamId: stream }) => ({
    path: { conversationId: id },
    body: () => ({ customerExternalId: customer, auth: { ...auth, ...authJson }, streamId: stream }),
  }),
  // Storing the same credentials again changes nothing.
  effect: 'repeatable',
  lane: 'conversationId',
  output: ({ conversationId: id, customerExternalId: customer }) => ({
    conversationId: id,
    customerExternalId: customer,
    authenticated: true,
  }),
  repliesIn: (values) => values.conversationId,
});
