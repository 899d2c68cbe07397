import { agentExternalId } from '../../fields/common';
import { optionalIdField } from '../../fields/text';
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
    language: optionalIdField({
      displayName: 'Language',
      name: 'language',
      type: 'string',
      default: '',
      placeholder: 'e.g. en-US',
      description: 'Language of the text; empty is the default of your account',
    }),
  },
  request: ({ conversation, agentExternalId: agent, language }) => ({
    header: { 'Accept-Language': language },
    body: () => ({ ...conversation, agentExternalId: agent }),
  }),
  // Each call makes a new summary, which takes nothing from an earlier one.
  effect: 'repeatable',
});
