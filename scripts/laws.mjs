// `npm run test:laws`: the property-based tests with many more cases than `npm test` gives them.
import { ensureInstalled, requireNode } from './install.mjs';

requireNode();
await ensureInstalled();
const { ensureBuilt } = await import('./build.mjs');
const { localBin, nodeStep, runSteps } = await import('./steps.mjs');

ensureBuilt();
process.env.LAW_CASES ??= '5000';
process.exitCode = await runSteps([
  nodeStep('Laws', localBin('jest'), ['test/engine/laws', ...process.argv.slice(2)]),
]);
