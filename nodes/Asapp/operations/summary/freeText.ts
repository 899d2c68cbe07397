import { agentExternalId } from '../../fields/common';
import { languageField } from '../../fields/language';
import { operation } from '../operation';
import { summarized } from './summarized';

/** https://docs.asapp.com/apis/autosummary/create-free-text-summary */
export const freeText = operation({
  option: {
    name: 'Free Text',
    value: 'freeText',
    action: 'Create free text summary',
    description: 'Summarize a conversation in a text',
  },
  endpoint: 'createFreeTextSummary',
  fields: { conversation: summarized },
  options: {
    agentExternalId,
    language: languageField,
  },
  request: ({ conversation, agentExternalId: agent, language }) => ({
    header: { 'Accept-Language': language },
    body: () => ({ ...conversation, agentExternalId: agent }),
  }),
  // Each call makes a new summary, which takes nothing from an earlier one.
  effect: 'repeatable',
});
