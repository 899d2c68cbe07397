import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import axios from 'axios';

import { webhookUrl, type Example } from '../../scripts/n8n/examples';
import { eventually } from './support/eventually';
import { sharedN8n } from './support/n8n';
import { publish, unpublish } from './support/runs';
import { useSandbox } from './support/suite';
import { triggerAlone } from './support/triggerWorkflows';

const n8n = sharedN8n();
const EVENTS = Number(process.env.BURST_EVENTS ?? 2_000);
const LONGEST_BURST_MS = 600_000;

const suite = useSandbox(n8n);

/** Memory of n8n's process, in MB. */
function memory(): number {
  const [, kilobytes = '0'] =
    /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${n8n.pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

/** How many executions of a workflow ended with this status. */
async function ended(workflowId: string, status: string): Promise<number> {
  const filter = encodeURIComponent(JSON.stringify({ workflowId, status: [status] }));
  const { count } = (await n8n.api.request('GET', `/executions?limit=1&filter=${filter}`)) as {
    count: number;
  };
  return count;
}

async function run(workflow: Example, then: () => Promise<void>): Promise<void> {
  await n8n.api.request('POST', '/workflows', workflow);
  await publish(n8n, workflow.id);
  try {
    await then();
  } finally {
    await unpublish(n8n, workflow.id);
  }
}

test(
  `${EVENTS} events at once become ${EVENTS} executions, in bounded memory and with an editor that answers`,
  async () => {
    const maxExecutions = Number(process.env.BURST_MAX_EXECUTIONS ?? 10);
    const workflow = triggerAlone('burst', 'asappStreamTrigger', {
      streamId: 'burst',
      options: { maxExecutions },
    });
    await run(workflow, async () => {
      const before = memory();
      const startedAt = Date.now();
      for (let event = 0; event < EVENTS; event++) {
        suite.sandbox.streams.emit('burst', {
          type: 'reply',
          reply: { messageId: `M${event}`, text: 'Hello' },
        });
      }
      let peak = 0;
      let slowest = 0;
      let successes = 0;
      while (successes < EVENTS && Date.now() - startedAt < LONGEST_BURST_MS) {
        await sleep(500);
        const askedAt = Date.now();
        successes = await ended(workflow.id, 'success');
        slowest = Math.max(slowest, Date.now() - askedAt);
        peak = Math.max(peak, memory());
      }
      const seconds = (Date.now() - startedAt) / 1_000;
      process.stdout.write(
        `\n${successes} of ${EVENTS} executions in ${seconds.toFixed(0)} s; memory ${before.toFixed(0)} MB before, ${peak.toFixed(0)} MB at most; slowest answer of n8n ${slowest} ms\n`,
      );
      expect(successes).toBe(EVENTS);
      await sleep(1_000);
      expect(await ended(workflow.id, 'success')).toBe(EVENTS);
      expect(peak).toBeLessThan(1_536);
      expect(slowest).toBeLessThan(10_000);
    });
  },
  LONGEST_BURST_MS + 60_000,
);

test('Ignore Repeats drops every event that came before, whichever', async () => {
  const workflow = triggerAlone('repeats', 'asappTrigger', {
    authentication: 'none',
    options: { ignoreRepeats: true },
  });
  const url = webhookUrl(n8n.url, [workflow]);
  await run(workflow, async () => {
    for (const id of ['a', 'b', 'c', 'a', 'b', 'c', 'd', 'a']) {
      const { status } = await axios.post(url, { type: 'reply', webhookMessageId: id });
      expect(status).toBe(200);
    }
    await eventually('the executions', async () => (await ended(workflow.id, 'success')) >= 4 || undefined);
    await sleep(1_000);
    expect(await ended(workflow.id, 'success')).toBe(4);
  });
});
