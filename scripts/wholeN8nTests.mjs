// Runs tests in a whole n8n, which is brought here on first use. Arguments of the script go to jest.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureBuilt } from './build.mjs';
import { ensureInstalled, requireNode } from './install.mjs';
import { ensureN8n } from './n8n/installation.mjs';
import { packAsPublished } from './pack.mjs';
import { localBin, nodeStep, runSteps } from './steps.mjs';

/**
 * Runs the tests of a jest configuration on the packed package and sets the exit code. `prepare` gives what else they
 * find in their environment; it gets a folder that is removed afterwards.
 *
 * @param {string} title
 * @param {string} config
 * @param {(folder: string) => Record<string, string>} prepare
 */
export async function runTestsInN8n(title, config, prepare) {
  requireNode();
  await ensureInstalled();
  ensureBuilt();
  const temporary = mkdtempSync(join(tmpdir(), 'n8n-nodes-asapp-e2e-'));
  // Others may pass, not look: root's PostgreSQL runs as another user.
  chmodSync(temporary, 0o711);
  try {
    Object.assign(process.env, prepare(temporary), {
      E2E_INSTALLATION: await ensureN8n(console.log),
      E2E_TARBALL: packAsPublished(temporary),
      E2E_USER_FOLDER: join(temporary, 'user'),
    });
    const args = ['--config', config, ...process.argv.slice(2)];
    process.exitCode = await runSteps([nodeStep(title, localBin('jest'), args)]);
  } catch (error) {
    console.error(String(error.stderr || error.message));
    process.exitCode = error.exitCode ?? 1;
  } finally {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
  }
}
