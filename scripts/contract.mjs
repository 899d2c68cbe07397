// Writes what follows from the API description and the operations' declarations: types, endpoints, output schemas,
// docs/operations.md and the picture of the branches. With --check it only tells whether all of that is current.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
await keep({
  'nodes/Asapp/contract.ts': types,
  'nodes/Asapp/transport/endpoints.ts': endpointsModule(document),
});
// The declarations are read after the types that they are checked against are written.
const declared = execFileSync(process.execPath, ['--import', 'tsx', 'scripts/contract/declared.ts'], {
  cwd: ROOT,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
});
await keep(JSON.parse(declared));

/** Writes the files, or with --check tells which of them are not current. */
async function keep(files) {
  for (const [path, text] of Object.entries(files)) {
    const file = join(ROOT, path);
    const formatted = path.endsWith('.svg')
      ? text
      : await format(text, { ...(await resolveConfig(file)), filepath: file });
    const isCurrent = existsSync(file) && readFileSync(file, 'utf8') === formatted;
    if (isCurrent) continue;
    if (process.argv.includes('--check')) {
      console.error(`${path} is stale. Run "npm run contract" and commit the result.`);
      process.exitCode = 1;
    } else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, formatted);
      console.log(`${path} written`);
    }
  }
}
