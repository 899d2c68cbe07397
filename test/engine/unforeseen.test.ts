import { resolve } from 'node:path';

import { runAsapp, useAsapp } from '../support/asapp';
import { sentRequests } from '../support/looks';
import { analyzeParameters, authenticateParameters } from '../support/parameters';

const asapp = useAsapp();

/** Lets what the built operation makes of an answer throw, as a flaw in it would. */
function breakReader(file: string, name: string) {
  const module = jest.requireActual<Record<string, { output(): unknown }>>(
    resolve(__dirname, '../../dist/nodes/Asapp/operations', file),
  );
  const operation = module[name];
  if (operation === undefined) throw new Error(`${file} has no ${name}`);
  return jest.spyOn(operation, 'output').mockImplementation(() => {
    throw new TypeError('the reader cannot read tok-4711-secret');
  });
}
afterEach(() => {
  jest.restoreAllMocks();
});

test('a message whose answer cannot be read is in doubt, and never sent again', async () => {
  const reader = breakReader('generativeAgent/analyze.js', 'analyze');
  const { json } = await runAsapp(asapp, {
    parameters: analyzeParameters({ options: { maxRetries: 3 } }),
    node: { onError: 'continueRegularOutput', retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
  });
  // Of the answer, and of what the look at the conversation found.
  expect(reader).toHaveBeenCalledTimes(2);
  expect(json).toEqual([
    {
      error: {
        kind: 'unexpectedResponse',
        status: 200,
        message:
          'The item was sent, but what came back could not be read: the reader cannot read tok-4711-secret',
        retryable: false,
        inDoubt: true,
        attempts: 1,
        phase: 'answered',
        description: expect.stringContaining('ASAPP may have accepted this item') as string,
      },
    },
  ]);
  expect(sentRequests(asapp)).toHaveLength(1);
  expect(asapp.sandbox.ledger.messages).toHaveLength(1);
});

test('what may arrive twice is in no doubt, and secrets stay out of what is told', async () => {
  breakReader('conversation/authenticate.js', 'authenticate');
  const { json } = await runAsapp(asapp, {
    parameters: authenticateParameters({ auth: { token: 'tok-4711-secret' } }),
    node: { onError: 'continueRegularOutput' },
  });
  expect(json).toEqual([
    {
      error: expect.objectContaining({
        kind: 'unexpectedResponse',
        phase: 'answered',
        message: 'The item was sent, but what came back could not be read: the reader cannot read [redacted]',
      }) as unknown,
    },
  ]);
  expect(json[0]?.error).not.toHaveProperty('inDoubt');
});
