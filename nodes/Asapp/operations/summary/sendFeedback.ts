import { agentExternalId, conversationId } from '../../fields/common';
import { knownIdField, textField } from '../../fields/text';
import { operation } from '../operation';

/** https://docs.asapp.com/apis/autosummary/provide-feedback-on-free-text-summary */
export const sendFeedback = operation({
  option: {
    name: 'Send Feedback',
    value: 'sendFeedback',
    action: 'Send feedback on free text summary',
    description: 'Give ASAPP a summary as an agent corrected it',
  },
  endpoint: 'createFeedbackEvent',
  fields: {
    conversationId,
    summaryId: knownIdField({
      displayName: 'Summary ID',
      name: 'summaryId',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'e.g. 0083d936-ff70-49fc-ac19-74f1246d8b27',
      description: 'The ID that Free Text gave',
    }),
    summaryText: textField({
      displayName: 'Summary Text',
      name: 'summaryText',
      type: 'string',
      typeOptions: { rows: 3 },
      required: true,
      default: '',
      placeholder: 'e.g. The customer asked for a faster plan.',
      description: 'The whole text as the agent left it',
    }),
  },
  options: { agentExternalId },
  request: ({ conversationId: id, summaryId, summaryText, agentExternalId: agent }) => ({
    path: { conversationId: id },
    query: { agentExternalId: agent },
    body: () => ({ summaryId, summaryText }),
  }),
  effect: 'repeatable',
  output: ({ conversationId: id, summaryId }) => ({ conversationId: id, summaryId, feedbackSent: true }),
});
