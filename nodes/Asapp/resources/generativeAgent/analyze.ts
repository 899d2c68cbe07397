import type { INodeProperties } from 'n8n-workflow';

import type { components } from '../../contract';
import { assignedObject } from '../../input/assignments';
import { oneOf, toggle } from '../../input/choice';
import type { ItemParameters } from '../../input/ItemParameters';
import { isEmptyObject, jsonObject } from '../../input/json';
import { conversationId, optionalId, requiredId, requiredText } from '../../input/text';
import { timestamp } from '../../input/timestamp';
import {
  conversationIdField,
  customerExternalIdField,
  fieldsOrJson,
  streamIdField,
  waitForReplyField,
} from '../commonFields';
import type { Operation, Reading } from '../operation';

type AnalyzeRequest = components['schemas']['AnalyzeRequest'];
type Message = components['schemas']['Message'];

const fields: INodeProperties[] = [
  conversationIdField,
  {
    displayName: 'Send Message',
    name: 'sendMessage',
    type: 'boolean',
    default: true,
    description:
      'Whether to add a message of the customer to the conversation first. Turn off to have GenerativeAgent read the conversation as it is.',
  },
  {
    displayName: 'Message Text',
    name: 'text',
    type: 'string',
    typeOptions: { rows: 3 },
    required: true,
    default: '',
    placeholder: 'e.g. Hello, I would like to upgrade my internet plan.',
    description: 'What the customer said',
    displayOptions: { show: { sendMessage: [true] } },
  },
  { ...customerExternalIdField, displayOptions: { show: { sendMessage: [true] } } },
  fieldsOrJson(
    'inputVariablesInput',
    'Specify Input Variables',
    'How to enter the context that tasks can read',
  ),
  {
    displayName: 'Input Variables',
    name: 'inputVariables',
    type: 'assignmentCollection',
    default: {},
    hint: 'A dot in a name nests: customer_info.current_plan',
    description: 'Context that tasks can read, e.g. the current plan of the customer',
    displayOptions: { show: { inputVariablesInput: ['fields'] } },
  },
  {
    displayName: 'Input Variables (JSON)',
    name: 'inputVariablesJson',
    type: 'json',
    default: '{}',
    placeholder: 'e.g. {"customer_info": {"current_plan": "SILVER"}}',
    description: 'JSON object with the context that tasks can read',
    displayOptions: { show: { inputVariablesInput: ['json'] } },
  },
  waitForReplyField(
    "Whether to wait until GenerativeAgent has answered and add what it said to the item. Each item then takes as long as GenerativeAgent does; 'Max Concurrency' under 'Options' says how many wait at once.",
  ),
];

const options: INodeProperties[] = [
  {
    displayName: 'Channel Type',
    name: 'channelType',
    type: 'options',
    options: [
      { name: 'Digital', value: 'digital', description: 'Chat, messaging and other text' },
      { name: 'Voice', value: 'voice', description: 'A phone call' },
    ],
    default: 'digital',
    description: 'The channel the customer is on',
  },
  {
    displayName: 'Message Timestamp',
    name: 'timestamp',
    type: 'dateTime',
    default: '',
    description:
      "When the customer said it; empty is the moment of sending. A time without a zone is in the workflow's time zone.",
  },
  streamIdField,
  {
    displayName: 'Task Name',
    name: 'taskName',
    type: 'string',
    default: '',
    placeholder: 'e.g. UpgradePlan',
    description: 'Task to enter, instead of letting GenerativeAgent choose one',
  },
];

/** `POST /generativeagent/v1/analyze`, https://docs.asapp.com/apis/generativeagent/analyze-conversation */
export const analyze: Operation = {
  option: {
    name: 'Analyze',
    value: 'analyze',
    action: 'Analyze conversation',
    description: 'Make GenerativeAgent read a conversation and answer it',
  },
  fields,
  options,
  successStatus: 200,
  toRequest(parameters) {
    const id = conversationId(parameters);
    const message = messageOf(parameters);
    const inputVariables = inputVariablesOf(parameters);
    const channelType = oneOf(
      parameters,
      'options.channelType',
      { displayName: 'Channel Type' },
      CHANNEL_TYPES,
    );
    const taskName = optionalId(parameters, 'options.taskName', { displayName: 'Task Name' });
    const streamId = optionalId(parameters, 'options.streamId', { displayName: 'Stream ID' });
    const body = (sentAt: Date): AnalyzeRequest => ({
      conversationId: id,
      ...(message === undefined
        ? {}
        : { message: { ...message, timestamp: message.timestamp ?? sentAt.toISOString() } }),
      ...(taskName === undefined ? {} : { taskName }),
      ...(inputVariables === undefined ? {} : { inputVariables }),
      ...(channelType === undefined ? {} : { channelType }),
      ...(streamId === undefined ? {} : { streamId }),
    });
    return {
      path: '/generativeagent/v1/analyze',
      conversationId: id,
      body,
      // A message that arrives twice is said twice.
      idempotent: message === undefined,
    };
  },
  readSuccess({ body }): Reading {
    const answer = parse(body);
    if (answer === undefined) return { flaw: body === '' ? 'is empty' : 'is not JSON' };
    if (typeof answer !== 'object' || answer === null || Array.isArray(answer))
      return { flaw: 'is not an object' };
    const json = { ...answer };
    // An item with a top-level error would be taken for a failed one by n8n.
    if ('error' in json) return { flaw: 'reports an error' };
    for (const key of ['conversationId', 'messageId'] as const) {
      const value = (json as Record<string, unknown>)[key];
      if (value !== undefined && typeof value !== 'string') return { flaw: `has a ${key} that is not text` };
    }
    return { json };
  },
};

const CHANNEL_TYPES = ['digital', 'voice'] as const satisfies ReadonlyArray<AnalyzeRequest['channelType']>;

/** The message; without a timestamp, it is the moment of sending. */
function messageOf(
  parameters: ItemParameters,
): (Omit<Message, 'timestamp'> & { timestamp: string | undefined }) | undefined {
  if (!toggle(parameters, 'sendMessage', { displayName: 'Send Message' }, true)) return undefined;
  return {
    text: requiredText(parameters, 'text', { displayName: 'Message Text' }),
    sender: {
      role: 'customer',
      externalId: requiredId(parameters, 'customerExternalId', { displayName: 'Customer External ID' }),
    },
    timestamp: timestamp(parameters, 'options.timestamp', { displayName: 'Message Timestamp' }),
  };
}

function inputVariablesOf(parameters: ItemParameters): AnalyzeRequest['inputVariables'] {
  const input = oneOf(parameters, 'inputVariablesInput', { displayName: 'Specify Input Variables' }, [
    'fields',
    'json',
  ]);
  const variables =
    input === 'json'
      ? jsonObject(parameters, 'inputVariablesJson', { displayName: 'Input Variables (JSON)' })
      : assignedObject(parameters, 'inputVariables', { displayName: 'Input Variables' });
  return variables === undefined || isEmptyObject(variables) ? undefined : variables;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
