import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import type { Sandbox } from '../../sandbox';
import type { WorkflowFile } from '../engine/runWorkflow';
import type { RestApi } from './restApi';

/** The folder of the workflows that this repository gives as examples. */
export const EXAMPLES = resolve(__dirname, '../../examples');

/** The credentials that the examples name. n8n finds them by these names when it imports the examples. */
const CREDENTIAL = { name: 'ASAPP API', type: 'asappApi' };
const WEBHOOK_CREDENTIAL = { name: 'ASAPP Webhook API', type: 'asappWebhookApi' };
const SECRET_NAME = 'x-asapp-webhook-secret';

/** A workflow with the ID that it has in n8n. */
export type Example = WorkflowFile & { id: string };

/** All workflows of {@link EXAMPLES}, each with the name of its file as ID. */
export function readExamples(): Example[] {
  return readdirSync(EXAMPLES)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const workflow = JSON.parse(readFileSync(join(EXAMPLES, name), 'utf8')) as WorkflowFile;
      return { ...workflow, id: basename(name, '.json') };
    });
}

/** Makes the API credential of the examples lead to `sandbox`; creates it if there is none. */
export async function connectSandbox(
  api: RestApi,
  { url: baseUrl, apiId, apiSecret }: Sandbox,
): Promise<void> {
  await saveCredential(api, {
    ...CREDENTIAL,
    data: { environment: 'custom', baseUrl, apiId, apiSecret },
  });
}

/** Where the n8n at `n8nUrl` takes events for the ASAPP Trigger among `workflows`, once it is published. */
export function webhookUrl(n8nUrl: string, workflows: readonly WorkflowFile[] = readExamples()): string {
  const nodes = workflows.flatMap((workflow) => workflow.nodes);
  const trigger = nodes.find(({ type }) => type === 'n8n-nodes-asapp.asappTrigger');
  if (trigger?.webhookId === undefined) throw new Error('No workflow has an ASAPP Trigger with a webhook');
  return `${n8nUrl}/webhook/${trigger.webhookId}/webhook`;
}

/**
 * Makes `sandbox` post its events to `url` with a secret that is new each time, and the webhook credential of the
 * examples accept it.
 */
export async function connectWebhook(api: RestApi, sandbox: Sandbox, url: string): Promise<void> {
  const secret = randomBytes(32).toString('hex');
  await saveCredential(api, { ...WEBHOOK_CREDENTIAL, data: { secretName: SECRET_NAME, secret } });
  sandbox.webhook.set({ url, secret: { in: 'header', name: SECRET_NAME, value: secret } });
}

/** Creates a credential, or replaces the one of its name and type. */
async function saveCredential(
  api: RestApi,
  credential: { name: string; type: string; data: Record<string, string> },
): Promise<void> {
  const all = (await api.request('GET', '/credentials')) as Array<{ id: string; name: string; type: string }>;
  const existing = all.find(({ name, type }) => name === credential.name && type === credential.type);
  if (existing === undefined) await api.request('POST', '/credentials', credential);
  else await api.request('PATCH', `/credentials/${existing.id}`, credential);
}

/** Imports the examples that are not there, so that changes to the others survive; returns how many it imported. */
export async function importExamples(api: RestApi): Promise<number> {
  const present = new Set(
    ((await api.request('GET', '/workflows')) as Array<{ id: string }>).map(({ id }) => id),
  );
  const missing = readExamples().filter(({ id }) => !present.has(id));
  for (const example of missing) await api.request('POST', '/workflows', example);
  return missing.length;
}
