import type { INodeProperties } from 'n8n-workflow';

import { choiceField, switchField } from './choice';
import type { Field } from './field';
import { conversationIdField, idField, optionalIdField } from './text';

// Fields that more than one operation has.

export const conversationId = conversationIdField({
  displayName: 'Conversation ID',
  name: 'conversationId',
  type: 'string',
  required: true,
  default: '',
  placeholder: 'e.g. 01BX5ZZKBKACTAV9WEVGEMMVS0',
  description:
    "ASAPP's own ID of the conversation, not your external ID. 'Create or Update' of the resource Conversation gives it for an external ID, 'Find' looks it up.",
});

export const customerExternalId = idField({
  displayName: 'Customer External ID',
  name: 'customerExternalId',
  type: 'string',
  required: true,
  default: '',
  placeholder: 'e.g. customer-4711',
  description:
    "The customer's ID in your own system. Use the same one in every conversation of this customer.",
});

/** Not for an item that waits for its reply: that goes by a stream of the run. */
export const streamId = optionalIdField({
  displayName: 'Stream ID',
  name: 'streamId',
  type: 'string',
  default: '',
  placeholder: 'e.g. 97555020-0276-435f-8104-c378221ba292',
  description: 'ID of the event stream that should receive what GenerativeAgent does next',
  displayOptions: { show: { '/waitForReply': [false] } },
});

export const taskName = optionalIdField({
  displayName: 'Task Name',
  name: 'taskName',
  type: 'string',
  default: '',
  placeholder: 'e.g. UpgradePlan',
  description: 'Task to enter, instead of letting GenerativeAgent choose one',
});

/** n8n's name for whether the node is the tool of an AI agent; an n8n that does not know it takes it for false. */
const IS_TOOL = { '@tool': [true] };

/**
 * The same for every item: all items of a run share one event stream. `isOnForTool`: it is on in a new tool, as its model
 * has nothing else to go by.
 */
export function waitForReply(description: string, { isOnForTool = false } = {}): Field<boolean> {
  const property: INodeProperties = {
    displayName: 'Wait for Reply',
    name: 'waitForReply',
    type: 'boolean',
    noDataExpression: true,
    default: false,
    description,
  };
  const field = switchField(property);
  if (!isOnForTool) return field;
  return {
    ...field,
    properties: [
      { ...property, displayOptions: { hide: IS_TOOL } },
      { ...property, default: true, displayOptions: { show: IS_TOOL } },
    ],
  };
}

/** The choice between separate fields and one JSON field for the same part of a request. */
export function fieldsOrJson(
  name: string,
  displayName: string,
  description: string,
): Field<'fields' | 'json'> {
  return choiceField(
    { displayName, name, description },
    [
      { name: 'Using Fields Below', value: 'fields' },
      { name: 'Using JSON', value: 'json' },
    ],
    'fields',
  );
}

/** For workflows that run again over the same data. Needs the message's own time, by which it is known again. */
export const lookBeforeSending = switchField({
  displayName: 'Look Before Sending',
  name: 'lookBeforeSending',
  type: 'boolean',
  default: false,
  description:
    "Whether to look at the conversation first and not send a message that it has already, from the same sender at the same time. For workflows that run again over the same data. Needs 'Message Timestamp' from the data.",
});

export const externalId = idField({
  displayName: 'External ID',
  name: 'externalId',
  type: 'string',
  required: true,
  default: '',
  placeholder: 'e.g. ticket-33411121',
  description: "The conversation's ID in your own system",
});

export const externalConversationId = idField({
  displayName: 'External Conversation ID',
  name: 'externalConversationId',
  type: 'string',
  required: true,
  default: '',
  placeholder: 'e.g. ticket-33411121',
  description: "The conversation's ID in your own system",
});

export const agentExternalId = optionalIdField({
  displayName: 'Agent External ID',
  name: 'agentExternalId',
  type: 'string',
  default: '',
  placeholder: 'e.g. agent-111',
  description: "The human agent's ID in your own system",
});
