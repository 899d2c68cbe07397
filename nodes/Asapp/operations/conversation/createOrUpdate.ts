import { agentExternalId, customerExternalId, externalId } from '../../fields/common';
import { needing } from '../../fields/field';
import { optionalIdField } from '../../fields/text';
import { textRowsField } from '../../fields/textRows';
import { timestampField } from '../../fields/timestamp';
import { operation } from '../operation';

const options = {
  agentExternalId,
  agentName: needing(
    agentExternalId,
    optionalIdField({
      displayName: 'Agent Name',
      name: 'agentName',
      type: 'string',
      default: '',
      placeholder: 'e.g. Nathan',
      description: "The human agent's name. Needs 'Agent External ID'.",
    }),
  ),
  customerName: optionalIdField({
    displayName: 'Customer Name',
    name: 'customerName',
    type: 'string',
    default: '',
    placeholder: 'e.g. Kim Doe',
    description: "The customer's name",
  }),
  metadata: textRowsField(
    {
      displayName: 'Metadata',
      name: 'metadata',
      description: 'What else is known of the conversation, e.g. its queue',
    },
    { displayName: 'Entry', placeholder: 'e.g. queue' },
  ),
  timestamp: timestampField({
    displayName: 'Conversation Timestamp',
    name: 'timestamp',
    type: 'dateTime',
    default: '',
    description:
      "When the conversation began; empty is the moment of sending. A time without a zone is in the workflow's time zone.",
  }),
};

/** https://docs.asapp.com/apis/conversations/create-or-update-a-conversation */
export const createOrUpdate = operation({
  option: {
    name: 'Create or Update',
    value: 'createOrUpdate',
    action: 'Create or update conversation',
    description: 'Create a conversation, or update the one that has this external ID',
  },
  endpoint: 'createOrUpdateConversation',
  fields: { externalId, customerExternalId },
  options,
  request: ({ externalId: id, customerExternalId: customer, ...values }) => ({
    body: (moment) => ({
      externalId: id,
      customer: { externalId: customer, name: values.customerName },
      agent:
        values.agentExternalId === undefined
          ? undefined
          : { externalId: values.agentExternalId, name: values.agentName },
      metadata: values.metadata,
      timestamp: values.timestamp ?? moment(),
    }),
  }),
  // The external ID decides whether there is one already.
  effect: 'repeatable',
  lane: 'externalId',
  output: ({ externalId: id }, answer) => ({ ...answer, conversationId: answer.id, externalId: id }),
});
