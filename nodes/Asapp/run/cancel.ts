import { NodeOperationError, type IExecuteFunctions, type INode } from 'n8n-workflow';

import { withoutSecrets } from '../operations';
import { isAgentTool } from '../outputs/routing';
import { countDelivered, isFailure, type Outcome } from './outcome';

/** What the node's context keeps of On Error while a cancelled execution waits for its Retry. */
interface KeptOnError {
  asappOnError?: { onError?: INode['onError']; continueOnFail?: boolean };
}

/**
 * Ends a cancelled run so that n8n's Retry has something to run: with an output, even a part of one, n8n would take the
 * node for done. It would do so as well with On Error set to continue, so that this execution has to stop at the node.
 *
 * @throws NodeOperationError always, unless the node is a tool.
 */
export function leaveToRetry(context: IExecuteFunctions, outcomes: ReadonlyArray<Outcome | undefined>): void {
  const node = context.getNode();
  if (isAgentTool(node)) return;
  const execution = context.getExecuteData();
  const { onError, continueOnFail } = node;
  const kept = context.getContext('node') as KeptOnError;
  kept.asappOnError = {
    ...(onError === undefined ? {} : { onError }),
    ...(continueOnFail === undefined ? {} : { continueOnFail }),
  };
  execution.node = { ...execution.node, onError: 'stopWorkflow', continueOnFail: false };
  const delivered = countDelivered(outcomes);
  const doubts = outcomes.filter(
    (outcome) => isFailure(outcome) && outcome.circumstances.mayHaveArrived,
  ).length;
  const inDoubt = doubts === 0 ? '' : `, and ASAPP may have accepted ${doubts} more`;
  throw new NodeOperationError(
    withoutSecrets(node),
    // n8n takes an execution for canceled by this word.
    `The execution was canceled: ${delivered} of ${outcomes.length} items had been delivered${inDoubt}`,
    { description: 'Retry the execution to send the rest. What was delivered is not sent again.' },
  );
}

/** Gives a retried node back the On Error that {@link leaveToRetry} put aside. */
export function restoreOnError(context: IExecuteFunctions): void {
  const kept = context.getContext('node') as KeptOnError;
  if (kept.asappOnError === undefined) return;
  const { node } = context.getExecuteData();
  delete node.onError;
  delete node.continueOnFail;
  Object.assign(node, kept.asappOnError);
  delete kept.asappOnError;
}
