// Brings a whole n8n, and the Node it needs, into a cache folder of the user on first use.
import { delimiter, join } from 'node:path';

import { cacheFolder, ensureCached, npm, run } from '../cachedInstallation.mjs';

const N8N = '2.40.7';

const MANIFEST = {
  name: 'n8n-host',
  version: '1.0.0',
  private: true,
  dependencies: { n8n: N8N, node: '24.21.0' },
  // The newest linkedom needs another canvas than the one n8n brings.
  overrides: { linkedom: '0.18.13' },
};

/**
 * The folder with n8n in it, installed if it is not there yet.
 *
 * @param {(line: string) => void} say
 * @param {string} folder
 * @returns {Promise<string>}
 * @throws InstallationError with a reason for people.
 */
export async function ensureN8n(say, folder = cacheFolder(`n8n-${N8N}`)) {
  const size = '2.8 GB, once, about 7 minutes';
  return await ensureCached({ title: 'n8n', size, folder, manifest: MANIFEST, finish }, say);
}

async function finish(folder, say) {
  const binaries = join(folder, 'node_modules', 'node', 'bin');
  const withNode24 = { PATH: `${binaries}${delimiter}${process.env.PATH ?? ''}` };
  // Of all install scripts only two are needed: the one that brings Node, and the database's.
  await npm(folder, ['rebuild', 'node', '--ignore-scripts=false'], 'Node for n8n', say);
  await npm(folder, ['rebuild', 'sqlite3', '--ignore-scripts=false'], "n8n's database", say, withNode24);
  say('Checking it …');
  await run(join(binaries, 'node'), ['-e', 'require("sqlite3"); require("n8n/package.json")'], folder);
}
