import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import type { Sandbox, WebhookTarget } from '../../sandbox';
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

/** In which order somebody new would look at the examples. */
const READING_ORDER = [
  'chat',
  'conversation-lifecycle',
  'error-branches',
  'alert-on-failure',
  'alert-on-failure-rate',
  'failure-report',
  'dead-letters',
  'reply-with-authentication',
  'hand-over-to-ticket',
  'scheduled-sweep',
  'import-history',
  'transcript-export',
  'events-by-stream',
  'events-by-webhook',
  'chat-webhook',
  'authenticate-and-analyze',
];

/** Where the examples post their alerts to: the sandbox on its usual port. */
const USUAL_SANDBOX = 'http://127.0.0.1:4010';

/** All workflows of {@link EXAMPLES} in reading order, each with the name of its file as ID. */
export function readExamples(): Example[] {
  return readdirSync(EXAMPLES)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const workflow = JSON.parse(readFileSync(join(EXAMPLES, name), 'utf8')) as WorkflowFile;
      return { ...workflow, id: basename(name, '.json') };
    })
    .sort((a, b) => placeOf(a) - placeOf(b));
}

/** The examples as `npm run n8n` has them: numbered in reading order, and with their alerts posted to `sandboxUrl`. */
export function numberedExamples(sandboxUrl: string): Example[] {
  return readExamples().map((example, index) => {
    const text = JSON.stringify(example).replaceAll(USUAL_SANDBOX, sandboxUrl);
    return { ...(JSON.parse(text) as Example), name: `${index + 1}. ${example.name}` };
  });
}

function placeOf({ id }: Example): number {
  const place = READING_ORDER.indexOf(id);
  return place === -1 ? READING_ORDER.length : place;
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

/** Whether the workflow with this ID takes events. */
export async function isPublished(api: RestApi, id: string): Promise<boolean> {
  const { active } = (await api.request('GET', `/workflows/${id}`)) as { active?: boolean };
  return active === true;
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
 *
 * @returns where it posts them to.
 */
export async function connectWebhook(api: RestApi, sandbox: Sandbox, url: string): Promise<WebhookTarget> {
  const secret = randomBytes(32).toString('hex');
  await saveCredential(api, { ...WEBHOOK_CREDENTIAL, data: { secretName: SECRET_NAME, secret } });
  const target: WebhookTarget = { url, secret: { in: 'header', name: SECRET_NAME, value: secret } };
  sandbox.webhook.set(target);
  return target;
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
export async function importExamples(api: RestApi, sandboxUrl: string): Promise<number> {
  const present = new Set(
    ((await api.request('GET', '/workflows')) as Array<{ id: string }>).map(({ id }) => id),
  );
  const missing = numberedExamples(sandboxUrl).filter(({ id }) => !present.has(id));
  // n8n lists what was saved last first.
  for (const example of missing.reverse()) await api.request('POST', '/workflows', example);
  return missing.length;
}
