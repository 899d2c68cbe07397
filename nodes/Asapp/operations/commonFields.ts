import type { INodeProperties } from 'n8n-workflow';

import type { Range } from '../fields/number';

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
  displayOptions: { show: { '/waitForReply': [false] } },
};

/** The same for every item: all items of a run share one event stream. */
export function waitForReplyField(description: string): INodeProperties {
  return {
    displayName: 'Wait for Reply',
    name: 'waitForReply',
    type: 'boolean',
    noDataExpression: true,
    default: false,
    description,
  };
}

/** The choice between separate fields and one JSON field for the same part of a request. */
export function fieldsOrJson(name: string, displayName: string, description: string): INodeProperties {
  return {
    displayName,
    name,
    type: 'options',
    options: [
      { name: 'Using Fields Below', value: 'fields' },
      { name: 'Using JSON', value: 'json' },
    ],
    default: 'fields',
    description,
  };
}

/** What the numbers among {@link commonOptions} may be. */
export const LIMITS = {
  maxConcurrency: { minimum: 1, maximum: 200, fallback: 10, isWhole: true },
  maxRequestsPerSecond: { minimum: 0.1, maximum: 5_000, fallback: 100 },
  maxRetries: { minimum: 0, maximum: 10, fallback: 3, isWhole: true },
  timeout: { minimum: 0.1, maximum: 300, fallback: 30 },
  replyTimeout: { minimum: 0.1, maximum: 3_600, fallback: 60 },
} satisfies Record<string, Range>;

/** Entries that the Options collection of every operation has. */
export const commonOptions: INodeProperties[] = [
  {
    displayName: 'Max Concurrency',
    name: 'maxConcurrency',
    type: 'number',
    typeOptions: { minValue: LIMITS.maxConcurrency.minimum, maxValue: LIMITS.maxConcurrency.maximum },
    default: 10,
    description:
      'How many items may be on their way to ASAPP at the same time, from 1 to 200. Items of one conversation always go one after another.',
  },
  {
    displayName: 'Max Requests per Second',
    name: 'maxRequestsPerSecond',
    type: 'number',
    typeOptions: {
      minValue: LIMITS.maxRequestsPerSecond.minimum,
      maxValue: LIMITS.maxRequestsPerSecond.maximum,
      numberPrecision: 1,
    },
    default: 100,
    description:
      "How many requests may start each second, from 0.1 to 5000. All executions of this n8n process that use the same API ID share it. ASAPP's own limit is 100.",
  },
  {
    displayName: 'Max Retries',
    name: 'maxRetries',
    type: 'number',
    typeOptions: { minValue: LIMITS.maxRetries.minimum, maxValue: LIMITS.maxRetries.maximum },
    default: 3,
    description:
      'How many times an item is sent again after a 429, a 5xx or a failed connection, from 0 to 10. A message that ASAPP may have accepted is never sent again.',
  },
  {
    displayName: 'Reply Timeout',
    name: 'replyTimeout',
    type: 'number',
    typeOptions: {
      minValue: LIMITS.replyTimeout.minimum,
      maxValue: LIMITS.replyTimeout.maximum,
      numberPrecision: 1,
    },
    default: 60,
    displayOptions: { show: { '/waitForReply': [true] } },
    description:
      "How many seconds to wait for the end of GenerativeAgent's reply after ASAPP accepted the item, from 0.1 to 3600",
  },
  {
    displayName: 'Timeout',
    name: 'timeout',
    type: 'number',
    typeOptions: { minValue: LIMITS.timeout.minimum, maxValue: LIMITS.timeout.maximum, numberPrecision: 1 },
    default: 30,
    description: 'How many seconds to wait for ASAPP to answer one request, from 0.1 to 300',
  },
];
