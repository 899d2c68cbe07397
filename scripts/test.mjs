// npm test: everything that must hold before a change is merged. Arguments go to jest.
import { ensureInstalled, requireNode } from './install.mjs';

requireNode();
await ensureInstalled();
const { localBin, nodeStep, runSteps } = await import('./steps.mjs');

process.exitCode = await runSteps([
  nodeStep('Build', localBin('gulp'), ['--silent'], { quiet: true }),
  // The slowest first, so that the two that run at once end together.
  [
    nodeStep('Lint', localBin('eslint'), ['--max-warnings', '0', '.']),
    nodeStep('Types', localBin('typescript', 'tsc'), ['--noEmit']),
    nodeStep('Types of scripts', localBin('typescript', 'tsc'), ['-p', 'tsconfig.scripts.json']),
    nodeStep('Scan', 'scripts/scan.mjs'),
    nodeStep('Contract', 'scripts/contract.mjs', ['--check']),
    nodeStep('Format', localBin('prettier'), ['--check', '.']),
  ],
  nodeStep('Tests', localBin('jest'), process.argv.slice(2)),
]);
