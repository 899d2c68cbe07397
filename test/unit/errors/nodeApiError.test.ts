import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import type { AsappErrorDetails } from '../../../nodes/Asapp/errors/asappError';
import { toNodeApiError } from '../../../nodes/Asapp/errors/nodeApiError';

const NODE: INode = {
  id: 'asapp',
  name: 'ASAPP',
  type: 'n8n-nodes-asapp.asapp',
  typeVersion: 1,
  position: [0, 0],
  parameters: {},
};

const DETAILS: AsappErrorDetails = {
  kind: 'notFound',
  status: 404,
  code: '404-02',
  message: 'There is no such conversation',
  requestId: 'r-1',
  retryable: false,
  attempts: 1,
  phase: 'answered',
  description: 'Check it.',
};

test('the error that stops a workflow has the words, the item, the code and the request ID', () => {
  const error = toNodeApiError(NODE, DETAILS, 3);
  expect(error).toBeInstanceOf(NodeApiError);
  expect(error).toMatchObject({
    message: 'There is no such conversation [item 3] (code 404-02, request ID r-1)',
    description: 'Check it.',
    httpCode: '404',
    context: { itemIndex: 3, data: DETAILS },
  });
  expect(error.context.data).not.toBe(DETAILS);
});

test('what is not known is not there', () => {
  const { status: _status, code: _code, requestId: _requestId, ...details } = DETAILS;
  const error = toNodeApiError(NODE, details);
  expect(error.message).toBe('There is no such conversation');
  expect(error.context).not.toHaveProperty('itemIndex');
  expect((error as NodeApiError).httpCode).toBeNull();
  expect(toNodeApiError(NODE, { ...details, code: '404-02' }).message).toBe(
    'There is no such conversation (code 404-02)',
  );
  expect(toNodeApiError(NODE, { ...details, requestId: 'r-1' }, 0).message).toBe(
    'There is no such conversation [item 0] (request ID r-1)',
  );
});

test('a message with the name of a system error in it stays as it is', () => {
  const message = 'Ask somebody who may approvePermissions: EPERM';
  expect(toNodeApiError(NODE, { ...DETAILS, message }).message).toContain(message);
});

test.each(['invalidInput', 'credentialUnusable'] as const)('%s is no error from ASAPP', (kind) => {
  const error = toNodeApiError(NODE, { ...DETAILS, kind, phase: 'notSent' }, 1);
  expect(error).toBeInstanceOf(NodeOperationError);
  expect(error).not.toBeInstanceOf(NodeApiError);
  expect(error).toMatchObject({ description: 'Check it.', context: { itemIndex: 1, data: { kind } } });
  expect(toNodeApiError(NODE, { ...DETAILS, kind }).context.itemIndex).toBeUndefined();
});

test.each([
  ['unauthorized', 'credential-invalid'],
  ['forbidden', 'credential-invalid'],
  ['tooManyRequests', 'rate-limited'],
  ['serviceUnavailable', 'temporarily-unavailable'],
] as const)('n8n is told of %s that it is %s', (kind, cause) => {
  expect(toNodeApiError(NODE, { ...DETAILS, kind })).toMatchObject({ failure: { cause } });
});

test('and nothing of anything else', () => {
  expect((toNodeApiError(NODE, DETAILS) as { failure?: unknown }).failure).toBeUndefined();
});
