import type { IDataObject } from 'n8n-workflow';

import { isJsonObject } from '../transport/jsonObject';

/**
 * What GenerativeAgent says or asks for, in one shape for every spelling and transport. An absent fact is an absent key.
 *
 * - `type`: one of {@link EVENT_TYPES}, or a type that ASAPP added later, as it came.
 * - `eventId`: ASAPP's ID of the event. ASAPP's own examples give one ID to several events, so it is no key.
 * - `externalConversationId`: the conversation's ID in the customer's system.
 * - `reply`: of a `reply` only. ASAPP has stored it as a message; it is still to be shown to the customer.
 * - `transfer`: of a `transferToSystem` only.
 * - `event`: the original.
 *
 * https://docs.asapp.com/generativeagent/integrate/handling-events
 */
export type GenerativeAgentEvent = {
  type: string;
  eventId?: string;
  conversationId?: string;
  externalConversationId?: string;
  reply?: { messageId?: string; text?: string };
  transfer?: { referenceVariables?: IDataObject; transferVariables?: IDataObject; currentTaskName?: string };
  event: IDataObject;
};

/** The documented types as a list to choose from, by name. Saved workflows contain the values. */
export const EVENT_TYPES = [
  {
    name: 'Authentication Requested',
    value: 'authenticationRequested',
    description: 'GenerativeAgent needs the customer to be authenticated before it can go on',
  },
  {
    name: 'Processing End',
    value: 'processingEnd',
    description: 'Nothing more comes until the conversation is analyzed or authenticated again',
  },
  {
    name: 'Processing Start',
    value: 'processingStart',
    description: 'GenerativeAgent begins to work on the conversation',
  },
  {
    name: 'Reply',
    value: 'reply',
    description: 'A text for the customer; one run can have several',
  },
  {
    name: 'Transfer to Agent',
    value: 'transferToAgent',
    description: 'GenerativeAgent asks for a human agent',
  },
  {
    name: 'Transfer to System',
    value: 'transferToSystem',
    description: 'GenerativeAgent hands the conversation back, with variables',
  },
] as const;

/** A type that ASAPP documents. */
export type EventType = (typeof EVENT_TYPES)[number]['value'];

/** ASAPP's pages spell two types in two ways each; what the second means. */
const OTHER_SPELLINGS = new Map<unknown, EventType>([
  ['authenticationRequired', 'authenticationRequested'],
  ['systemTransfer', 'transferToSystem'],
]);

/** Names of the event's ID: on a stream, as one of ASAPP's examples misspells it, and in a webhook. */
const ID_KEYS = ['generativeAgentMessageId', 'generativeAgentkMessageId', 'webhookMessageId'];

/** Reads what a stream or a webhook brought; undefined if it is no object with a type. */
export function readEvent(payload: unknown): GenerativeAgentEvent | undefined {
  if (!isJsonObject(payload)) return undefined;
  const { type: spelling } = payload;
  if (typeof spelling !== 'string' || spelling.trim() === '') return undefined;
  const type = OTHER_SPELLINGS.get(spelling) ?? spelling;
  return {
    type,
    ...text('eventId', ID_KEYS.map((key) => payload[key]).find(isText)),
    ...text('conversationId', payload.conversationId),
    ...text('externalConversationId', payload.externalConversationId),
    ...(type === 'reply' && isJsonObject(payload.reply) ? { reply: readReply(payload.reply) } : {}),
    ...(type === 'transferToSystem' ? readTransfer(payload.transferToSystem ?? payload.systemTransfer) : {}),
    event: payload,
  };
}

function readReply({ messageId, text: words }: IDataObject): NonNullable<GenerativeAgentEvent['reply']> {
  return { ...text('messageId', messageId), ...(typeof words === 'string' ? { text: words } : {}) };
}

function readTransfer(object: unknown): Pick<GenerativeAgentEvent, 'transfer'> {
  if (!isJsonObject(object)) return {};
  const { referenceVariables, transferVariables, currentTaskName } = object;
  return {
    transfer: {
      ...(isJsonObject(referenceVariables) ? { referenceVariables } : {}),
      ...(isJsonObject(transferVariables) ? { transferVariables } : {}),
      ...text('currentTaskName', currentTaskName),
    },
  };
}

/** `{[key]: value}` with a number as text, or nothing if there is no value. */
function text<Key extends string>(key: Key, value: unknown): { [K in Key]?: string } {
  const words = typeof value === 'number' ? String(value) : value;
  return isText(words) ? ({ [key]: words } as { [K in Key]?: string }) : {};
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
