import { agentExternalId } from '../../fields/common';
import { operation } from '../operation';
import { summarized } from './summarized';

/** https://docs.asapp.com/apis/autosummary/create-structured-data */
export const structuredData = operation({
  option: {
    name: 'Structured Data',
    value: 'structuredData',
    action: 'Create structured data',
    description: 'Answer the questions of your account from a conversation',
  },
  endpoint: 'createStructuredData',
  fields: { conversation: summarized },
  options: { agentExternalId },
  request: ({ conversation, agentExternalId: agent }) => ({
    body: () => ({ ...conversation, agentExternalId: agent }),
  }),
  effect: 'repeatable',
});
