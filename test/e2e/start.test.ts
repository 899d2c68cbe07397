import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { numberedExamples } from '../../scripts/n8n/examples';
import type { RestApi } from '../../scripts/n8n/restApi';
import { eventually } from './support/eventually';
import { sharedN8n } from './support/n8n';
import { useStartCommand } from './support/startCommand';

const command = useStartCommand();
const { run, started } = command;

let userFolder: string;
beforeEach(() => {
  userFolder = command.folder('n8n');
});

/** The processes that n8n and what it starts have: they all work in its user folder. */
function processesOfN8n(): string[] {
  return command.processesIn(userFolder);
}

interface SavedCredential {
  id: string;
  name: string;
  type: string;
  data: { baseUrl?: string };
}

async function credentialsOf(api: RestApi): Promise<SavedCredential[]> {
  return (await api.request('GET', '/credentials?includeData=true')) as SavedCredential[];
}

async function baseUrlOf(api: RestApi): Promise<unknown> {
  const all = await credentialsOf(api);
  return all.filter(({ type }) => type === 'asappApi').map(({ name, data }) => [name, data.baseUrl]);
}

test('starts with the examples, keeps what is changed, and leaves no process', async () => {
  const first = await started();
  expect(processesOfN8n().length).toBeGreaterThanOrEqual(2);
  expect(await baseUrlOf(first.api)).toEqual([['ASAPP API', first.sandboxUrl]]);
  const credentials = await credentialsOf(first.api);
  expect(credentials.map(({ name }) => name).sort()).toEqual(['ASAPP API', 'ASAPP Webhook API']);
  for (const { id, name, nodes } of numberedExamples(first.sandboxUrl)) {
    const workflow = (await first.api.request('GET', `/workflows/${id}`)) as typeof first & {
      name: string;
      nodes: Array<{ type: string; credentials?: Record<string, { id: string }> }>;
    };
    expect(workflow.name).toBe(name);
    expect(first.output()).toContain(name);
    expect(first.output()).toMatch(new RegExp(` ${first.url}/workflow/${id}$`, 'm'));
    const used = workflow.nodes.flatMap((node) => Object.values(node.credentials ?? {}).map(({ id }) => id));
    const types = nodes.flatMap((node) => Object.keys(node.credentials ?? {}));
    expect(used).toEqual(types.map((type) => credentials.find((credential) => credential.type === type)?.id));
  }
  const [{ id = '' } = {}] = numberedExamples(first.sandboxUrl);
  await first.api.request('PATCH', `/workflows/${id}`, { name: 'Mine' });

  first.child.kill('SIGINT');
  expect(await first.ended).toBe(0);
  expect(processesOfN8n()).toEqual([]);

  const second = await started();
  expect(await second.api.request('GET', `/workflows/${id}`)).toMatchObject({ name: 'Mine' });
  expect(second.sandboxUrl).not.toBe(first.sandboxUrl);
  expect(await baseUrlOf(second.api)).toEqual([['ASAPP API', second.sandboxUrl]]);

  const another = run();
  expect(await another.ended).toBe(1);
  expect(another.output()).toMatch(/^npm run n8n is already running as process \d+\. Stop it first;/m);

  // However hard it is ended, n8n ends with it.
  process.kill(Number(readFileSync(join(userFolder, 'running.pid'), 'utf8')), 'SIGKILL');
  await second.ended;
  await eventually('the end of n8n', () => (processesOfN8n().length === 0 ? true : undefined));
}, 300_000);

test('starts over when asked to, and can be stopped while it starts', async () => {
  mkdirSync(userFolder, { recursive: true });
  writeFileSync(join(userFolder, 'of-an-earlier-run'), '');
  // What an earlier run left that could not clean up: no process has a number that high.
  writeFileSync(join(userFolder, 'running.pid'), `${2 ** 30}`);
  const { child, ended, output } = run('--fresh');
  await eventually('n8n', () => processesOfN8n()[0]);
  expect(existsSync(join(userFolder, 'of-an-earlier-run'))).toBe(false);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(output()).toContain('Stopping n8n');
  expect(processesOfN8n()).toEqual([]);
});

test.each(['--port', '--sandbox-port'])('names the port that is taken, and %s', async (option) => {
  const port = new URL(sharedN8n().url).port;
  const { ended, output } = run(option, port);
  expect(await ended).toBe(1);
  expect(output()).toBe(
    `Port ${port} of 127.0.0.1 is already in use. Choose another one with ${option}, e.g. npm run n8n -- ${option} 0\n`,
  );
  expect(processesOfN8n()).toEqual([]);
});
