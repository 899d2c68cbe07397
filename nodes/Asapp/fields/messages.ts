import type { IDataObject } from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';
import { quoted, quotedAscii } from '../errors/quoted';
import type { Field } from './field';
import type { ItemParameters, Label } from './ItemParameters';
import { jsonList } from './json';
import { empty, toId, toText, typeNameOf } from './text';
import { toTimestamp } from './timestamp';

/** Who can say something; `system` is a virtual agent. */
export const SENDER_ROLES = ['agent', 'customer', 'system'] as const;

/** One message of a list; without a timestamp it is said when it is sent. */
export interface ListedMessage {
  text: string;
  sender: { role: (typeof SENDER_ROLES)[number]; externalId: string };
  timestamp: string | undefined;
}

/** How many messages ASAPP takes in one request. */
const MOST = 300;

/** Messages as a JSON list. */
export const messagesField: Field<ListedMessage[]> = {
  properties: [
    {
      displayName: 'Messages',
      name: 'messages',
      type: 'json',
      required: true,
      default: '[]',
      placeholder:
        'e.g. [{"text": "Hello", "sender": {"role": "customer", "externalId": "customer-4711"}, "timestamp": "2026-01-31T09:30:00Z"}]',
      hint: 'e.g. [{"text": "Hello", "sender": {"role": "customer", "externalId": "customer-4711"}}]',
      description:
        'JSON list of 1 to 300 messages in their order, each with text, sender (role customer, agent or system, and externalId) and timestamp. Without a timestamp, a message is said when it is sent.',
    },
  ],
  read: (item, { name, label }) => messages(item, name, label),
};

function messages(item: ItemParameters, name: string, label: Label): ListedMessage[] {
  const list = jsonList(item, name, label);
  if (list.length === 0) throw empty(label);
  if (list.length > MOST) {
    throw invalidInput(
      `'${label.displayName}' must have 1 to ${MOST} messages; this item has ${list.length}: split it into several items`,
    );
  }
  return list.map((entry, index) => message(entry, item.timezone, `${label.displayName}[${index}]`));
}

function message(entry: unknown, timezone: string, place: string): ListedMessage {
  const { text, sender, timestamp } = object(entry, place, ['text', 'sender', 'timestamp']);
  const { role, externalId } = object(sender, `${place}.sender`, ['role', 'externalId']);
  return {
    text: required(toText, text, { displayName: `${place}.text` }),
    sender: {
      role: roleOf(role, { displayName: `${place}.sender.role` }),
      externalId: required(toId, externalId, { displayName: `${place}.sender.externalId` }),
    },
    timestamp: toTimestamp(timestamp, timezone, { displayName: `${place}.timestamp` }),
  };
}

/** An object with some of these keys: another one, such as a misspelt timestamp, would be lost without a word. */
function object(value: unknown, place: string, keys: readonly string[]): IDataObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidInput(`'${place}' must be an object; this item has ${typeNameOf(value)}`);
  }
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown === undefined) return value as IDataObject;
  throw invalidInput(`'${place}' has ${quoted(unknown)}, but it can have ${keys.join(', ')} only`);
}

function required(
  read: (value: unknown, label: Label) => string | undefined,
  value: unknown,
  label: Label,
): string {
  const text = read(value, label);
  if (text === undefined || text === '') throw empty(label);
  return text;
}

function roleOf(value: unknown, label: Label): ListedMessage['sender']['role'] {
  const text = required(toText, value, label);
  const role = SENDER_ROLES.find((candidate) => candidate === text);
  if (role !== undefined) return role;
  throw invalidInput(
    `'${label.displayName}' must be ${SENDER_ROLES.join(', ')}; this item has ${quotedAscii(text)}`,
  );
}
