import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import type { BenchContext, BenchResult } from '../bench';
import { median } from '../measure';
import { duration } from '../report/format';

const ROOT = join(__dirname, '../..');

/** Prints how long the files take to load when n8n-workflow is there, as in a running n8n. */
const SCRIPT = `
require('n8n-workflow');
const { performance } = require('node:perf_hooks');
const start = performance.now();
require('./dist/nodes/Asapp/Asapp.node.js');
require('./dist/credentials/AsappApi.credentials.js');
process.stdout.write(String(performance.now() - start));
`;

/** What the package costs an n8n that starts, and one that installs it. */
export async function load(context: BenchContext): Promise<BenchResult[]> {
  const times = Array.from({ length: context.quick ? 3 : 15 }, () =>
    Number(execFileSync(process.execPath, ['-e', SCRIPT], { cwd: ROOT, encoding: 'utf8' })),
  );
  const { size, files } = tarball();
  const time = median(times);
  return [
    {
      title: 'load',
      work: `require of the built node and credential in a fresh process that has n8n-workflow loaded, ${times.length} times; and the package as npm packs it.`,
      columns: ['', 'median', 'smallest', 'largest'],
      rows: [
        ['require', duration(time), duration(Math.min(...times)), duration(Math.max(...times))],
        ['tarball', `${(size / 1_000).toFixed(1)} KB`, `${files} files`, ''],
      ],
      chart: { title: '', bars: [] },
      targets: [
        { text: 'require <= 25 ms', measured: duration(time), isReached: time <= 25 },
        {
          text: 'tarball <= 100 KB',
          measured: `${(size / 1_000).toFixed(1)} KB`,
          isReached: size <= 100_000,
        },
      ],
    },
  ];
}

function tarball(): { size: number; files: number } {
  const own = process.env.npm_execpath ?? '';
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const [command, ...rest] = /npm-cli\.c?js$/.test(own)
    ? [process.execPath, own, ...args]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm', ...args];
  const output = execFileSync(command as string, rest, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [pack] = JSON.parse(output) as Array<{ size: number; entryCount: number }>;
  return { size: pack?.size ?? NaN, files: pack?.entryCount ?? NaN };
}
