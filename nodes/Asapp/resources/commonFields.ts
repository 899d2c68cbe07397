import type { INodeProperties } from 'n8n-workflow';

/** Fields that more than one operation has. */
export const conversationIdField: INodeProperties = {
  displayName: 'Conversation ID',
  name: 'conversationId',
  type: 'string',
  required: true,
  default: '',
  placeholder: 'e.g. 01BX5ZZKBKACTAV9WEVGEMMVS0',
  description: "ASAPP's own ID of the conversation: capital letters and digits. It is not your external ID.",
};

export const customerExternalIdField: INodeProperties = {
  displayName: 'Customer External ID',
  name: 'customerExternalId',
  type: 'string',
  required: true,
  default: '',
  placeholder: 'e.g. customer-4711',
  description:
    "The customer's ID in your own system. Use the same one in every conversation of this customer.",
};

export const streamIdField: INodeProperties = {
  displayName: 'Stream ID',
  name: 'streamId',
  type: 'string',
  default: '',
  placeholder: 'e.g. 97555020-0276-435f-8104-c378221ba292',
  description: 'ID of the event stream that should receive what GenerativeAgent does next',
};

/** Seconds to wait for an answer: `options.timeout`. */
export const TIMEOUT = { minimum: 0.1, maximum: 300, fallback: 30 };

/** Entries that the Options collection of every operation has. */
export const commonOptions: INodeProperties[] = [
  {
    displayName: 'Timeout',
    name: 'timeout',
    type: 'number',
    typeOptions: { minValue: TIMEOUT.minimum, maxValue: TIMEOUT.maximum },
    default: 30,
    description: 'How many seconds to wait for ASAPP to answer one request',
  },
];
