import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import type { BenchResult } from './bench';
import { BENCHES } from './benches';
import { loadPeers } from './peers';
import { markdownReport } from './report/markdown';
import { terminalReport } from './report/terminal';

const HELP = `Measures this node against other ways to send messages, on a local ASAPP.

  npm run bench                       all benches; writes bench/results.md
  npm run bench -- --only NAME        one of ${Object.keys(BENCHES).join(', ')}; may be given more than once
  npm run bench -- --rounds NUMBER    how often each peer is measured (5; less where it takes long, more where it varies)
  npm run bench -- --quick            little work, to see whether everything runs
  npm run bench -- --help             shows this

Only a whole run (no --only, no --quick) writes bench/results.md.`;

interface Choice {
  readonly names: readonly string[];
  readonly rounds: number;
  readonly quick: boolean;
}

async function main(): Promise<void> {
  const choice = chosen();
  if (choice === undefined) return;
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const peers = await loadPeers(say);
  const { BENCH_TLS_KEY: key, BENCH_TLS_CERTIFICATE: certificate } = process.env;
  const tls = key === undefined || certificate === undefined ? undefined : { key, certificate };
  const results: BenchResult[] = [];
  for (const name of choice.names) {
    say(`${name} …`);
    const found = await BENCHES[name]?.({ ...choice, peers, tls, say });
    for (const result of found ?? []) process.stdout.write(`${terminalReport(result)}\n`);
    results.push(...(found ?? []));
  }
  const remarks = [
    ...(peers.missing === undefined ? [] : [peers.missing]),
    ...(tls === undefined ? ['There was no openssl to make a certificate with: https was left out.'] : []),
  ];
  for (const remark of remarks) say(remark);
  const isWhole = !choice.quick && choice.names.length === Object.keys(BENCHES).length;
  if (isWhole) writeFileSync(join(__dirname, 'results.md'), markdownReport(results, remarks));
}

/** The command line; undefined when help was asked for. */
function chosen(): Choice | undefined {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(`${HELP}\n`);
    return undefined;
  }
  const { quick, only = Object.keys(BENCHES) } = values;
  const unknown = only.find((name) => !(name in BENCHES));
  if (unknown !== undefined)
    throw new Error(`There is no bench "${unknown}"; choose from ${Object.keys(BENCHES).join(', ')}`);
  const rounds = Number(values.rounds ?? (quick ? 1 : 5));
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds must be a whole number from 1, not "${values.rounds}"`);
  return { names: only, rounds, quick };
}

main().then(
  // What n8n-core has started must not keep the process.
  () => process.exit(process.exitCode ?? 0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
