import { operation } from '../operation';
import { summarized } from './summarized';

/** https://docs.asapp.com/apis/autosummary/create-intent */
export const intent = operation({
  option: {
    name: 'Intent',
    value: 'intent',
    action: 'Get intent of conversation',
    description:
      'Find out what the customer wants. The code is NO_INTENT where there is none; ASAPP has to enable this for your account.',
  },
  endpoint: 'createIntent',
  fields: { conversation: summarized },
  options: {},
  request: ({ conversation }) => ({ body: () => conversation }),
  effect: 'repeatable',
});
