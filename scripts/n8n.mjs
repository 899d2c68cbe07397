// `npm run n8n`: works on a fresh clone, so nothing but Node's own modules may be imported before the install.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

import { ensureBuilt } from './build.mjs';
import { endTogether, ensureInstalled, requireNode } from './install.mjs';

requireNode();
await ensureInstalled();
ensureBuilt();

const child = spawn(
  process.execPath,
  ['--import', 'tsx', fileURLToPath(new URL('n8n/main.ts', import.meta.url)), ...process.argv.slice(2)],
  { stdio: 'inherit', cwd: fileURLToPath(new URL('..', import.meta.url)) },
);
endTogether(child);
child.once('close', (code, signal) => {
  // Ctrl-C is how it is meant to end: then the child's own code counts.
  process.exitCode = code ?? 128 + constants.signals[signal ?? 'SIGTERM'];
});
