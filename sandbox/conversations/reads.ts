import { z } from 'zod';

import type { components } from '../../nodes/Asapp/contract';
import type { KeptConversation, KeptMessage } from './conversations';

type Schemas = components['schemas'];

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'gu') instanceof RegExp;
  } catch {
    return false;
  }
}

const settings = z
  .object({
    timeDigits: z.number().int().min(0).max(12).optional(),
    redact: z.string().min(1).refine(isPattern, 'is no regular expression').optional(),
    visibleAfter: z.number().int().min(0).max(3_600_000).optional(),
    replyRole: z.enum(['agent', 'customer', 'system']).optional(),
    limit: z.number().int().min(1).optional(),
    unknownExternalId: z.enum(['emptyList', 'notFound']).optional(),
  })
  .strict();

/**
 * What ASAPP does not document about reading messages; absent: what the sandbox takes for most likely. `timeDigits` are
 * the digits of a second that a time keeps (absent: all), `redact` a pattern whose matches are blacked out, `visibleAfter`
 * the milliseconds after which a message is first shown, `replyRole` the role of what GenerativeAgent said, `limit` the
 * most messages in a list, and `unknownExternalId` what is answered to one.
 */
export type ReadSettings = z.infer<typeof settings>;

/** Checks settings that came from outside. Throws an Error that names the wrong fields. */
export function parseReadSettings(value: unknown): ReadSettings {
  const result = settings.safeParse(value);
  if (result.success) return result.data;
  throw new Error(
    result.error.issues
      .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
      .join('; '),
  );
}

/** ASAPP's guide: the most messages in the list by external id. */
const LIMIT_BY_EXTERNAL_ID = 1_000;

function withDigits(time: string, digits: number | undefined): string {
  if (digits === undefined) return time;
  return time.replace(/\.(\d+)/, (_whole, fraction: string) => {
    const kept = fraction.slice(0, digits);
    return kept === '' ? '' : `.${kept}`;
  });
}

/** Conversations and messages the way they are read, which is not always the way they were written. */
export class Reads {
  #settings: ReadSettings = {};

  /** How they are read at present. */
  get settings(): ReadSettings {
    return this.#settings;
  }

  /** Changes what is given. Throws an Error that names the field if it is not valid. */
  set(change: ReadSettings): void {
    this.#settings = { ...this.#settings, ...parseReadSettings(change) };
  }

  /** Makes reads be as they were at first. */
  reset(): void {
    this.#settings = {};
  }

  /** The role that a reply of GenerativeAgent is stored with. ASAPP calls its virtual agents system. */
  get replyRole(): Schemas['SenderRole'] {
    return this.#settings.replyRole ?? 'system';
  }

  /** A conversation as Get and Find show it. */
  conversation({ messages: _messages, ...conversation }: KeptConversation): Schemas['Conversation'] {
    return conversation;
  }

  /** What is shown of the messages of a conversation by now, oldest first. */
  messages({ messages }: KeptConversation): Array<Schemas['ConversationMessage']> {
    return this.#visible(messages, this.#settings.limit);
  }

  /** The same for the list by external id, which ends earlier. */
  messagesByExternalId({ messages }: KeptConversation): Array<Schemas['ConversationMessage']> {
    return this.#visible(messages, Math.min(this.#settings.limit ?? Infinity, LIMIT_BY_EXTERNAL_ID));
  }

  /** A message; undefined if there is none or it is not shown yet. */
  message({ messages }: KeptConversation, messageId: string): Schemas['ConversationMessage'] | undefined {
    return this.#visible(messages.filter((message) => message.messageId === messageId)).at(0);
  }

  #visible(messages: readonly KeptMessage[], limit?: number): Array<Schemas['ConversationMessage']> {
    const storedBefore = Date.now() - (this.#settings.visibleAfter ?? 0);
    return messages
      .filter(({ storedAt }) => storedAt <= storedBefore)
      .slice(0, limit)
      .map((message) => this.#shown(message));
  }

  #shown({
    messageId,
    text,
    role,
    externalId,
    timestamp,
    storedAt,
  }: KeptMessage): Schemas['ConversationMessage'] {
    const { redact, timeDigits } = this.#settings;
    const stored = new Date(storedAt).toISOString();
    return {
      text:
        redact === undefined
          ? text
          : text.replace(new RegExp(redact, 'gu'), (found) => '*'.repeat(found.length)),
      sender: { role, externalId },
      messageId,
      createdTimestamp: withDigits(stored, timeDigits),
      clientTimestamp: withDigits(timestamp, timeDigits),
    };
  }
}
