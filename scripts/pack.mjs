import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { npmCommand } from './install.mjs';
import { ROOT } from './steps.mjs';

/** Packs the package as `npm publish` would, into a folder that has no other tarball; returns the tarball's path. */
export function packAsPublished(folder) {
  const [command, ...npm] = npmCommand();
  execFileSync(command, [...npm, 'pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    stdio: 'pipe',
    shell: command === 'npm.cmd',
  });
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  return join(folder, tarball);
}
