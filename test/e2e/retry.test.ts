// n8n's Retry, the Stop button and a killed process, in a whole n8n of its own: nothing is said twice.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { INode, INodeParameters } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox';
import { connectSandbox, type Example } from '../../scripts/n8n/examples';
import { startN8n, type RunningN8n } from '../../scripts/n8n/startN8n';
import { openBrowser } from './support/browser';
import { eventually } from './support/eventually';
import { placeOfRun, type E2eN8n } from './support/n8n';
import { executionsOf, importWorkflows, isEnded, publish, readRun } from './support/runs';

const COUNT = 100;
const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-asapp-retry-'));
const place = { ...placeOfRun(), userFolder: join(folder, 'user') };

let sandbox: Sandbox;
let server: RunningN8n;
let n8n: E2eN8n;

async function start(): Promise<void> {
  server = await startN8n({ ...place, port: 0 });
  if (server.api === undefined) throw new Error('n8n has another owner');
  n8n = { ...server, ...place, pid: server.pid, api: server.api };
}

beforeAll(async () => {
  sandbox = await startSandbox();
  await start();
  await connectSandbox(n8n.api, sandbox);
  await importWorkflows(n8n, [
    workflow('retried', {}),
    workflow('looking', { lookBeforeSending: true, timestamp: '={{ $json.at }}' }),
  ]);
  await publish(n8n, 'retried');
  await publish(n8n, 'looking');
});
afterAll(async () => {
  await server?.close();
  await sandbox?.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
beforeEach(() => {
  sandbox.ledger.clear();
  sandbox.faults.clear();
});

/** A webhook that takes many items, each of which goes to ASAPP. */
function workflow(id: string, options: INodeParameters): Example {
  const node = (name: string, type: string, x: number, changes: Partial<INode>): INode => ({
    id: `${id}-${name}`,
    name,
    type,
    typeVersion: 1,
    position: [x, 0],
    parameters: {},
    ...changes,
  });
  const to = (name: string) => ({ main: [[{ node: name, type: 'main' as const, index: 0 }]] });
  return {
    id,
    name: id,
    nodes: [
      node('Webhook', 'n8n-nodes-base.webhook', 0, {
        typeVersion: 2,
        webhookId: id,
        parameters: { httpMethod: 'POST', path: id, options: {} },
      }),
      node('Split Out', 'n8n-nodes-base.splitOut', 200, {
        parameters: { fieldToSplitOut: 'body.items', options: {} },
      }),
      node('ASAPP', 'n8n-nodes-asapp.asapp', 400, {
        parameters: {
          resource: 'generativeAgent',
          operation: 'analyze',
          conversationId: '={{ $json.id }}',
          text: '={{ $json.text }}',
          customerExternalId: 'customer-1',
          options: { maxConcurrency: 2, ...options },
        },
        credentials: { asappApi: { id: null, name: 'ASAPP API' } },
      }),
    ],
    connections: { Webhook: to('Split Out'), 'Split Out': to('ASAPP') },
  } as Example;
}

async function send(id: string): Promise<void> {
  const items = Array.from({ length: COUNT }, (_, index) => ({
    id: `C${index % 20}`,
    text: `Text ${index}`,
    at: new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString(),
  }));
  const response = await fetch(`${server.url}/webhook/${id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ items }),
  });
  expect(response.status).toBe(200);
}

/** The status of the latest execution once it has ended, and its ID. */
async function latest(id: string, after?: string): Promise<{ id: string; status: string }> {
  return await eventually(`the end of a run of ${id}`, async () => {
    const [execution] = await executionsOf(n8n, id);
    return execution !== undefined && execution.id !== after && isEnded(execution) ? execution : undefined;
  });
}

async function retry(execution: { id: string }, id: string, loadWorkflow: boolean): Promise<string> {
  await n8n.api.request('POST', `/executions/${execution.id}/retry`, { loadWorkflow });
  return (await latest(id, execution.id)).status;
}

function stored(): number {
  return sandbox.ledger.messages.length;
}

function expectEachOnce(): void {
  expect(sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
  expect(stored()).toBe(COUNT);
}

test.each([false, true])(
  'a run that stopped is retried (with the workflow as it is now: %s)',
  async (loadWorkflow) => {
    sandbox.faults.set({ fault: 'status', status: 400, times: 1, conversationId: 'C7' });
    await send('retried');
    const stopped = await latest('retried');
    expect(stopped.status).toBe('error');
    expect(stored()).toBeLessThan(COUNT);
    expect(await retry(stopped, 'retried', loadWorkflow)).toBe('success');
    expectEachOnce();
    // A second Retry of the same execution does not know of the first one.
    const [last] = await executionsOf(n8n, 'retried');
    await n8n.api.request('POST', `/executions/${stopped.id}/retry`, { loadWorkflow }).catch(() => undefined);
    await latest('retried', last?.id).catch(() => undefined);
    expectEachOnce();
  },
);

test('a run that stopped is retried from the list of executions in the editor', async () => {
  sandbox.faults.set({ fault: 'latency', latency: 20 });
  sandbox.faults.set({ fault: 'status', status: 400, times: 1, conversationId: 'C7' });
  await send('retried');
  const stopped = await latest('retried');
  expect(stopped.status).toBe('error');
  const { browser, page } = await openBrowser(n8n);
  try {
    await page.goto(`${server.url}/workflow/retried/executions/${stopped.id}`);
    await page.getByTestId('execution-preview-retry-button').click();
    await page.getByText('Retry with original workflow').click();
    expect((await latest('retried', stopped.id)).status).toBe('success');
  } finally {
    await browser.close();
  }
  expectEachOnce();
});

test('a run that was stopped with the Stop button is retried', async () => {
  sandbox.faults.set({ fault: 'latency', latency: 50 });
  await send('retried');
  await eventually('the first messages', () => stored() > 10 || undefined);
  const [running] = await executionsOf(n8n, 'retried');
  await n8n.api.request('POST', `/executions/${running?.id}/stop`);
  const stopped = await latest('retried');
  expect(stopped.status).toBe('canceled');
  expect(stored()).toBeLessThan(COUNT);
  await retry(stopped, 'retried', false);
  // n8n leaves the old error on this Retry, and calls it failed although every node succeeded.
  const { data } = await readRun(n8n, (await latest('retried', stopped.id)).id);
  const task = data.resultData.runData.ASAPP?.at(-1);
  expect(task?.executionStatus).toBe('success');
  expect(task?.data?.main?.[0]).toHaveLength(COUNT);
  expectEachOnce();
});

test('a run whose n8n was killed is retried, or the workflow is run again', async () => {
  for (const id of ['retried', 'looking']) {
    sandbox.ledger.clear();
    sandbox.faults.set({ fault: 'latency', latency: 50 });
    await send(id);
    await eventually('the first messages', () => stored() > 30 || undefined);
    server.kill('SIGKILL');
    await server.ended;
    const sent = stored();
    expect(sent).toBeLessThan(COUNT);
    sandbox.faults.clear();
    await start();
    const crashed = await latest(id);
    expect(crashed.status).toBe('crashed');
    if (id === 'retried') expect(await retry(crashed, id, false)).toBe('success');
    else {
      await send(id);
      expect((await latest(id, crashed.id)).status).toBe('success');
    }
    expectEachOnce();
  }
}, 240_000);
