import axios from 'axios';
import type { IRun } from 'n8n-workflow';

import {
  connectWebhook,
  numberedExamples,
  readExamples,
  webhookUrl,
  type Example,
} from '../../scripts/n8n/examples';
import {
  ENDS_OF_HAND_OVER,
  KINDS_OF_FIRST_EXAMPLE,
  ROUNDS_OF_ERROR_BRANCHES,
  SUMMARY_OF_ERROR_BRANCHES,
  SUMMARY_OF_SWEEP,
} from '../support/exampleResults';
import { counts, itemsAt, kindOf } from '../support/runData';
import { eventually } from './support/eventually';
import { sharedN8n } from './support/n8n';
import { execute, executeFrom, importWorkflows, publish, triggeredRuns, unpublish } from './support/runs';
import { useSandbox } from './support/suite';

const n8n = sharedN8n();
const examples = readExamples();

const suite = useSandbox(n8n);
beforeAll(async () => {
  await connectWebhook(n8n.api, suite.sandbox, webhookUrl(n8n.url));
  await importWorkflows(n8n, numberedExamples(suite.sandbox.url));
});

/** What each example must have done in a whole n8n; test/engine/examples.test.ts looks at the details. */
const CHECKS: Record<string, (run: IRun) => void> = {
  'authenticate-and-analyze': (run) => {
    const conversationId = '01BX5ZZKBKACTAV9WEVGEMMVS0';
    const { messageId } = suite.sandbox.ledger.messagesOf(conversationId)[0] ?? {};
    expect(messageId).toEqual(expect.any(String));
    expect(itemsAt(run, 'Analyzed')).toEqual([
      { conversationId, messageId, note: `GenerativeAgent has message ${String(messageId)}` },
      {
        conversationId: 'FAULTRESETAFTERREADINGONANALYZE',
        messageId: expect.any(String) as string,
        recovered: true,
        note: expect.stringMatching(/^GenerativeAgent has message/) as string,
      },
    ]);
    for (const [node, kinds] of Object.entries(KINDS_OF_FIRST_EXAMPLE)) {
      expect(itemsAt(run, node).map(kindOf)).toEqual(kinds);
    }
  },

  'error-branches': (run) => {
    expect(counts(run, 'Analyze')).toEqual(ROUNDS_OF_ERROR_BRANCHES);
    expect(itemsAt(run, 'Summary')).toEqual([SUMMARY_OF_ERROR_BRANCHES]);
    for (const { conversationId, messageId } of itemsAt(run, 'Analyzed')) {
      const accepted = suite.sandbox.ledger.messagesOf(String(conversationId));
      expect(accepted.map((message) => message.messageId)).toEqual([messageId]);
    }
    expect(suite.sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
  },

  'scheduled-sweep': (run) => {
    expect(itemsAt(run, 'Summary')).toEqual([SUMMARY_OF_SWEEP]);
    expect(suite.sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
  },

  'reply-with-authentication': (run) => {
    const answers = itemsAt(run, 'Answer').map(({ question, answer }) => [question, answer]);
    expect(Object.fromEntries(answers)).toEqual({
      'How can I pay my bill?': 'One moment please.\n\nYou asked "How can I pay my bill?". It is done.',
      'What is my balance?': expect.stringContaining('you are authenticated') as string,
    });
    expect(itemsAt(run, 'Not Authenticated').map(kindOf)).toEqual(['unprocessableEntity']);
    expect(suite.sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
  },

  'hand-over-to-ticket': (run) => {
    for (const [node, conversations] of Object.entries(ENDS_OF_HAND_OVER)) {
      expect(itemsAt(run, node).map(({ conversationId }) => conversationId)).toEqual(conversations);
    }
    expect(itemsAt(run, 'Send Reply').map(({ to, text }) => [to, typeof text])).toEqual([
      ['customer-2', 'string'],
      ['customer-6', 'string'],
    ]);
    expect(itemsAt(run, 'Look Into It').map(({ note }) => note)).toEqual([
      'Ended with authenticationRequested: look at the conversation',
    ]);
    expect(itemsAt(run, 'Build Ticket').map(({ subject, priority }) => [subject, priority])).toEqual([
      ['Handed over: handle_refund_requests', 'normal'],
      ['A customer asks for an agent', 'high'],
    ]);
    expect(itemsAt(run, 'Build Ticket')[0]?.description).toContain('\ndepartment: billing\n');
  },

  'conversation-lifecycle': (run) => {
    expect(itemsAt(run, 'Ticket Update')).toMatchObject([
      { conversationId: itemsAt(run, 'Create Conversation')[0]?.conversationId, state: 'ready' },
    ]);
  },

  'import-history': (run) => {
    expect(counts(run, 'Import Messages')).toEqual([[2, 0, 1, 0]]);
    expect(itemsAt(run, 'Imported').map(({ note }) => note)).toEqual([
      'Messages imported: 2',
      'Messages imported: 1',
    ]);
    expect(itemsAt(run, 'Fix Data First').map(kindOf)).toEqual(['invalidInput']);
  },

  'transcript-export': (run) => {
    expect(itemsAt(run, 'All Lines')).toMatchObject([
      { line: [expect.stringContaining('customer: My bill'), expect.stringContaining('agent: I have')] },
    ]);
    const [file] = run.data.resultData.runData['Transcript File']?.[0]?.data?.main?.[0] ?? [];
    expect(file?.binary?.data?.fileName).toBe('transcript.txt');
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
  const alerts = ['alert-on-failure', 'alert-on-failure-rate', 'failure-report', 'dead-letters'];
  // chat.test.ts chats.
  const checked = [...Object.keys(CHECKS), ...EVENT_EXAMPLES, ...alerts, 'chat', 'chat-webhook'];
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

/** What was posted as an alert. */
async function alerts(): Promise<unknown[]> {
  return (await axios.get<{ alerts: unknown[] }>(`${suite.sandbox.url}/sandbox/overview`)).data.alerts;
}

test('alert-on-failure posts what stopped another workflow', async () => {
  const analyze = examples.find(({ id }) => id === 'chat')?.nodes.find(({ name }) => name.startsWith('Ask'));
  if (analyze === undefined) throw new Error('The chat has no node that asks');
  const failing: Example = {
    id: 'failing',
    name: 'Failing',
    nodes: [
      {
        id: 'call',
        name: 'Call',
        type: 'n8n-nodes-base.webhook',
        typeVersion: 2,
        position: [0, 0],
        webhookId: 'failing',
        parameters: { httpMethod: 'POST', path: 'failing', options: {} },
      },
      {
        ...analyze,
        onError: 'stopWorkflow',
        parameters: { ...analyze.parameters, conversationId: 'FAULT404', text: 'Hello' },
      },
    ],
    connections: { Call: { main: [[{ node: analyze.name, type: 'main', index: 0 }]] } },
    settings: { executionOrder: 'v1', errorWorkflow: 'alert-on-failure' },
  };
  await importWorkflows(n8n, [failing]);
  await publish(n8n, 'alert-on-failure');
  await publish(n8n, 'failing');
  await axios.post(`${n8n.url}/webhook/failing`, {});
  const posted = await eventually('the alert', async () => (await alerts())[0]);
  expect(posted).toMatchObject({
    text: expect.stringMatching(/^Failing failed at Ask GenerativeAgent: Not Found .*request ID/) as string,
    link: expect.stringContaining('/workflow/failing/executions/') as string,
  });
  await unpublish(n8n, 'failing');
  await unpublish(n8n, 'alert-on-failure');
});

test('alert-on-failure-rate turns the execution red', async () => {
  const run = await execute(n8n, 'alert-on-failure-rate');
  expect(run.data.resultData.error?.message).toBe('2 of 5 items failed (40 %)');
  expect(itemsAt(run, 'Analyze')).toHaveLength(5);
});

test('failure-report keeps a row of each failure', async () => {
  const run = await executeFrom(n8n, 'failure-report', 'When Clicking Execute');
  expect(itemsAt(run, 'Add to Report')).toMatchObject([
    { conversationId: 'FAULT404IDREPORT', kind: 'notFound', requestId: expect.any(String) as string },
    { conversationId: 'FAULT403IDREPORT', kind: 'forbidden' },
  ]);
});

test('dead-letters keeps what may be sent again, and sends it on Monday', async () => {
  suite.sandbox.ledger.clear();
  const night = await executeFrom(n8n, 'dead-letters', 'When Clicking Execute');
  expect(itemsAt(night, 'Keep')).toMatchObject([{ conversationId: 'FAULT503TIMES1IDLETTER' }]);
  expect(itemsAt(night, 'Look It Up').map(kindOf)).toEqual(['internalServerError']);
  const monday = await executeFrom(n8n, 'dead-letters', 'Every Monday');
  expect(itemsAt(monday, 'Remove')).toMatchObject([{ conversationId: 'FAULT503TIMES1IDLETTER' }]);
  expect(suite.sandbox.ledger.messagesOf('FAULT503TIMES1IDLETTER')).toHaveLength(1);
  expect(suite.sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
  const next = await executeFrom(n8n, 'dead-letters', 'Every Monday');
  expect(itemsAt(next, 'Kept Letters')).toEqual([]);
});

test.each(EVENT_EXAMPLES)('%s runs', async (id) => {
  suite.sandbox.ledger.clear();
  await publish(n8n, id);
  // Its manual part sends the messages; nobody listens to the stream that it names unless it is published itself.
  const sent = await executeFrom(n8n, 'events-by-stream', 'When Clicking Execute');
  expect(itemsAt(sent, 'Sent')).toHaveLength(4);
  checkEventRuns(await triggeredRuns(n8n, id, EVENT_RUNS));
  await unpublish(n8n, id);
});

test.each(Object.keys(CHECKS))('%s runs', async (id) => {
  suite.sandbox.ledger.clear();
  // It exports what another one has imported.
  if (id === 'transcript-export') await execute(n8n, 'import-history');
  const run = await execute(n8n, id);
  expect(run.data.resultData.error).toBeUndefined();
  expect(run.finished).toBe(true);
  CHECKS[id]?.(run);
});
