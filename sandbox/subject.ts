import type { Conversations } from './conversations/conversations';
import type { RequestRecord } from './ledger';

type Values = Readonly<Record<string, unknown>>;

/** What a request says by name: in its path, in its query, in its body; the first place counts. */
function said({ params, query, body }: RequestRecord): Values {
  const inBody = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
  return { ...inBody, ...query, ...params };
}

function texts(values: Values, ...names: string[]): string[] {
  return names.map((name) => values[name]).filter((value) => typeof value === 'string');
}

/**
 * ASAPP's id of the conversation that a request is about, as far as it says so. The ids of ASAPP's Messaging Platform
 * are those of conversations here.
 */
export function conversationOf(record: RequestRecord, conversations: Conversations): string | undefined {
  const values = said(record);
  const [id] = texts(values, 'conversationId', 'issueId');
  if (id !== undefined) return id;
  const [externalId] = texts(values, 'externalConversationId', 'externalId');
  return externalId === undefined ? undefined : conversations.idOf(externalId);
}

/** The caller's own ids of what a request is about. */
export function ownIdsOf(record: RequestRecord): string[] {
  return texts(said(record), 'externalConversationId', 'externalId', 'callTransferId', 'id');
}
