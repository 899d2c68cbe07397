import { monotonicFactory } from 'ulid';

import type { components } from '../../nodes/Asapp/contract';
import { AsappError } from '../errors';
import type { SenderRole, SentMessage } from '../ledger';

type Schemas = components['schemas'];
type Participant = Schemas['Participant'];

/** A message as it is kept, whoever said it. */
export interface KeptMessage {
  readonly messageId: string;
  readonly text: string;
  readonly role: SenderRole;
  /** Null if it has none, as with what GenerativeAgent says. */
  readonly externalId: string | null;
  /** The timestamp that was sent, as it was sent. */
  readonly timestamp: string;
  /** When it was stored, in milliseconds since the epoch. */
  readonly storedAt: number;
}

/** A conversation with what was said in it. */
export interface KeptConversation {
  readonly id: string;
  externalId: string;
  customer: Participant;
  agent?: Participant;
  metadata?: Readonly<Record<string, string>>;
  /** In the order in which they were stored. */
  readonly messages: KeptMessage[];
}

/** Ids in the form of ASAPP's: each is greater than the one before. */
export const nextId = monotonicFactory();

const EXTERNAL_ID_PREFIX = 'external-';
const CONVERSATION_ID = /^[A-Z0-9]+$/;

/** The caller's own id of a conversation if nobody told the sandbox. */
export function madeUpExternalId(conversationId: string): string {
  return EXTERNAL_ID_PREFIX + conversationId;
}

/** The conversation that {@link madeUpExternalId} gave this id; undefined if it gave it to none. */
function madeUpFor(externalId: string): string | undefined {
  if (!externalId.startsWith(EXTERNAL_ID_PREFIX)) return undefined;
  const id = externalId.slice(EXTERNAL_ID_PREFIX.length);
  return CONVERSATION_ID.test(id) ? id : undefined;
}

/** The conversations that ASAPP would keep. One comes into being when something is first written to it. */
export class Conversations {
  readonly #byId = new Map<string, KeptConversation>();
  readonly #idOfExternalId = new Map<string, string>();

  /** All of them, oldest first. */
  list(): KeptConversation[] {
    return [...this.#byId.values()];
  }

  /** A conversation; undefined if nothing was written to it. */
  get(id: string): KeptConversation | undefined {
    return this.#byId.get(id);
  }

  /** ASAPP's id of a conversation that the caller has an id for, whether or not something was written to it. */
  idOf(externalId: string): string | undefined {
    return this.#idOfExternalId.get(externalId) ?? madeUpFor(externalId);
  }

  /** The caller's own id of a conversation. */
  externalIdOf(id: string): string {
    return this.#byId.get(id)?.externalId ?? madeUpExternalId(id);
  }

  /** A conversation that something is written to; it comes into being if need be. */
  use(id: string, customerExternalId = `customer-of-${id}`): KeptConversation {
    const known = this.#byId.get(id);
    if (known) return known;
    const conversation: KeptConversation = {
      id,
      externalId: madeUpExternalId(id),
      customer: { externalId: customerExternalId },
      messages: [],
    };
    this.#byId.set(id, conversation);
    this.#idOfExternalId.set(conversation.externalId, id);
    return conversation;
  }

  /** The id under which {@link upsert} would put a conversation. Throws an AsappError if that is not possible. */
  idFor({ id, externalId }: Schemas['UpsertConversationRequest']): string {
    const known = this.idOf(externalId);
    if (id === undefined) return known ?? nextId();
    if (!CONVERSATION_ID.test(id)) throw new AsappError(422, "ERROR - [Path '/id'] must match [A-Z0-9]+");
    if (known !== undefined && known !== id) {
      throw new AsappError(409, `ERROR - ${externalId} is the external id of another conversation`);
    }
    return id;
  }

  /** Creates a conversation, or replaces of one what is given. */
  upsert(id: string, request: Schemas['UpsertConversationRequest']): KeptConversation {
    const { externalId, customer, agent, metadata } = request;
    const conversation = this.use(id);
    this.#idOfExternalId.delete(conversation.externalId);
    this.#idOfExternalId.set(externalId, id);
    return Object.assign(conversation, {
      externalId,
      customer,
      ...(agent && { agent }),
      ...(metadata && { metadata }),
    });
  }

  /** Keeps a message of a customer, a person of yours, or a bot of yours. */
  add(conversationId: string, { text, sender, timestamp }: SentMessage, messageId = nextId()): KeptMessage {
    const { role, externalId } = sender;
    const conversation = this.use(conversationId, role === 'customer' ? externalId : undefined);
    const message = { messageId, text, role, externalId, timestamp, storedAt: Date.now() };
    conversation.messages.push(message);
    return message;
  }

  /** Keeps so many messages of a customer and an agent, one a second up to now. */
  fill(conversationId: string, count: number): void {
    const start = Date.now() - count * 1_000;
    for (let number = 1; number <= count; number++) {
      const role = number % 2 === 1 ? 'customer' : 'agent';
      this.add(conversationId, {
        text: `Message ${number}`,
        sender: { role, externalId: `${role}-1` },
        timestamp: new Date(start + number * 1_000).toISOString(),
      });
    }
  }

  /** Keeps what GenerativeAgent said. */
  addReply(conversationId: string, messageId: string, text: string, role: SenderRole): void {
    const storedAt = Date.now();
    const timestamp = new Date(storedAt).toISOString();
    this.use(conversationId).messages.push({ messageId, text, role, externalId: null, timestamp, storedAt });
  }

  /** Forgets everything. */
  clear(): void {
    this.#byId.clear();
    this.#idOfExternalId.clear();
  }
}
