import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = [
  'nodes',
  'credentials',
  'icons',
  'gulpfile.js',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
const BUILT = join(ROOT, 'dist/nodes/Asapp/Asapp.node.js');

/** Builds the package unless the last build is newer than every source. Exits with the build's code if it fails. */
export function ensureBuilt() {
  if (existsSync(BUILT) && newest(SOURCES.map((source) => join(ROOT, source))) < statSync(BUILT).mtimeMs)
    return;
  process.stdout.write('Building the package …\n');
  const gulp = join(ROOT, 'node_modules/gulp/bin/gulp.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [gulp], { cwd: ROOT, encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}The build failed; see above.\n`);
  process.exit(status ?? 1);
}

function newest(paths) {
  return Math.max(
    ...paths.map((path) => {
      const stats = statSync(path);
      return stats.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : stats.mtimeMs;
    }),
  );
}
