import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import type { BenchResult } from '../bench';
import { chart } from './terminal';

/** All results as a page: what was promised first, then the tables. */
export function markdownReport(results: readonly BenchResult[], remarks: readonly string[]): string {
  const targets = results.flatMap(({ title, targets: ofBench }) =>
    ofBench.map(({ text, measured, isReached }) => [
      title,
      text,
      measured,
      isReached ? 'reached' : '**missed**',
    ]),
  );
  const lines = [
    '# Benchmarks',
    '',
    `Written by \`npm run bench\`; how it measures is in \`bench/\`. Ratios carry over to other machines, the numbers beside them do not. All peers of a bench send to the same local ASAPP (\`sandbox/\`), which runs in a process of its own; what was delivered is read from its ledger.`,
    '',
    `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${availableParallelism()} cores, n8n-core ${versionOf('n8n-core')}.`,
    '',
    ...remarks.flatMap((remark) => [remark, '']),
    '## Targets',
    '',
    ...markdownTable(['bench', 'target', 'measured', ''], targets),
    ...results.flatMap(section),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function section({
  title,
  work,
  columns,
  rows,
  chart: { title: unit, bars },
  notes = [],
}: BenchResult): string[] {
  return [
    '',
    `## ${title.charAt(0).toUpperCase()}${title.slice(1)}`,
    '',
    work,
    '',
    ...markdownTable(columns, rows),
    ...notes.flatMap((note) => ['', note.replace('*', '\\*')]),
    ...(bars.length === 0 ? [] : ['', '```text', ...chart(unit, bars), '```']),
  ];
}

function markdownTable(columns: readonly string[], rows: ReadonlyArray<readonly string[]>): string[] {
  const all = [columns, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = columns.map((_, column) => Math.max(3, ...all.map((row) => row[column]?.length ?? 0)));
  const [head = [], ...rest] = all.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  return [String(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest];
}

function versionOf(name: string): string {
  const manifest = readFileSync(join(__dirname, '../../node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
