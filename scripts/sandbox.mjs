// Runs sandbox/cli.ts, which is TypeScript, with the tsx of this package.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const cli = fileURLToPath(new URL('../sandbox/cli.ts', import.meta.url));

function resolveTsx() {
  try {
    require.resolve('fastify');
    return pathToFileURL(require.resolve('tsx')).href;
  } catch {
    console.error('The dependencies are missing: run `npm ci` first.');
    process.exit(1);
  }
}

const child = spawn(process.execPath, ['--import', resolveTsx(), cli, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.on('SIGINT', () => child.kill('SIGINT'));
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal ?? 'SIGTERM'];
});
