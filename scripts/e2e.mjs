// `npm run test:e2e`: the tests in a whole n8n, which is brought here on first use. Arguments go to jest.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureBuilt } from './build.mjs';
import { ensureChromium } from './chromium.mjs';
import { ensureInstalled, requireNode } from './install.mjs';
import { ensureN8n } from './n8n/installation.mjs';
import { packAsPublished } from './pack.mjs';
import { localBin, nodeStep, runSteps } from './steps.mjs';

requireNode();
await ensureInstalled();
ensureBuilt();

const temporary = mkdtempSync(join(tmpdir(), 'n8n-nodes-asapp-e2e-'));
try {
  process.env.CHROMIUM_PATH = ensureChromium(console.log);
  process.env.E2E_INSTALLATION = await ensureN8n(console.log);
  process.env.E2E_TARBALL = packAsPublished(temporary);
  process.env.E2E_USER_FOLDER = join(temporary, 'user');
  const args = ['--config', 'jest.e2e.config.js', ...process.argv.slice(2)];
  process.exitCode = await runSteps([nodeStep('Tests in n8n', localBin('jest'), args)]);
} catch (error) {
  console.error(String(error.stderr || error.message));
  process.exitCode = error.exitCode ?? 1;
} finally {
  rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
}
