import { createConnection } from 'node:net';
import { rmSync } from 'node:fs';

import { databaseFolder } from '../../scripts/n8n/stateFolder';
import { eventually } from '../e2e/support/eventually';
import { useStartCommand } from '../e2e/support/startCommand';

const command = useStartCommand();
let folder: string;
beforeEach(() => {
  folder = command.folder('n8n-queue');
});
afterEach(() => {
  rmSync(databaseFolder(folder), { recursive: true, force: true });
});

async function isListening(address: string): Promise<boolean> {
  const { hostname: host, port } = new URL(`http://${address}`);
  const socket = createConnection({ host, port: Number(port) });
  return await new Promise((resolve) => {
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

test('npm run n8n -- --workers starts all of it, prints the addresses, and leaves no process', async () => {
  const { child, ended, output, api } = await command.started('--workers', '1');
  const addressOf = (name: string): string =>
    new RegExp(`^  ${name} +(?:http://)?(127\\.0\\.0\\.1:\\d+)`, 'm').exec(output())?.[1] ?? '';
  const addresses = ['Worker 1', 'Redis', 'PostgreSQL'].map(addressOf);
  expect(await Promise.all(addresses.map(isListening))).toEqual([true, true, true]);
  expect(output()).not.toContain('Worker 2');

  const { executionId } = (await api.request('POST', '/workflows/hand-over-to-ticket/run', {
    triggerToStartFrom: { name: 'When Clicking Execute' },
  })) as { executionId: string };
  const { status } = await eventually('the end of the example', async () => {
    const run = (await api.request('GET', `/executions/${executionId}`)) as { status: string };
    return ['new', 'running', 'waiting'].includes(run.status) ? undefined : run;
  });
  expect(status).toBe('success');

  child.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(command.processesIn(folder)).toEqual([]);
  expect(await Promise.all(addresses.map(isListening))).toEqual([false, false, false]);
});

test.each(['x', '-1', '100'])('refuses --workers %s', async (number) => {
  const { ended, output } = command.run(`--workers=${number}`);
  expect(await ended).toBe(1);
  expect(output()).toBe(`--workers must be a number from 0 to 16, not "${number}"\n`);
});
