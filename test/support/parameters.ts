import type { INodeParameters } from 'n8n-workflow';

/** Repetitions take seconds; a test that wants them says so. */
const NO_RETRIES = { maxRetries: 0 };

/** ASAPP's own example conversation. */
export const CONVERSATION_ID = '01BX5ZZKBKACTAV9WEVGEMMVS0';

/** The parameters of a valid Analyze, with anything replaced. */
export function analyzeParameters(changes: INodeParameters = {}): INodeParameters {
  return {
    resource: 'generativeAgent',
    operation: 'analyze',
    conversationId: CONVERSATION_ID,
    sendMessage: true,
    text: 'Hello',
    customerExternalId: 'customer-xyz',
    inputVariablesInput: 'fields',
    ...changes,
    options: { ...NO_RETRIES, ...(changes.options as INodeParameters | undefined) },
  };
}

/** The parameters of a valid Authenticate, with anything replaced. */
export function authenticateParameters(changes: INodeParameters = {}): INodeParameters {
  return {
    resource: 'conversation',
    operation: 'authenticate',
    conversationId: CONVERSATION_ID,
    customerExternalId: 'customer-xyz',
    authInput: 'fields',
    auth: { token: 'cGFzc3dvcmQ=' },
    ...changes,
    options: { ...NO_RETRIES, ...(changes.options as INodeParameters | undefined) },
  };
}

const CONVERSATION = { conversationId: CONVERSATION_ID };
const FOUND_BY_ID = { findBy: 'conversationId', ...CONVERSATION };

/** Valid parameters of each operation, by resource and operation. */
export const PARAMETERS: Record<string, INodeParameters> = {
  'callTransfer.create': {
    transferId: 'T1',
    externalConversationId: 'ticket-1',
    transferType: 'PHONE_NUMBER',
    country: 'US',
  },
  'callTransfer.get': { transferId: 'T1' },
  'conversation.createOrUpdate': { externalId: 'ticket-1', customerExternalId: 'customer-xyz' },
  'conversation.find': { externalId: 'ticket-1' },
  'conversation.get': CONVERSATION,
  'generativeAgent.createStream': {},
  'generativeAgent.getState': FOUND_BY_ID,
  'message.create': { ...CONVERSATION, text: 'Hello', senderRole: 'agent', senderExternalId: 'agent-1' },
  'message.createMany': {
    ...CONVERSATION,
    messages: '[{"text": "Hello", "sender": {"role": "customer", "externalId": "customer-xyz"}}]',
  },
  'message.get': { ...CONVERSATION, messageId: '01HMVXSWK8J9RR0PNGNN7Z4FVM' },
  'message.getAll': { ...FOUND_BY_ID, returnAll: true },
  'summary.freeText': FOUND_BY_ID,
  'summary.intent': FOUND_BY_ID,
  'summary.sendFeedback': { ...CONVERSATION, summaryId: 'S1', summaryText: 'All is well.' },
  'summary.structuredData': FOUND_BY_ID,
};

/** The parameters of a valid operation such as `message.create`, with anything replaced. */
export function parametersOf(name: string, changes: INodeParameters = {}): INodeParameters {
  const [resource = '', operation = ''] = name.split('.');
  if (name === 'generativeAgent.analyze') return analyzeParameters(changes);
  if (name === 'conversation.authenticate') return authenticateParameters(changes);
  return {
    resource,
    operation,
    ...PARAMETERS[name],
    ...changes,
    options: { ...NO_RETRIES, ...(changes.options as INodeParameters | undefined) },
  };
}
