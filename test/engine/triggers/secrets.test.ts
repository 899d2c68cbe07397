import { keepEngineLog, takeLog } from '../../support/debugLog';

import { resolve } from 'node:path';
import { inspect } from 'node:util';

import { loadNodePackage } from '../../../scripts/engine/nodePackage';
import { activateTrigger } from '../../support/activeTrigger';
import { EventServer } from '../../support/eventServer';

const SECRET = 'the-api-secret';
const TOKEN = 'secret-url';

test('neither the key nor the streaming URL is in a log or an error, whoever repeats them', async () => {
  const nodePackage = await loadNodePackage(resolve(__dirname, '../../..'));
  keepEngineLog();
  const server = await new EventServer().start();
  const credential = { environment: 'custom', baseUrl: server.url, apiId: 'the-api-id', apiSecret: SECRET };
  const activation = { parameters: { streamId: 's' }, credential };
  const errors: unknown[] = [];
  try {
    server.onConnect = (request, response) => {
      const message = `${server.url}${request.url ?? ''} is not for ${SECRET}`;
      response.writeHead(400).end(JSON.stringify({ error: { message } }));
      return true;
    };
    errors.push(await activateTrigger(nodePackage, activation).catch((error: unknown) => error));
    server.onConnect = (request) => {
      request.socket.destroy();
      return true;
    };
    errors.push(await activateTrigger(nodePackage, activation).catch((error: unknown) => error));
    server.onConnect = () => false;

    const trigger = await activateTrigger(nodePackage, activation);
    server.onCreate = (_request, response) => {
      response.writeHead(401).end(JSON.stringify({ error: { message: `Not ${SECRET}` } }));
      return true;
    };
    server.drop();
    while (trigger.failures.length === 0) await new Promise((wait) => setTimeout(wait, 10));
    errors.push(...trigger.failures);
    await trigger.deactivate();
  } finally {
    await server.kill();
  }
  const log = takeLog();
  const shown = inspect(errors, { depth: Infinity, showHidden: true });
  expect(log).toContain('is not connected');
  expect(errors).toHaveLength(3);
  expect(shown).toContain('[redacted]');
  for (const text of [log, shown]) {
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(TOKEN);
  }
});
