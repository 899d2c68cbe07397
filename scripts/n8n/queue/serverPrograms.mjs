// Finds the programs of Redis and PostgreSQL, or brings Debian's.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { cacheFolder } from '../../cachedInstallation.mjs';
import { asRoot, onPath } from '../../commands.mjs';

const DEBIAN = '/usr/lib/postgresql';
/** Packages of Debian and of what is derived from it. */
const REDIS = 'redis-server';
const POSTGRES = 'postgresql';

/**
 * Programs of the servers that n8n's queue mode needs. `libraries` is for LD_LIBRARY_PATH.
 *
 * @typedef {object} ServerPrograms
 * @property {string} redisServer
 * @property {string} postgresFolder Has `initdb` and `postgres` in it.
 * @property {string} [libraries]
 */

/**
 * The programs of this machine, or else those of Debian's packages, unpacked into a cache folder: an installation would
 * start services, and nothing of the system's is to change.
 *
 * @param {(line: string) => void} say
 * @returns {ServerPrograms}
 * @throws Error with a line for people.
 */
export function ensureServerPrograms(say) {
  const own = ownFolder();
  const system = { redisServer: onPath([REDIS]), postgresFolder: postgresFolder('/') };
  const brought = () => ({
    redisServer: system.redisServer ?? existing(join(own, 'usr/bin', REDIS)),
    postgresFolder: system.postgresFolder ?? postgresFolder(own),
  });
  const isComplete = ({ redisServer: redis, postgresFolder: postgres }) => redis && postgres;
  const packages = [...(system.redisServer ? [] : [REDIS]), ...(system.postgresFolder ? [] : [POSTGRES])];
  if (!isComplete(brought())) unpack(packages, own, say);
  const { redisServer, postgresFolder: folder } = brought();
  if (redisServer === undefined || folder === undefined) throw new Error(advice(packages));
  const libraries = librariesOf(own);
  return { redisServer, postgresFolder: folder, ...(libraries === undefined ? {} : { libraries }) };
}

/** Root's servers run as another user, who may not look into root's home. */
function ownFolder() {
  return process.getuid?.() === 0 ? '/var/cache/n8n-nodes-asapp/servers' : cacheFolder('servers');
}

function existing(path) {
  return existsSync(path) ? path : undefined;
}

/** The folder of the newest PostgreSQL below `root`, as Debian lays it out; for `/`, also the one on the PATH. */
function postgresFolder(root) {
  const debian = join(root, DEBIAN);
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = versions.map((version) => join(debian, version, 'bin'));
  const onThePath = root === '/' ? onPath(['initdb']) : undefined;
  if (onThePath !== undefined) folders.push(join(onThePath, '..'));
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))));
}

function librariesOf(root) {
  const folder = join(root, 'usr/lib');
  if (!existsSync(folder)) return undefined;
  const [triplet] = readdirSync(folder).filter((name) => name.includes('-linux-'));
  return triplet === undefined ? undefined : join(folder, triplet);
}

function unpack(packages, folder, say) {
  const apt = onPath(['apt-get']);
  if (apt === undefined) throw new Error(advice(packages));
  say(`Bringing ${packages.join(' and ')} into ${folder} (once) …`);
  const beside = `${folder}.partial-${process.pid}`;
  const archives = join(beside, 'archives');
  try {
    mkdirSync(join(archives, 'partial'), { recursive: true });
    if (!download(packages, archives)) {
      const [command, words] = asRoot(apt, ['update']);
      spawnSync(command, words, { stdio: 'ignore' });
      if (!download(packages, archives)) throw new Error(advice(packages));
    }
    for (const name of readdirSync(archives).filter((file) => file.endsWith('.deb'))) {
      run('dpkg-deb', ['-x', join(archives, name), beside]);
    }
    rmSync(archives, { recursive: true });
    rmSync(folder, { recursive: true, force: true });
    renameSync(beside, folder);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/** Downloads the packages and those they need that this machine does not have; whether that worked. */
function download(packages, archives) {
  const options = ['-y', '--no-install-recommends', '--download-only'];
  // Nothing is installed, so no lock is needed, which only root could take.
  const places = ['-o', 'Debug::NoLocking=1', '-o', `Dir::Cache::archives=${archives}`];
  return run('apt-get', ['install', ...options, ...places, ...packages]);
}

function run(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function advice(packages) {
  const names = packages.join(' and ');
  return `n8n's queue mode needs Redis and PostgreSQL. Could not bring ${names}: install them, e.g. with "apt-get install ${packages.join(' ')}" as root on Debian or Ubuntu, or "brew install redis postgresql" on macOS. Their services need not run.`;
}
