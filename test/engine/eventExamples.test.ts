import axios from 'axios';
import type { INodeExecutionData, IRun } from 'n8n-workflow';

import { readExamples, type Example } from '../../scripts/n8n/examples';
import { runWorkflow } from '../../scripts/engine/runWorkflow';
import { activateTrigger } from '../support/activeTrigger';
import { useAsapp } from '../support/asapp';
import { itemsAt } from '../support/runData';
import { runFromTrigger } from '../support/triggeredRun';
import { serveTrigger } from '../support/webhookServer';

const SECRET = { secretName: 'x-asapp-webhook-secret', secret: 'a-long-random-text-0123456789' };
const TOKEN = 'cGFzc3dvcmQ=';
const BILL = ['One moment please.', 'You asked "How can I pay my bill?". It is done.'];
const BALANCE = [
  'I have to know who you are first.',
  'Thank you, you are authenticated.',
  'Let me look at "What is my balance?".',
  'Here is what I found on "What is my balance?": all is well.',
];
const REFUND_TICKET = {
  subject: 'Handed over: handle_refund_requests',
  description: expect.stringContaining('\ndepartment: billing\n') as string,
  priority: 'normal',
};
const AGENT_TICKET = { subject: 'A customer asks for an agent', description: '', priority: 'high' };

const asapp = useAsapp({ eventDelay: 5 });
jest.setTimeout(30_000);

function example(id: string): Example {
  const found = readExamples().find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no example ${id}`);
  return found;
}

function parametersOf({ nodes }: Example, name: string) {
  const parameters = nodes.find((node) => node.name === name)?.parameters;
  if (parameters === undefined) throw new Error(`There is no node ${name}`);
  return parameters;
}

const credentials = () => ({ asappApi: asapp.credential(), asappWebhookApi: SECRET });

/**
 * Runs the example from each execution that its trigger starts, in their order, until `enough` of them were run; what
 * Authenticate sets off starts more.
 */
async function runAll(
  workflow: Example,
  trigger: string,
  executions: INodeExecutionData[][][],
  enough: number,
): Promise<IRun[]> {
  const runs: IRun[] = [];
  const deadline = Date.now() + 20_000;
  while (runs.length < enough) {
    if (Date.now() > deadline) throw new Error(`Only ${runs.length} of ${enough} executions were started`);
    const outputs = executions[runs.length];
    if (outputs === undefined) await new Promise((wait) => setTimeout(wait, 10));
    else runs.push(await runFromTrigger(asapp.nodePackage, workflow, trigger, outputs, credentials()));
  }
  return runs;
}

/** What reached a node over all runs, by the letters with which its conversation begins. */
function reached(runs: IRun[], node: string, conversation: string): unknown[] {
  return runs
    .flatMap((run) => itemsAt(run, node))
    .filter(({ conversationId }) => String(conversationId).startsWith(conversation));
}

const textsShown = (runs: IRun[], conversation: string) =>
  reached(runs, 'Show Reply', conversation).map((item) => (item as { text: string }).text);

function expectEachEventAtItsEnd(runs: IRun[]): void {
  for (const run of runs) expect(run.data.resultData.error).toBeUndefined();
  expect(textsShown(runs, 'BILL')).toEqual(BILL);
  expect(textsShown(runs, 'BALANCE')).toEqual(BALANCE);
  expect(reached(runs, 'Authenticated', 'BALANCE')).toEqual([
    expect.objectContaining({ authenticated: true }),
  ]);
  expect(reached(runs, 'Build Ticket', 'REFUND')).toEqual([expect.objectContaining(REFUND_TICKET)]);
  expect(reached(runs, 'Build Ticket', 'HUMAN')).toEqual([expect.objectContaining(AGENT_TICKET)]);
  expect(runs.flatMap((run) => itemsAt(run, 'Not Authenticated'))).toEqual([]);
  const [request] = asapp.sandbox.ledger.requests.filter(({ operation }) => operation === 'authenticate');
  expect(request?.body).toMatchObject({ auth: { token: TOKEN } });
}

/** Two replies, four with the authentication and its request, and a reply with each of the two transfers. */
const EXECUTIONS = BILL.length + BALANCE.length + 1 + 2 * 2;

test('events-by-webhook runs from what ASAPP posts', async () => {
  const workflow = example('events-by-webhook');
  const trigger = await serveTrigger(
    asapp.nodePackage,
    parametersOf(workflow, 'ASAPP Trigger'),
    credentials(),
  );
  try {
    const { secretName: name, secret: value } = SECRET;
    asapp.sandbox.webhook.set({ url: trigger.url, secret: { in: 'header', name, value } });
    const { url, apiId, apiSecret } = asapp.sandbox;
    const says = {
      BILL: 'How can I pay my bill?',
      BALANCE: 'What is my balance?',
      REFUND: 'I want a refund for my last order.',
      HUMAN: 'Let me talk to a human, please.',
    };
    for (const [conversationId, text] of Object.entries(says)) {
      const sender = { role: 'customer', externalId: 'c' };
      await axios.post(
        `${url}/generativeagent/v1/analyze`,
        { conversationId, message: { text, sender, timestamp: new Date().toISOString() } },
        { headers: { 'asapp-api-id': apiId, 'asapp-api-secret': apiSecret } },
      );
    }
    expectEachEventAtItsEnd(await runAll(workflow, 'ASAPP Trigger', trigger.runs, EXECUTIONS));

    await axios.post(
      trigger.url,
      { type: 'somethingNew', conversationId: 'NEW1' },
      { headers: { [name]: value } },
    );
    const [last] = (await runAll(workflow, 'ASAPP Trigger', trigger.runs, EXECUTIONS + 1)).slice(-1);
    expect(last && itemsAt(last, 'New Kind of Event')).toEqual([
      expect.objectContaining({ type: 'somethingNew', conversationId: 'NEW1' }),
    ]);
  } finally {
    await trigger.close();
  }
});

test('events-by-stream runs from the events of what its other part sends', async () => {
  const workflow = example('events-by-stream');
  const trigger = await activateTrigger(asapp.nodePackage, {
    parameters: parametersOf(workflow, 'ASAPP Stream Trigger'),
    credential: asapp.credential(),
  });
  try {
    // What "When Clicking Execute" starts: the engine here would take the first trigger otherwise.
    const nodes = workflow.nodes.filter(({ name }) => name !== 'ASAPP Stream Trigger');
    const sent = await runWorkflow(asapp.nodePackage, { ...workflow, nodes }, { credentials: credentials() });
    expect(itemsAt(sent, 'Sent')).toHaveLength(4);
    expect(itemsAt(sent, 'Not Sent')).toEqual([]);
    expectEachEventAtItsEnd(await runAll(workflow, 'ASAPP Stream Trigger', trigger.emitted, EXECUTIONS));
    expect(trigger.failures).toEqual([]);
  } finally {
    await trigger.deactivate();
  }
});
