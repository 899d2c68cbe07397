import { transferId } from '../../fields/common';
import { operation } from '../operation';

/** https://docs.asapp.com/apis/generativeagent/get-call-transfer */
export const get = operation({
  option: {
    name: 'Get',
    value: 'get',
    action: 'Get call transfer',
    description: 'Read what became of a call that was handed over',
  },
  endpoint: 'getCallTransfer',
  fields: { transferId },
  options: {},
  request: ({ transferId: callTransferId }) => ({ path: { callTransferId } }),
  effect: 'read',
  // ASAPP's pages write the status in capitals and in small letters.
  output: (_values, answer) =>
    typeof answer.status === 'string' ? { ...answer, status: answer.status.toUpperCase() } : answer,
});
