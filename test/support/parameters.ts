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
