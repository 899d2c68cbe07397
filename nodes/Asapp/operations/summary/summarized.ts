import { conversationId, externalConversationId } from '../../fields/common';
import { findByField } from '../../fields/findBy';
import { idField } from '../../fields/text';

/** The conversation that a summary is made of. */
export const summarized = findByField(
  { description: 'How to name the conversation' },
  {
    conversationId,
    externalConversationId,
    issueId: idField({
      displayName: 'Issue ID',
      name: 'issueId',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'e.g. 5544332211',
      description: "The conversation's ID in ASAPP's Messaging Platform",
    }),
  },
);
