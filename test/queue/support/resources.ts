import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import type { ProcessGroup } from '../../../scripts/n8n/processGroup';

/** Resident memory of a process, in MB. */
export function memoryOf({ pid }: ProcessGroup): number {
  const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024);
}

/** Clock ticks of Linux in a second, as in `getconf CLK_TCK`. */
const TICKS = 100;

/** Processor time that a process has taken, in s. */
export function processorTimeOf({ pid }: ProcessGroup): number {
  const stat = readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8');
  // After the name, which may hold anything: state is the third field, utime and stime are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** The most memory that a process takes while `work` is under way, in MB. */
export async function peakDuring(group: ProcessGroup, work: Promise<unknown>): Promise<number> {
  let peak = 0;
  let isOver = false;
  const over = work.finally(() => (isOver = true));
  while (!isOver) {
    peak = Math.max(peak, memoryOf(group));
    await sleep(200);
  }
  await over;
  return peak;
}
