import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import type { Sandbox } from '../../sandbox';
import type { WorkflowFile } from '../engine/runWorkflow';
import type { RestApi } from './restApi';

/** The folder of the workflows that this repository gives as examples. */
export const EXAMPLES = resolve(__dirname, '../../examples');

/** The credential that the examples name. n8n finds it by this name when it imports them. */
const CREDENTIAL = { name: 'ASAPP API', type: 'asappApi' };

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

/** Makes the credential of the examples lead to `sandbox`; creates it if there is none. */
export async function connectSandbox(
  api: RestApi,
  { url: baseUrl, apiId, apiSecret }: Sandbox,
): Promise<void> {
  const credential = { ...CREDENTIAL, data: { environment: 'custom', baseUrl, apiId, apiSecret } };
  const all = (await api.request('GET', '/credentials')) as Array<{ id: string; name: string; type: string }>;
  const existing = all.find(({ name, type }) => name === CREDENTIAL.name && type === CREDENTIAL.type);
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
