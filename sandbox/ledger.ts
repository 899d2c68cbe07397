import type { components } from '../nodes/Asapp/contract';
import { EventBooks } from './eventBooks';
import type { FaultName } from './faultDefinition';

/** A request that reached an endpoint of ASAPP's API, and what became of it. */
export interface RequestRecord {
  /** 1 for the first request of the sandbox; never used twice. */
  readonly sequence: number;
  /** Its name in the ledger: the operationId, or a shorter one. */
  readonly operation: string;
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  /** The parameters in the path, by name. */
  readonly params: Readonly<Record<string, string>>;
  /** The parameters in the query, by name; several values of one name are a list. */
  readonly query: Readonly<Record<string, unknown>>;
  /** Absent if it is about none or about one that is not known, and as long as the body that names it is not read. */
  conversationId?: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Absent as long as the request was not answered to the end. */
  answeredAt?: number;
  /** Header values by lower-case name; `[redacted]` where the value is a secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether both ASAPP headers carried the right value. */
  readonly credentialsRight: boolean;
  /** The body byte for byte (UTF-8). Absent if it was not read. */
  rawBody?: string;
  /** The body as JSON. Absent if it is none. */
  body?: unknown;
  /** Absent if the connection was broken or nothing was answered. */
  status?: number;
  fault?: FaultName;
  /** Whether what it asks for was done, whatever its sender got to see. */
  accepted?: boolean;
  /** Sequence numbers of the requests of the same conversation that were in flight at the same time. */
  readonly inFlightWith: number[];
}

/** What is known of a request when its head has arrived. */
export type RequestHead = Pick<
  RequestRecord,
  'operation' | 'operationId' | 'method' | 'path' | 'params' | 'query' | 'headers' | 'credentialsRight'
>;

/** A message that counts as sent, whatever its sender got to see. */
export interface AcceptedMessage {
  readonly conversationId: string;
  readonly messageId: string;
  readonly text: string;
  readonly role: SenderRole;
  readonly externalId: string;
  readonly timestamp: string;
  readonly acceptedAt: number;
  /** The request that brought it. */
  readonly sequence: number;
  /** How many times this conversation has accepted this text from this sender, this time included. */
  readonly times: number;
}

/** A conversation and how often it was used. Created when it is first used. */
export interface Conversation {
  readonly id: string;
  readonly createdAt: number;
  messages: number;
  authentications: number;
  analyses: number;
  lastTaskName?: string;
  /** The input variables of all analyses, later ones replacing earlier ones of the same name. */
  inputVariables: Readonly<Record<string, unknown>>;
}

/** Who can have said something. */
export type SenderRole = components['schemas']['SenderRole'];

/** A message as it is sent, alone or with an Analyze. */
export interface SentMessage {
  readonly text: string;
  readonly sender: { readonly role: SenderRole; readonly externalId: string };
  readonly timestamp: string;
}

/** The parts of a valid Analyze body that the ledger keeps books on. */
export interface Analysis {
  readonly conversationId: string;
  readonly streamId?: string;
  readonly taskName?: string;
  readonly inputVariables?: Readonly<Record<string, unknown>>;
  readonly message?: SentMessage;
}

function append<Key, Value>(index: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = index.get(key);
  if (values) values.push(value);
  else index.set(key, [value]);
}

/** The memory of a sandbox, beside what {@link EventBooks} keeps. Every entry costs the same, however many there are. */
export class Ledger extends EventBooks {
  readonly requests: RequestRecord[] = [];
  readonly messages: AcceptedMessage[] = [];
  readonly conversations = new Map<string, Conversation>();

  readonly #requestsOf = new Map<string, RequestRecord[]>();
  readonly #messagesOf = new Map<string, AcceptedMessage[]>();
  readonly #lastAcceptance = new Map<string, AcceptedMessage>();
  readonly #repeated = new Map<string, AcceptedMessage>();
  readonly #inFlight = new Map<string, Set<RequestRecord>>();
  readonly #onClear: Array<() => void> = [];
  #lastSequence = 0;

  /** Calls `forget` whenever everything is forgotten. */
  onClear(forget: () => void): void {
    this.#onClear.push(forget);
  }

  /** Forgets everything. Sequence numbers go on. */
  clear(): void {
    for (const forget of this.#onClear) forget();
    this.clearEvents();
    this.requests.length = 0;
    this.messages.length = 0;
    this.conversations.clear();
    this.#requestsOf.clear();
    this.#messagesOf.clear();
    this.#lastAcceptance.clear();
    this.#repeated.clear();
    this.#inFlight.clear();
  }

  /** The requests of a conversation in the order in which their conversation became known. */
  requestsOf(conversationId: string): readonly RequestRecord[] {
    return this.#requestsOf.get(conversationId) ?? [];
  }

  /** The accepted messages of a conversation, oldest first. */
  messagesOf(conversationId: string): readonly AcceptedMessage[] {
    return this.#messagesOf.get(conversationId) ?? [];
  }

  /** One entry for every message that was accepted more than once: its latest acceptance. */
  acceptedMoreThanOnce(): AcceptedMessage[] {
    return [...this.#repeated.values()];
  }

  /** Enters a request when its head has arrived. */
  openRequest(head: RequestHead): RequestRecord {
    const record: RequestRecord = {
      sequence: ++this.#lastSequence,
      ...head,
      receivedAt: Date.now(),
      inFlightWith: [],
    };
    this.requests.push(record);
    return record;
  }

  /** Notes the conversation of a request; from now on it is in flight there. */
  assignConversation(record: RequestRecord, conversationId: string): void {
    record.conversationId = conversationId;
    append(this.#requestsOf, conversationId, record);
    let inFlight = this.#inFlight.get(conversationId);
    if (!inFlight) this.#inFlight.set(conversationId, (inFlight = new Set()));
    for (const other of inFlight) {
      other.inFlightWith.push(record.sequence);
      record.inFlightWith.push(other.sequence);
    }
    inFlight.add(record);
  }

  /** The other requests under way in the conversation of one that change it. */
  changesUnderWay(record: RequestRecord): RequestRecord[] {
    const inFlight = this.#inFlight.get(record.conversationId ?? '') ?? [];
    return [...inFlight].filter((other) => other !== record && other.method !== 'GET');
  }

  /** Notes that a request was answered to the end. */
  answerRequest(record: RequestRecord, status: number): void {
    record.status = status;
    record.answeredAt = Date.now();
  }

  /** Ends the flight of a request, answered or not. */
  closeRequest(record: RequestRecord): void {
    if (record.conversationId === undefined) return;
    const inFlight = this.#inFlight.get(record.conversationId);
    inFlight?.delete(record);
    if (inFlight?.size === 0) this.#inFlight.delete(record.conversationId);
  }

  /** Books an accepted Authenticate. */
  acceptAuthentication(conversationId: string): void {
    this.#conversation(conversationId).authentications += 1;
  }

  /** Books an accepted Analyze, and its message under the given id if it has one. */
  acceptAnalysis(sequence: number, analysis: Analysis, messageId: string | undefined): void {
    const conversation = this.#conversation(analysis.conversationId);
    conversation.analyses += 1;
    if (analysis.taskName !== undefined) conversation.lastTaskName = analysis.taskName;
    conversation.inputVariables = { ...conversation.inputVariables, ...analysis.inputVariables };
    if (!analysis.message || messageId === undefined) return;
    this.acceptMessage(sequence, conversation.id, analysis.message, messageId);
  }

  /** Books an accepted message under its id. */
  acceptMessage(
    sequence: number,
    conversationId: string,
    { text, sender, timestamp }: SentMessage,
    messageId: string,
  ): void {
    const key = JSON.stringify([conversationId, sender.role, sender.externalId, text]);
    const message: AcceptedMessage = {
      conversationId,
      messageId,
      text,
      role: sender.role,
      externalId: sender.externalId,
      timestamp,
      acceptedAt: Date.now(),
      sequence,
      times: (this.#lastAcceptance.get(key)?.times ?? 0) + 1,
    };
    this.#conversation(conversationId).messages += 1;
    this.messages.push(message);
    append(this.#messagesOf, conversationId, message);
    this.#lastAcceptance.set(key, message);
    if (message.times > 1) this.#repeated.set(key, message);
  }

  #conversation(id: string): Conversation {
    let conversation = this.conversations.get(id);
    if (!conversation) {
      conversation = {
        id,
        createdAt: Date.now(),
        messages: 0,
        authentications: 0,
        analyses: 0,
        inputVariables: {},
      };
      this.conversations.set(id, conversation);
    }
    return conversation;
  }
}
