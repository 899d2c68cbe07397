import { randomUUID } from 'node:crypto';

import type { components } from '../../nodes/Asapp/contract';

type Schemas = components['schemas'];

/** The data of a server-sent event. */
export type StreamEvent = Schemas['GenerativeAgentEvent'];
/** What a system transfer hands over. */
export type SystemTransfer = Schemas['SystemTransfer'];

/** Which of ASAPP's names an event uses where its pages disagree. */
export type Spelling = 'documented' | 'alternative';

/** One thing GenerativeAgent does, without the conversation in which it does it. */
export type Step =
  | { readonly type: 'reply'; readonly text: string }
  | { readonly type: 'transferToSystem'; readonly transfer: SystemTransfer }
  | { readonly type: 'processingStart' | 'authenticationRequested' | 'transferToAgent' | 'processingEnd' };

/** A step in a conversation: an event, before it is spelled for a stream or for the webhook. */
export type AgentEvent = Step & {
  readonly id: string;
  readonly conversationId: string;
  /** Absent in a step that is no reply. */
  readonly messageId?: string | undefined;
};

const EXTERNAL_ID_PREFIX = 'external-';

/** The caller's own id of a conversation; nobody told the sandbox, so it makes one up. */
export function externalIdOf(conversationId: string): string {
  return EXTERNAL_ID_PREFIX + conversationId;
}

/** The conversation that {@link externalIdOf} gave this id; undefined if it gave it to none. */
export function conversationOf(externalId: string): string | undefined {
  return externalId.startsWith(EXTERNAL_ID_PREFIX) ? externalId.slice(EXTERNAL_ID_PREFIX.length) : undefined;
}

/** Makes an event of a step, with an id of its own. */
export function agentEvent(step: Step, conversationId: string, messageId: () => string): AgentEvent {
  const id = randomUUID();
  return { ...step, id, conversationId, messageId: step.type === 'reply' ? messageId() : undefined };
}

function typeOf({ type }: AgentEvent, spelling: Spelling): StreamEvent['type'] {
  if (spelling === 'documented') return type;
  if (type === 'authenticationRequested') return 'authenticationRequired';
  return type === 'transferToSystem' ? 'systemTransfer' : type;
}

/** The fields in the order of ASAPP's samples. */
function payload(event: AgentEvent, idName: string, spelling: Spelling): Record<string, unknown> {
  const type = typeOf(event, spelling);
  return {
    [idName]: event.id,
    externalConversationId: externalIdOf(event.conversationId),
    conversationId: event.conversationId,
    type,
    ...(event.type === 'reply' && { reply: { messageId: event.messageId, text: event.text } }),
    ...(event.type === 'transferToSystem' && { [type]: event.transfer }),
  };
}

/** The event as a stream carries it. */
export function streamPayload(event: AgentEvent, spelling: Spelling): Record<string, unknown> {
  const idName = spelling === 'documented' ? 'generativeAgentMessageId' : 'generativeAgentkMessageId';
  return payload(event, idName, spelling);
}

/** The event as the webhook carries it. ASAPP describes no system transfer there; it goes in the same shape. */
export function webhookPayload(event: AgentEvent): Record<string, unknown> {
  return payload(event, 'webhookMessageId', 'documented');
}
