// Runs a command that knows nothing of this process, and ends it when the process that started this one is gone.
// Arguments: `{"endWith", "uid", "gid"}`, the command, and its arguments. Signals are handed on.
import { spawn } from 'node:child_process';

const [, , options = '{}', command = '', ...args] = process.argv;
const { endWith, uid, gid } = JSON.parse(options);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], uid, gid });
process.once('disconnect', () => child.kill(endWith));
for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT', 'SIGQUIT'])) {
  process.on(signal, () => child.kill(signal));
}
child.once('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.once('close', (code) => process.exit(code ?? 1));
