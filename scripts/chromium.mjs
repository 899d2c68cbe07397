import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

import { asRoot, onPath } from './commands.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * The path of a Chromium: CHROMIUM_PATH, else one on the PATH, else Debian's, which is installed if this user may.
 * Throws with a line for people.
 */
export function ensureChromium(say) {
  const { CHROMIUM_PATH: chosen } = process.env;
  if (chosen) {
    if (!existsSync(chosen)) throw new Error(`CHROMIUM_PATH leads to ${chosen}, and there is nothing`);
    return chosen;
  }
  const found = onPath(NAMES);
  if (found) return found;
  say('Installing Chromium (once) …');
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const [command, words] = asRoot('apt-get', args);
    const { status } = spawnSync(command, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    if (status !== 0) break;
  }
  const installed = onPath(NAMES);
  if (installed) return installed;
  throw new Error(
    'The tests need a Chromium, and it could not be installed. Install it, or set CHROMIUM_PATH to the one you have.',
  );
}
