import { styleText } from 'node:util';

import type { ITaskData } from 'n8n-workflow';

import { dim, print } from './terminal';

/** An output of a node: its name on the canvas, and what it is connected to. */
export interface Branch {
  name: string;
  target: string;
}

/** Prints how many items each run of a node sent to each of its `branches`, as a table with a column for each run. */
export function printBranches(node: string, branches: Branch[], runs: ITaskData[]): void {
  if (runs.length === 0) return;
  const heads = runs.map((_run, index) => `run ${index + 1}`);
  const width = Math.max(...branches.map(({ name }) => name.length));
  print(`\n${styleText('bold', `Branches of ${node}`)}`);
  print(`  ${' '.repeat(width)}  ${dim(heads.join('  '))}`);
  branches.forEach(({ name, target }, output) => {
    const counts = runs.map((run, index) =>
      String(run.data?.main?.[output]?.length ?? 0).padStart(heads[index]?.length ?? 0),
    );
    const to = target === '' ? dim('ends here') : dim(`→ ${target}`);
    print(`  ${styleText('bold', name.padEnd(width))}  ${counts.join('  ')}  ${to}`);
  });
}
