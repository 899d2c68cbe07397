import type { IRun } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox';
import { connectSandbox, readExamples } from '../../scripts/n8n/examples';
import { counts, itemsAt, kindOf } from '../support/runData';
import { sharedN8n } from './support/n8n';
import { execute, importWorkflows } from './support/runs';

const n8n = sharedN8n();
const examples = readExamples();

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
  await connectSandbox(n8n.api, sandbox);
  await importWorkflows(n8n, examples);
});
afterAll(async () => {
  await sandbox?.close();
});

/** What each example must have done in a whole n8n; test/engine/examples.test.ts looks at the details. */
const CHECKS: Record<string, (run: IRun) => void> = {
  'authenticate-and-analyze': (run) => {
    const conversationId = '01BX5ZZKBKACTAV9WEVGEMMVS0';
    const { messageId } = sandbox.ledger.messagesOf(conversationId)[0] ?? {};
    expect(messageId).toEqual(expect.any(String));
    expect(itemsAt(run, 'Analyzed')).toEqual([{ conversationId, messageId }]);
    expect(itemsAt(run, 'Not Authenticated').map(kindOf)).toEqual([
      'invalidInput',
      'notFound',
      'invalidInput',
    ]);
    expect(itemsAt(run, 'Not Analyzed').map(kindOf)).toEqual([
      'invalidInput',
      'conflict',
      'tooManyRequests',
      'internalServerError',
      'connectionFailed',
    ]);
  },

  'error-branches': (run) => {
    // Success, Retry Later, Fix Request, Not Found, Conflict, Check Credentials, Other Errors
    expect(counts(run, 'Analyze')).toEqual([
      [6, 5, 2, 2, 1, 1, 1],
      [2, 2, 0, 0, 0, 0, 0],
      [1, 1, 0, 0, 0, 0, 0],
      [0, 1, 0, 0, 0, 0, 0],
    ]);
    expect(itemsAt(run, 'Summary')).toEqual([
      {
        conversations: 18,
        Analyzed: 9,
        'Given Up': 2,
        'Fix Data': 2,
        'Post to Team': 2,
        'Already Delivered': 1,
        'Page Operations': 1,
        'Open a Ticket': 1,
        unaccounted: 0,
      },
    ]);
    for (const { conversationId, messageId } of itemsAt(run, 'Analyzed')) {
      const accepted = sandbox.ledger.messagesOf(String(conversationId));
      expect(accepted.map((message) => message.messageId)).toEqual([messageId]);
    }
    expect(sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
  },
};

test('every example is checked', () => {
  expect(examples.map(({ id }) => id).sort()).toEqual(Object.keys(CHECKS).sort());
});

test.each(examples.map(({ id }) => id))('%s runs', async (id) => {
  sandbox.ledger.clear();
  const run = await execute(n8n, id);
  expect(run.data.resultData.error).toBeUndefined();
  expect(run.finished).toBe(true);
  CHECKS[id]?.(run);
});
