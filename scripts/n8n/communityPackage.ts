import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NAME = 'n8n-nodes-asapp';

/**
 * Puts the packed package where n8n puts a community package, and as it does
 * (`downloadPackage` in packages/cli/src/modules/community-packages/community-packages.service.ts of n8n 2.40):
 * unpacked, without its peer and development dependencies. There are no others that would have to be installed.
 */
export async function installCommunityPackage(tarball: string, userFolder: string): Promise<void> {
  const folder = join(userFolder, '.n8n/nodes/node_modules', NAME);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
  const manifest = join(folder, 'package.json');
  const kept = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, unknown>;
  for (const unused of ['devDependencies', 'peerDependencies', 'optionalDependencies']) delete kept[unused];
  writeFileSync(manifest, `${JSON.stringify(kept, null, 2)}\n`);
}
