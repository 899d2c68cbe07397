// Writes what follows from the API description into the node; with --check only tells whether it is current.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { parse } from 'yaml';

import { endpointsModule } from './contract/endpoints.mjs';
import { localBin, ROOT } from './steps.mjs';

const SPEC = 'spec/asapp.openapi.yaml';

const types = execFileSync(
  process.execPath,
  [localBin('openapi-typescript'), SPEC, '--empty-objects-unknown'],
  { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
);
const document = parse(readFileSync(join(ROOT, SPEC), 'utf8'));
const generated = {
  'nodes/Asapp/contract.ts': types,
  'nodes/Asapp/transport/endpoints.ts': endpointsModule(document),
};

for (const [path, text] of Object.entries(generated)) {
  const file = join(ROOT, path);
  const formatted = await format(text, { ...(await resolveConfig(file)), filepath: file });
  if (!process.argv.includes('--check')) {
    writeFileSync(file, formatted);
    console.log(`${path} written from ${SPEC}`);
  } else if (existsSync(file) && readFileSync(file, 'utf8') === formatted) {
    console.log(`${path} matches ${SPEC}`);
  } else {
    console.error(`${path} does not match ${SPEC}. Run "npm run contract" and commit the result.`);
    process.exitCode = 1;
  }
}
