import { randomUUID } from 'node:crypto';

import type { KeptConversation, KeptMessage } from '../conversations/conversations';
import { AsappError } from '../errors';
import type { OperationHandlers, SandboxParts, ValidRequest } from './handler';

type SummaryOperation = 'createFreeTextSummary' | 'createStructuredData' | 'createIntent';

/** What a customer wants, by what the customer says. The first row that fits counts. */
const INTENTS: ReadonlyArray<readonly [RegExp, string, string]> = [
  [/\bcancel/i, 'CANCEL_PLAN', 'Cancel plan'],
  [/\bupgrade/i, 'UPGRADE_PLAN', 'Upgrade plan'],
  [/\brefund/i, 'REFUND', 'Refund'],
  [/\b(bill|pay|payment)\b/i, 'BILLING', 'Billing'],
  [/\b(account|balance|password)\b/i, 'ACCOUNT', 'Account'],
];

/** The conversation that is summed up. Like whatever else is posted to one, this brings it into being. */
function conversationOf(
  { conversationId }: ValidRequest<SummaryOperation>,
  parts: SandboxParts,
): KeptConversation {
  if (conversationId !== undefined) return parts.conversations.use(conversationId);
  throw new AsappError(404, 'ERROR - There is no such conversation');
}

/** What matters to one agent, or to all: agents see what they and the customer said. */
function messagesFor({ messages }: KeptConversation, agentExternalId: string | undefined): KeptMessage[] {
  if (agentExternalId === undefined) return [...messages];
  return messages.filter(({ role, externalId }) => role !== 'agent' || externalId === agentExternalId);
}

function saidBy(messages: readonly KeptMessage[], isCustomer: boolean): string[] {
  return messages.filter(({ role }) => (role === 'customer') === isCustomer).map(({ text }) => text);
}

function freeText(messages: readonly KeptMessage[], language: string): string {
  const [first, last] = [saidBy(messages, true).at(0), saidBy(messages, false).at(-1)];
  const german = /^de\b/i.test(language);
  if (first === undefined) return german ? 'Der Kunde hat nichts gesagt.' : 'The customer has said nothing.';
  const question = german ? `Der Kunde schrieb: "${first}".` : `The customer wrote: "${first}".`;
  if (last === undefined) return question;
  return `${question} ${german ? 'Die letzte Antwort war' : 'The last answer was'}: "${last}".`;
}

function intentOf(messages: readonly KeptMessage[]): { code: string; name: string } {
  const texts = saidBy(messages, true);
  if (texts.length === 0) return { code: 'NO_INTENT', name: 'No intent' };
  const [, code, name] = INTENTS.find(([says]) => texts.some((text) => says.test(text))) ?? [];
  return { code: code ?? 'GENERAL_INQUIRY', name: name ?? 'General inquiry' };
}

export const summaryHandlers: OperationHandlers = {
  createFreeTextSummary: {
    outcome(request, parts) {
      const conversation = conversationOf(request, parts);
      const messages = messagesFor(conversation, request.body.agentExternalId);
      const summaryText = freeText(messages, request.headers['accept-language'] ?? 'en');
      return { body: { conversationId: conversation.id, summaryId: randomUUID(), summaryText } };
    },
  },
  createStructuredData: {
    outcome(request, parts) {
      const conversation = conversationOf(request, parts);
      const messages = messagesFor(conversation, request.body.agentExternalId);
      const answered = saidBy(messages, false).length > 0;
      const structuredDataMetrics = [
        { id: 'q_resolved', name: 'Issue Resolved', value: answered ? 'Yes' : 'No' },
        { id: 'q_topic', name: 'Topic', value: intentOf(messages).name },
        { id: 'e_messages', name: 'Messages', value: String(messages.length) },
      ];
      return { body: { conversationId: conversation.id, id: randomUUID(), structuredDataMetrics } };
    },
  },
  createIntent: {
    outcome(request, parts) {
      return { body: { intent: intentOf(conversationOf(request, parts).messages) } };
    },
  },
};
