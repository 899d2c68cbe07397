import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { FastifyInstance } from 'fastify';

import type { FaultStore } from '../faults';
import type { Ledger } from '../ledger';
import { overviewOf } from './overview';

/** The files of the page, by their path; they are as small as they are, so that nothing has to be built. */
const FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/sandbox/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/sandbox/page.js': ['page.js', 'text/javascript; charset=utf-8'],
} as const;

/** Alerts are kept for a person to look at, not as data. */
const MOST_ALERTS = 20;

/** Adds the page that a person looks at, what it shows as JSON, and a place that workflows can post alerts to. */
export function registerPage(
  app: FastifyInstance,
  { ledger, faults }: { readonly ledger: Ledger; readonly faults: FaultStore },
): void {
  for (const [path, [name, type]] of Object.entries(FILES)) {
    app.get(path, (_request, reply) =>
      reply
        .header('cache-control', 'no-store')
        .type(type)
        .send(readFileSync(resolve(__dirname, 'files', name))),
    );
  }
  const alerts: unknown[] = [];
  ledger.onClear(() => (alerts.length = 0));
  app.get('/sandbox/overview', (_request, reply) =>
    reply.send(overviewOf(ledger, { faults: faults.list(), alerts })),
  );
  app.post('/sandbox/alerts', (request, reply) => {
    alerts.unshift(request.body);
    alerts.length = Math.min(alerts.length, MOST_ALERTS);
    return reply.code(204).send();
  });
}
