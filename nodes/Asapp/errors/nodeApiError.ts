import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import type { AsappErrorDetails } from './asappError';
import type { ErrorKind } from './errorKinds';

type NodeApiErrorOptions = NonNullable<ConstructorParameters<typeof NodeApiError>[2]>;

/**
 * The error that stops a workflow. `node` is stored with it, so it may hold no secret. Its message has ASAPP's words, the
 * item if there is one, the code and the request ID; its `context.data` is the whole {@link AsappErrorDetails}. What the
 * node found out itself is no NodeApiError, which n8n heads "From ASAPP".
 */
export function toNodeApiError(
  node: INode,
  details: AsappErrorDetails,
  itemIndex?: number,
): NodeApiError | NodeOperationError {
  const error = OWN_CHECKS.has(details.kind)
    ? new NodeOperationError(node, details.message, {
        description: details.description,
        ...(itemIndex === undefined ? {} : { itemIndex }),
      })
    : apiError(node, details, itemIndex);
  // n8n replaces a message that contains a system error name such as EPERM, even inside "approvePermissions".
  error.message = headline(details, itemIndex);
  error.context.data = { ...details };
  return error;
}

/** Nothing was sent, so nothing came from ASAPP. */
const OWN_CHECKS: ReadonlySet<ErrorKind> = new Set(['invalidInput', 'credentialUnusable']);

function apiError(node: INode, details: AsappErrorDetails, itemIndex?: number): NodeApiError {
  const options: NodeApiErrorOptions = {
    ...(itemIndex === undefined ? {} : { itemIndex }),
    message: details.message,
    description: details.description,
  };
  if (details.status !== undefined) options.httpCode = String(details.status);
  const failure = FAILURE_CAUSES[details.kind];
  if (failure !== undefined) options.failure = failure;
  return new NodeApiError(node, {}, options);
}

const FAILURE_CAUSES: Partial<Record<ErrorKind, NonNullable<NodeApiErrorOptions['failure']>>> = {
  unauthorized: { cause: 'credential-invalid' },
  forbidden: { cause: 'credential-invalid' },
  tooManyRequests: { cause: 'rate-limited' },
  serviceUnavailable: { cause: 'temporarily-unavailable' },
};

function headline({ message, code, requestId }: AsappErrorDetails, itemIndex?: number): string {
  const facts = [
    ...(code === undefined ? [] : [`code ${code}`]),
    ...(requestId === undefined ? [] : [`request ID ${requestId}`]),
  ];
  const item = itemIndex === undefined ? '' : ` [item ${itemIndex}]`;
  return `${message}${item}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
}
