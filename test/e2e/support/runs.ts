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

/** Publishes a workflow that starts with a webhook; n8n answers the webhook from now on. */
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

/** The latest run of a workflow that the server did, once it has ended. */
export async function lastRun({ api, installation }: E2eN8n, workflowId: string): Promise<IRun> {
  const filter = encodeURIComponent(JSON.stringify({ workflowId }));
  const id = await eventually(`the end of a run of ${workflowId}`, async () => {
    const { results } = (await api.request('GET', `/executions?filter=${filter}`)) as {
      results: Array<{ id: string; status: string }>;
    };
    const [latest] = results;
    return ['success', 'error', 'crashed', 'canceled'].includes(latest?.status ?? '')
      ? latest?.id
      : undefined;
  });
  // n8n sends the data in the notation of this package of its own.
  const { parse } = createRequire(join(installation, 'node_modules/n8n/package.json'))('flatted') as {
    parse(text: string): IRun['data'];
  };
  const run = (await api.request('GET', `/executions/${id}`)) as Omit<IRun, 'data'> & { data: string };
  return { ...run, data: parse(run.data) };
}
