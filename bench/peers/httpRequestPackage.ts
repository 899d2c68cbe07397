import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import type { INodeType, IVersionedNodeType } from 'n8n-workflow';

const VERSION = '2.41.2';
const MODULE = 'package/dist/nodes/HttpRequest/HttpRequest.node.js';

/** What the HTTP Request node needs beside what n8n-core brings; versions as n8n-nodes-base wants them. */
const DEPENDENCIES = ['@mozilla/readability', 'cheerio', 'html-to-text', 'jsdom'];

const run = promisify(execFile);

/**
 * n8n's HTTP Request node. It is brought into a cache folder of the user on first use: n8n-nodes-base is far too large
 * for a dependency of this package.
 *
 * @throws Error with a reason for people when it cannot be had.
 */
export async function loadHttpRequest(say: (line: string) => void): Promise<INodeType | IVersionedNodeType> {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'n8n-nodes-asapp', 'bench', `n8n-nodes-base-${VERSION}`);
  if (!existsSync(join(folder, MODULE))) await fetchInto(folder, say);
  const { HttpRequest } = (await import(join(folder, MODULE))) as {
    HttpRequest: new () => INodeType | IVersionedNodeType;
  };
  return new HttpRequest();
}

/** Fetches beside `folder` and renames, so that an interruption leaves nothing half done. */
async function fetchInto(folder: string, say: (line: string) => void): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const cwd = mkdtempSync(`${folder}-`);
  try {
    say(`Fetching n8n-nodes-base ${VERSION} (12 MB, once) …`);
    await npm(cwd, ['pack', `n8n-nodes-base@${VERSION}`, '--silent']);
    const parts = ['package/package.json', 'package/dist/nodes/HttpRequest', 'package/dist/utils'];
    await run('tar', ['-xzf', `n8n-nodes-base-${VERSION}.tgz`, ...parts], { cwd });
    rmSync(join(cwd, `n8n-nodes-base-${VERSION}.tgz`));
    const manifest = readFileSync(join(cwd, 'package/package.json'), 'utf8');
    const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
    writeFileSync(join(cwd, 'package.json'), '{ "private": true }\n');
    say('Installing the four packages that its HTTP Request node needs …');
    const wanted = DEPENDENCIES.map((name) => `${name}@${dependencies[name] ?? '*'}`);
    await npm(cwd, ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', ...wanted]);
    renameSync(cwd, folder);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

async function npm(cwd: string, args: string[]): Promise<void> {
  const own = process.env.npm_execpath ?? '';
  // npm 10 passes its own settings on in the environment; its prefix would be this package's.
  const env = { ...process.env, npm_config_prefix: undefined, npm_config_local_prefix: undefined };
  if (/npm-cli\.c?js$/.test(own)) await run(process.execPath, [own, ...args], { cwd, env });
  else await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { cwd, env });
}
