import { styleText } from 'node:util';

import type { Bar, BenchResult } from '../bench';

const BAR_WIDTH = 40;

/** A result for the terminal: table, chart and what was promised. */
export function terminalReport(result: BenchResult): string {
  return [
    '',
    styleText('bold', result.title),
    styleText('dim', result.work),
    '',
    ...table([result.columns, ...result.rows]),
    ...(result.notes ?? []).map((note) => styleText('dim', note)),
    ...(result.chart.bars.length === 0 ? [] : ['', ...chart(result.chart.title, result.chart.bars)]),
    '',
    ...result.targets.map(
      ({ text, measured, isReached }) =>
        `${isReached ? styleText('green', 'reached') : styleText('red', 'missed ')}  ${text}: ${measured}`,
    ),
    '',
  ].join('\n');
}

/** Columns as wide as their widest cell, the first row as head. */
export function table(rows: ReadonlyArray<readonly string[]>): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const [head = [], ...rest] = rows;
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rest.map(line)];
}

/** One bar a line; the longest fills the width. */
export function chart(title: string, bars: readonly Bar[]): string[] {
  const longestName = Math.max(...bars.map(({ name }) => name.length));
  const largest = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  return [
    title,
    ...bars.map(({ name, value, label }) => {
      const length = Math.max(0, Math.round((value / largest) * BAR_WIDTH));
      return `  ${name.padEnd(longestName)}  ${'█'.repeat(length).padEnd(BAR_WIDTH, '·')}  ${label}`;
    }),
  ];
}
