// `npm run bench`: works on a fresh clone, so nothing but Node's own modules may be imported before the install.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ensureBuilt } from './build.mjs';
import { endTogether, ensureInstalled, requireNode } from './install.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

requireNode();
await ensureInstalled();
ensureBuilt();

// n8n-core keeps a settings file in its user folder; a person's own n8n must not get this one's.
const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-asapp-bench-'));

const child = spawn(
  process.execPath,
  ['--expose-gc', '--import', 'tsx', join(ROOT, 'bench/main.ts'), ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    cwd: ROOT,
    env: {
      ...process.env,
      N8N_USER_FOLDER: folder,
      N8N_ENCRYPTION_KEY: randomBytes(16).toString('hex'),
      N8N_LOG_LEVEL: 'silent',
      // The HTTP Request node lives in a cache folder and shares n8n-workflow with the engine.
      NODE_PATH: join(ROOT, 'node_modules'),
      ...certificate(),
    },
  },
);
const tie = endTogether(child);
child.once('close', (code, signal) => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = tie.exitCode(code, signal);
});

/** A certificate for localhost that the bench trusts; nothing when there is no openssl. */
function certificate() {
  const key = join(folder, 'key.pem');
  const file = join(folder, 'certificate.pem');
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const how = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ];
  const { status } = spawnSync('openssl', [...how, ...subject, '-keyout', key, '-out', file], {
    stdio: 'ignore',
  });
  if (status !== 0) return {};
  return { BENCH_TLS_KEY: key, BENCH_TLS_CERTIFICATE: file, NODE_EXTRA_CA_CERTS: file };
}
