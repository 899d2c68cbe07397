import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { IRun } from 'n8n-workflow';

import type { Example } from '../../../scripts/n8n/examples';
import { eventually } from './eventually';
import type { E2eN8n } from './n8n';

/** Imports workflows with n8n's command line; those that have the ID of one replace it. */
export async function importWorkflows(n8n: E2eN8n, workflows: readonly Example[]): Promise<void> {
  const folder = mkdtempSync(join(n8n.userFolder, 'import-'));
  const file = join(folder, 'workflows.json');
  writeFileSync(file, JSON.stringify(workflows));
  const { code, stdout, stderr } = await n8n.runCli(['import:workflow', `--input=${file}`]);
  rmSync(folder, { recursive: true });
  // n8n's exit code is 0 for some failures, too.
  if (code !== 0 || !stdout.includes(`Successfully imported ${workflows.length} workflow`)) {
    throw new Error(`n8n did not import the workflows:\n${stdout}${stderr}`);
  }
}

/** Runs a workflow from its start with n8n's command line. */
export async function execute(n8n: E2eN8n, id: string): Promise<IRun> {
  const { stdout, stderr } = await n8n.runCli(['execute', `--id=${id}`, '--rawOutput']);
  // n8n logs to the same stream, before and after.
  const [, json] = /^(\{$[^]*?^\})$/m.exec(stdout) ?? [];
  if (json === undefined) throw new Error(`n8n did not run ${id} to its end:\n${stdout}${stderr}`);
  return JSON.parse(json) as IRun;
}

/** Runs a workflow from the trigger of this name, as the editor's button does. */
export async function executeFrom(n8n: E2eN8n, workflowId: string, trigger: string): Promise<IRun> {
  const { executionId } = (await n8n.api.request('POST', `/workflows/${workflowId}/run`, {
    triggerToStartFrom: { name: trigger },
  })) as { executionId: string };
  await eventually(`the end of the run of ${workflowId}`, async () =>
    (await executionsOf(n8n, workflowId)).find(
      (execution) => execution.id === executionId && isEnded(execution),
    ),
  );
  return await readRun(n8n, executionId);
}

/** Publishes a workflow that starts with a webhook or an event; n8n takes them from now on. */
export async function publish({ api }: E2eN8n, id: string): Promise<void> {
  const { versionId } = (await api.request('GET', `/workflows/${id}`)) as { versionId: string };
  await api.request('POST', `/workflows/${id}/activate`, { versionId, name: 'e2e', description: '' });
  await eventually(`the publication of ${id}`, async () => {
    const { status } = (await api.request('GET', `/workflows/${id}/publication-status`)) as {
      status: string;
    };
    if (status === 'failed') throw new Error(`n8n could not publish ${id}`);
    return status === 'published' ? status : undefined;
  });
}

/** Ends what {@link publish} began: webhooks are answered no more, streams are closed. */
export async function unpublish({ api }: E2eN8n, id: string): Promise<void> {
  await api.request('POST', `/workflows/${id}/deactivate`, {});
}

/** The latest run of a workflow that the server did, once it has ended. */
export async function lastRun(n8n: E2eN8n, workflowId: string): Promise<IRun> {
  const id = await eventually(`the end of a run of ${workflowId}`, async () => {
    const [latest] = await executionsOf(n8n, workflowId);
    return latest !== undefined && isEnded(latest) ? latest.id : undefined;
  });
  return await readRun(n8n, id);
}

/**
 * The runs that the triggers of a workflow started, oldest first, once `count` of them have ended; runs that something
 * else started are left out. Throws if there are not so many after 30 s, or more.
 */
export async function triggeredRuns(n8n: E2eN8n, workflowId: string, count: number): Promise<IRun[]> {
  let ended = 0;
  const ids = await eventually(`${count} runs of ${workflowId}`, async () => {
    const triggered = (await executionsOf(n8n, workflowId)).filter(({ mode }) =>
      ['trigger', 'webhook'].includes(mode),
    );
    ended = triggered.filter(isEnded).length;
    return ended === triggered.length && ended >= count ? triggered.map(({ id }) => id) : undefined;
  }).catch(() => {
    throw new Error(`Only ${ended} of ${count} runs of ${workflowId} have ended after 30 s`);
  });
  if (ids.length > count) throw new Error(`${ids.length} runs of ${workflowId} were started, not ${count}`);
  return await Promise.all(ids.reverse().map(async (id) => await readRun(n8n, id)));
}

/** A run as n8n's list of executions has it. */
export interface ExecutionSummary {
  id: string;
  status: string;
  mode: string;
}

/** The runs of a workflow, up to 100, the latest one first. */
export async function executionsOf(
  { api }: Pick<E2eN8n, 'api'>,
  workflowId: string,
): Promise<ExecutionSummary[]> {
  const filter = encodeURIComponent(JSON.stringify({ workflowId }));
  const { results } = (await api.request('GET', `/executions?limit=100&filter=${filter}`)) as {
    results: ExecutionSummary[];
  };
  return results;
}

/** Whether nothing more will happen in it. */
export function isEnded({ status }: ExecutionSummary): boolean {
  return ['success', 'error', 'crashed', 'canceled'].includes(status);
}

/** A run with all that n8n has stored of it. */
export async function readRun(
  { api, installation }: Pick<E2eN8n, 'api' | 'installation'>,
  id: string,
): Promise<IRun> {
  // n8n sends the data in the notation of this package of its own.
  const { parse } = createRequire(join(installation, 'node_modules/n8n/package.json'))('flatted') as {
    parse(text: string): IRun['data'];
  };
  const run = (await api.request('GET', `/executions/${id}`)) as Omit<IRun, 'data'> & { data: string };
  return { ...run, data: parse(run.data) };
}
