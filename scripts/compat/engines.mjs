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

const BY_ENGINE = 'an agent that calls its tools by engine';
const ORDER_OF_CALLS = {
  reason: 'the calls that an agent makes at once run in reverse order there, and the tests compare by order',
  tests: [
    `${BY_ENGINE} sends each call, and sees of each what came of it`,
    `${BY_ENGINE} does not take what one tool did for what another one did`,
    `${BY_ENGINE} sends the call of each of its items`,
    `${BY_ENGINE} sends the call after a failure, also with Retry On Fail`,
  ],
};

const ENGINE_CALLS = 'an agent of which the engine calls the tools';
const ARGUMENTS_OF_MODEL = {
  reason:
    "n8n 1 keeps the arguments of a model nowhere but in the item of the call, so nothing tells them from the agent's own fields",
  tests: [
    `${ENGINE_CALLS} an argument of the same name leaves a field as it is`,
    `${ENGINE_CALLS} an argument of the same name leaves a field whose name no tool may declare as it is`,
    `${ENGINE_CALLS} an argument of the same name leaves a field inside another as it is`,
    `${ENGINE_CALLS} an argument does not stand in for a field that the item lacks`,
    `${ENGINE_CALLS} each of several items keeps its own`,
    `${ENGINE_CALLS} each of several items finds what came before it`,
    `${ENGINE_CALLS} nothing is sent if it cannot be told which item a call is for`,
  ],
};

/** @type {OlderEngine[]} */
export const OLDER_ENGINES = [
  {
    n8n: '2.8.4',
    packages: { 'n8n-core': '2.8.1', 'n8n-workflow': '2.8.0' },
    leftOut: [CONNECTION_TEST_WORDS, ORDER_OF_CALLS],
  },
  {
    n8n: '1.123.81',
    packages: { 'n8n-core': '1.122.48', 'n8n-workflow': '1.120.31' },
    leftOut: [CONNECTION_TEST_WORDS, FAILED_EXECUTION, ORDER_OF_CALLS, ARGUMENTS_OF_MODEL],
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
