import axios from 'axios';
import type { IRun } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox';
import { connectSandbox, connectWebhook, readExamples, webhookUrl } from '../../scripts/n8n/examples';
import { counts, itemsAt, kindOf } from '../support/runData';
import { sharedN8n } from './support/n8n';
import { execute, executeFrom, importWorkflows, publish, triggeredRuns, unpublish } from './support/runs';

const n8n = sharedN8n();
const examples = readExamples();

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
  await connectSandbox(n8n.api, sandbox);
  await connectWebhook(n8n.api, sandbox, webhookUrl(n8n.url));
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

  'scheduled-sweep': (run) => {
    expect(itemsAt(run, 'Summary')).toEqual([
      {
        messages: 25,
        conversations: 5,
        delivered: 18,
        failed: 7,
        failedByKind: { serviceUnavailable: 1, notFound: 5, invalidInput: 1 },
        toSendAgain: 1,
      },
    ]);
    expect(sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
  },

  'reply-with-authentication': (run) => {
    const answers = itemsAt(run, 'Answer').map(({ question, answer }) => [question, answer]);
    expect(Object.fromEntries(answers)).toEqual({
      'How can I pay my bill?': 'One moment please.\n\nYou asked "How can I pay my bill?". It is done.',
      'What is my balance?': expect.stringContaining('you are authenticated') as string,
    });
    expect(itemsAt(run, 'Not Authenticated').map(kindOf)).toEqual(['unprocessableEntity']);
    expect(sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
  },

  'hand-over-to-ticket': (run) => {
    const conversations = (node: string) => itemsAt(run, node).map(({ conversationId }) => conversationId);
    expect(conversations('Build Ticket')).toEqual(['TICKET1', 'TICKET3']);
    expect(itemsAt(run, 'Build Ticket').map(({ subject, priority }) => [subject, priority])).toEqual([
      ['Handed over: handle_refund_requests', 'normal'],
      ['A customer asks for an agent', 'high'],
    ]);
    expect(itemsAt(run, 'Build Ticket')[0]?.description).toContain('\ndepartment: billing\n');
    expect(conversations('Send Reply')).toEqual(['TICKET2', 'TICKET6']);
    expect(conversations('Look Into It')).toEqual(['TICKET4']);
    expect(conversations('Not Analyzed')).toEqual(['FAULT409IDTICKET5']);
  },
};

/** What the event examples must have done with the events of the messages that events-by-stream sends. */
function checkEventRuns(runs: IRun[]): void {
  for (const run of runs) expect(run.status).toBe('success');
  const at = (node: string) => runs.flatMap((run) => itemsAt(run, node));
  const texts = at('Show Reply').map(({ text }) => text);
  // Executions that run side by side may be stored in another order than that of the events.
  expect(texts.sort()).toEqual(
    [
      'One moment please.',
      'You asked "How can I pay my bill?". It is done.',
      'I have to know who you are first.',
      'Thank you, you are authenticated.',
      'Let me look at "What is my balance?".',
      'Here is what I found on "What is my balance?": all is well.',
      'I am handing you over to our refund desk.',
      'Sure, connecting you with an agent.',
    ].sort(),
  );
  expect(at('Authenticated')).toEqual([expect.objectContaining({ authenticated: true })]);
  const subjects = at('Build Ticket').map(({ subject }) => subject);
  expect(subjects.sort()).toEqual(['A customer asks for an agent', 'Handed over: handle_refund_requests']);
}

/** Eight replies, a request for authentication and two transfers. */
const EVENT_RUNS = 11;

/** Examples that start with an event. */
const EVENT_EXAMPLES = ['events-by-stream', 'events-by-webhook'];

test('every example is checked', () => {
  const checked = [...Object.keys(CHECKS), ...EVENT_EXAMPLES, 'chat-webhook'];
  expect(examples.map(({ id }) => id).sort()).toEqual(checked.sort());
});

test('chat-webhook answers a chat message', async () => {
  await publish(n8n, 'chat-webhook');
  const post = async (conversationId: string) => {
    const body = { conversationId, customerId: 'customer-1', text: 'How can I pay my bill?' };
    const { status, data } = await axios.post<unknown>(`${n8n.url}/webhook/asapp-chat`, body, {
      validateStatus: () => true,
    });
    return [status, data];
  };
  const reply = 'One moment please.\n\nYou asked "How can I pay my bill?". It is done.';
  expect(await post('CHAT1')).toEqual([200, { reply, outcome: 'reply' }]);
  expect(await post('FAULT404IDCHAT')).toMatchObject([502, { error: { kind: 'notFound' } }]);
  await unpublish(n8n, 'chat-webhook');
});

test.each(EVENT_EXAMPLES)('%s runs', async (id) => {
  sandbox.ledger.clear();
  await publish(n8n, id);
  // Its manual part sends the messages; nobody listens to the stream that it names unless it is published itself.
  const sent = await executeFrom(n8n, 'events-by-stream', 'When Clicking Execute');
  expect(itemsAt(sent, 'Sent')).toHaveLength(4);
  checkEventRuns(await triggeredRuns(n8n, id, EVENT_RUNS));
  await unpublish(n8n, id);
});

test.each(Object.keys(CHECKS))('%s runs', async (id) => {
  sandbox.ledger.clear();
  const run = await execute(n8n, id);
  expect(run.data.resultData.error).toBeUndefined();
  expect(run.finished).toBe(true);
  CHECKS[id]?.(run);
});
