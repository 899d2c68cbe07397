// `npm run test:compat`: the tests of the built node, in the engines of older versions of n8n. Arguments go to jest.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureInstalled, requireNode } from './install.mjs';

requireNode();
await ensureInstalled();
const { ensureBuilt } = await import('./build.mjs');
const { ensureEngine, OLDER_ENGINES } = await import('./compat/engines.mjs');
const { localBin, nodeStep, runSteps } = await import('./steps.mjs');

const jestArguments = process.argv.slice(2);
const results = mkdtempSync(join(tmpdir(), 'n8n-nodes-asapp-compat-'));
try {
  ensureBuilt();
  const engines = [];
  for (const engine of OLDER_ENGINES) {
    engines.push({ ...engine, folder: await ensureEngine(engine, console.log) });
  }
  const summary = [];
  for (const engine of engines) summary.push(await runIn(engine));
  console.log(`\n${summary.join('\n')}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = error.exitCode ?? 1;
} finally {
  rmSync(results, { recursive: true, force: true });
}

/** Runs the tests in one engine and returns how it went in one line. */
async function runIn({ n8n, packages, leftOut, folder }) {
  const left = leftOut.flatMap(({ tests }) => tests);
  console.log(`\nn8n ${n8n}, without:`);
  for (const { reason, tests } of leftOut) {
    for (const test of tests) console.log(`  ${test}`);
    console.log(`    because ${reason}`);
  }

  process.env.N8N_ENGINE = folder;
  const file = join(results, `${n8n}.json`);
  const code = await runSteps([
    nodeStep(`Tests in n8n-core ${packages['n8n-core']}`, localBin('jest'), [
      ...[...jestArguments, '--config', 'jest.compat.config.js'],
      ...['--testNamePattern', allBut(left), '--json', '--outputFile', file],
    ]),
  ]);
  if (code !== 0) process.exitCode = code;
  if (!existsSync(file)) return `n8n ${n8n}: the tests did not run`;
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(file, 'utf8'));
  // A part of the tests need not have all of those.
  if (jestArguments.length === 0 && numPendingTests !== left.length) {
    process.exitCode ||= 1;
    console.error(
      `\n${left.length} tests are to be left out, but ${numPendingTests} were: see scripts/compat/engines.mjs`,
    );
  }
  return `n8n ${n8n}: ${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} left out`;
}

/** A pattern of test names that takes all but these. */
function allBut(names) {
  const escaped = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return `^(?!(?:${escaped.join('|')})$)`;
}
