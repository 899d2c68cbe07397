import { knownIdField } from '../../fields/text';
import { operation } from '../operation';
import { transferOf } from './output';

/** https://docs.asapp.com/apis/generativeagent/get-call-transfer */
export const get = operation({
  option: {
    name: 'Get',
    value: 'get',
    action: 'Get call transfer',
    description: 'Read what became of a call that was handed over',
  },
  endpoint: 'getCallTransfer',
  fields: {
    transferId: knownIdField({
      displayName: 'Transfer ID',
      name: 'transferId',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'e.g. call-0032318833',
      description: 'The ID that the transfer was created with',
    }),
  },
  options: {},
  request: ({ transferId: callTransferId }) => ({ path: { callTransferId } }),
  effect: 'read',
  output: (_values, answer) => transferOf(answer),
});
