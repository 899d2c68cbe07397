// Commands of the system: where they are, and how to run one as root.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of the first of these commands that is on the PATH; undefined if none is. */
export function onPath(names) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}

/**
 * Command and arguments that run this as root.
 *
 * @returns {[string, string[]]}
 */
export function asRoot(command, args) {
  // -n: a script must not wait for a password.
  return process.getuid?.() === 0 ? [command, args] : ['sudo', ['-n', command, ...args]];
}
