// Writes nodes/Asapp/contract.ts from the API description; with --check only tells whether it is current.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { localBin, ROOT } from './steps.mjs';

const SPEC = 'spec/asapp.openapi.yaml';
const CONTRACT = 'nodes/Asapp/contract.ts';

const generated = execFileSync(
  process.execPath,
  [localBin('openapi-typescript'), SPEC, '--empty-objects-unknown'],
  { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
);
const file = join(ROOT, CONTRACT);
const contract = await format(generated, { ...(await resolveConfig(file)), filepath: file });

if (!process.argv.includes('--check')) {
  writeFileSync(file, contract);
  console.log(`${CONTRACT} written from ${SPEC}`);
} else if (readFileSync(file, 'utf8') === contract) {
  console.log(`${CONTRACT} matches ${SPEC}`);
} else {
  console.error(`${CONTRACT} does not match ${SPEC}. Run "npm run contract" and commit the result.`);
  process.exitCode = 1;
}
