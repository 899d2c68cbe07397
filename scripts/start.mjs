// `npm start`: works on a fresh clone, so nothing but Node's own modules may be imported before the install.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ensureBuilt } from './build.mjs';
import { ensureInstalled, requireNode } from './install.mjs';

requireNode();
await ensureInstalled();
ensureBuilt();

// n8n-core keeps a settings file in its user folder; a person's own n8n must not get this one's.
const userFolder = mkdtempSync(join(tmpdir(), 'n8n-nodes-asapp-'));
const { status } = spawnSync(
  process.execPath,
  ['--import', 'tsx', fileURLToPath(new URL('start/main.ts', import.meta.url)), ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: {
      ...process.env,
      N8N_USER_FOLDER: userFolder,
      N8N_ENCRYPTION_KEY: randomBytes(16).toString('hex'),
      // What stops a workflow is printed below it, so n8n's own log would say it twice.
      N8N_LOG_LEVEL: process.env.N8N_LOG_LEVEL ?? 'silent',
      INIT_CWD: process.env.INIT_CWD ?? process.cwd(),
    },
  },
);
rmSync(userFolder, { recursive: true, force: true });
process.exit(status ?? 1);
