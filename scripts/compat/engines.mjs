// The older versions of n8n that the tests are run with, and the tests that cannot hold there.
import { cacheFolder, ensureCached } from '../cachedInstallation.mjs';

/**
 * @typedef {object} OlderEngine
 * @property {string} n8n The n8n that ships these packages.
 * @property {Record<'n8n-core' | 'n8n-workflow', string>} packages
 * @property {{ reason: string, tests: string[] }[]} leftOut Whole names of tests, and what of n8n they need.
 */

const CONNECTION_TEST_WORDS = {
  reason:
    'up to 2.33 an error of n8n\'s loses its cause, so the connection test never reaches the credential\'s own words for 401 and 403 and shows n8n\'s: "Authorization failed", "Forbidden"',
  tests: [
    'the connection test with {"apiSecret":"wrong"} says what to do',
    'the connection test says what to do when the key may not be used',
  ],
};

const FAILED_EXECUTION = {
  reason:
    'n8n 1 gives a trigger no way to leave a failed execution (saveFailedExecution); a lost event stream is told in the log alone, and the tests wait for that execution',
  tests: [
    'with a hand on every byte deactivating leaves no connection and no timer, connected or not',
    'with a hand on every byte when n8n starts, the same is told once, and the trigger waits for ASAPP',
    'with a hand on every byte the workflow stays active when the key is withdrawn, and it is told once',
    'neither the key nor the streaming URL is in a log or an error, whoever repeats them',
  ],
};

/** @type {OlderEngine[]} */
export const OLDER_ENGINES = [
  {
    n8n: '2.8.4',
    packages: { 'n8n-core': '2.8.1', 'n8n-workflow': '2.8.0' },
    leftOut: [CONNECTION_TEST_WORDS],
  },
  {
    n8n: '1.123.81',
    packages: { 'n8n-core': '1.122.48', 'n8n-workflow': '1.120.31' },
    leftOut: [CONNECTION_TEST_WORDS, FAILED_EXECUTION],
  },
];

/**
 * The folder with the engine's packages in its `node_modules`, installed if it is not there yet.
 *
 * @param {OlderEngine} engine
 * @param {(line: string) => void} say
 * @returns {Promise<string>}
 * @throws InstallationError with a reason for people.
 */
export async function ensureEngine({ n8n, packages }, say) {
  const installation = {
    title: `n8n ${n8n}'s engine`,
    size: '300 MB, once, about a minute',
    folder: cacheFolder('compat', `n8n-${n8n}`),
    manifest: { name: 'n8n-engine', version: '1.0.0', private: true, dependencies: packages },
  };
  return await ensureCached(installation, say);
}
