import type { ExecutionError } from 'n8n-workflow';

import { runAsapp, useAsapp } from '../support/asapp';
import { refuseLooks } from '../support/looks';
import { OPERATIONS, REQUEST_ID } from './support';

const asapp = useAsapp();

/** The parts of a NodeApiError that a person, or an error workflow, gets to see. */
type StopError = ExecutionError & {
  description: string | null;
  httpCode: string | null;
  context: Record<string, unknown>;
};

/** Words that contain the name of a system error, which NodeApiError would take for its own cause. */
const WORDS = [
  'You must approvePermissions first', // EPERM in another case
  'You must APPROVEPERMISSIONS first',
  'Ask the TEACCESS desk', // EACCES
  'ECONNREFUSED by the agent desk',
  'Upstream said ETIMEDOUT, ENOTFOUND and ECONNRESET',
  'getaddrinfo EAI_AGAIN behind ASAPP',
  'Bad request - please check your parameters',
];

describe.each(OPERATIONS)('$operation that stops the workflow', ({ parameters, call }) => {
  test.each(WORDS)("shows ASAPP's words: %s", async (message) => {
    asapp.sandbox.faults.set({ fault: 'status', status: 422, code: '422-09', message });
    const { error, outputs } = await runAsapp(asapp, { parameters: parameters() });
    const { message: shown, description, httpCode, context } = error as StopError;
    expect(error?.name).toBe('NodeApiError');
    const data = context.data as Record<string, unknown>;
    expect(data).toStrictEqual({
      kind: 'unprocessableEntity',
      status: 422,
      code: '422-09',
      message,
      requestId: expect.stringMatching(REQUEST_ID) as string,
      retryable: false,
      attempts: 1,
      phase: 'answered',
      description: expect.any(String) as string,
    });
    expect(shown).toBe(`${message} [item 0] (code 422-09, request ID ${String(data.requestId)})`);
    expect(description).toBe(data.description);
    expect(httpCode).toBe('422');
    expect(context.itemIndex).toBe(0);
    expect(outputs.flat()).toEqual([]);
    expect(asapp.sandbox.ledger.requests).toHaveLength(1);
  });

  test('names no code and no request ID where no answer came', async () => {
    asapp.sandbox.faults.set({ fault: 'resetAfterReading', operation: call });
    refuseLooks(asapp);
    const { error } = await runAsapp(asapp, { parameters: parameters() });
    const { message, context } = error as StopError;
    expect(message).toMatch(/^Could not complete the call to 127\.0\.0\.1:\d+: .+ \[item 0\]$/);
    expect(context.data).toMatchObject({ kind: 'connectionFailed', attempts: 1 });
    expect(context.data).not.toHaveProperty('status');
  });

  test('names the item that failed and sends none after it', async () => {
    asapp.sandbox.faults.set({ fault: 'status', status: 404, conversationId: 'B2' });
    const { error } = await runAsapp(asapp, {
      parameters: parameters({ conversationId: '={{ $json.id }}', options: { maxConcurrency: 1 } }),
      items: [{ id: 'A1' }, { id: 'B2' }, { id: 'C3' }],
    });
    const { message, context } = error as StopError;
    expect(message).toMatch(/^Not Found \[item 1\] \(code 404-01, request ID [0-9a-f-]{36}\)$/);
    expect(context.itemIndex).toBe(1);
    expect(asapp.sandbox.ledger.requests.map(({ conversationId }) => conversationId)).toEqual(['A1', 'B2']);
  });
});

test('an item that was never sent stops the workflow with the field in the message', async () => {
  const { error } = await runAsapp(asapp, {
    parameters: OPERATIONS[0]!.parameters({ text: '={{ $json.none }}' }),
  });
  const { name, message, context } = error as StopError;
  // n8n heads a NodeApiError "From ASAPP".
  expect(name).toBe('NodeOperationError');
  expect(message).toMatch(/^'Message Text' is empty.* \[item 0\]$/);
  expect(context.data).toMatchObject({ kind: 'invalidInput', attempts: 0 });
  expect(asapp.sandbox.ledger.requests).toEqual([]);
});
