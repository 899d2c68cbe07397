import { externalId } from '../../fields/common';
import { operation } from '../operation';

/** https://docs.asapp.com/apis/conversations/list-conversations */
export const find = operation({
  option: {
    name: 'Find',
    value: 'find',
    action: 'Find conversations by external ID',
    description: 'Find the conversations that have an external ID',
  },
  endpoint: 'getConversations',
  fields: { externalId },
  options: {},
  request: ({ externalId: id }) => ({ query: { externalId: id } }),
  effect: 'read',
  list: { key: 'items' },
});
