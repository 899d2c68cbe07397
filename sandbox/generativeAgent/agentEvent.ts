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

/** The conversation in which something happens. */
export interface EventOrigin {
  readonly conversationId: string;
  readonly externalConversationId: string;
}

/** A step in a conversation: an event, before it is spelled for a stream or for the webhook. */
export type AgentEvent = Step &
  EventOrigin & {
    readonly id: string;
    /** Absent in a step that is no reply. */
    readonly messageId?: string | undefined;
  };

/** Makes an event of a step, with an id of its own. */
export function agentEvent(step: Step, conversation: EventOrigin, messageId: () => string): AgentEvent {
  const id = randomUUID();
  return { ...step, ...conversation, id, messageId: step.type === 'reply' ? messageId() : undefined };
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
    externalConversationId: event.externalConversationId,
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
