import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { parse } from 'yaml';

import { queueSettings } from '../../scripts/n8n/queue/settings';

const FILE = resolve(__dirname, '../../docs/queue-mode.compose.yaml');

interface Service {
  environment?: Record<string, string>;
}

/** Settings that name a place or a secret, which are not the same in a container. */
const OWN = /(HOST|PORT|PASSWORD|KEY|DATABASE)$/;

test('the compose file sets for main and for each worker what the tests run with', () => {
  const { services } = parse(readFileSync(FILE, 'utf8'), { merge: true }) as {
    services: Record<string, Service>;
  };
  const secrets = { encryptionKey: '', redisPassword: '', postgresPassword: '' };
  const settings = Object.entries(queueSettings({ redis: 0, postgres: 0 }, secrets));
  expect(settings.length).toBeGreaterThan(10);
  for (const name of ['n8n', 'worker-1', 'worker-2']) {
    const { environment = {} } = services[name] ?? {};
    for (const [key, value] of settings) {
      expect([name, key, environment[key] !== undefined]).toEqual([name, key, true]);
      if (!OWN.test(key)) expect([name, key, environment[key]]).toEqual([name, key, value]);
    }
  }
});
