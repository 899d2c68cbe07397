import { performance } from 'node:perf_hooks';

/** The middle of some numbers. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN;
  return (lower + upper) / 2;
}

/** How long `task` takes, in ms. */
export async function timed(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

/** Memory in MB. */
export interface Memory {
  /** The most heap in use during the task. */
  readonly peakHeap: number;
  /** The most resident memory of the process during the task. */
  readonly peakResident: number;
}

const MEGABYTE = 1_048_576;

/** Samples this process's memory while `task` runs. */
export async function withMemory<Result>(
  task: () => Promise<Result>,
): Promise<{ result: Result; memory: Memory }> {
  let peakHeap = 0;
  let peakResident = 0;
  const sample = () => {
    const { heapUsed, rss } = process.memoryUsage();
    peakHeap = Math.max(peakHeap, heapUsed / MEGABYTE);
    peakResident = Math.max(peakResident, rss / MEGABYTE);
  };
  const timer = setInterval(sample, 50);
  try {
    const result = await task();
    sample();
    return { result, memory: { peakHeap, peakResident } };
  } finally {
    clearInterval(timer);
  }
}

/**
 * Heap in use when all garbage is gone, in MB. Not for between two measurements: it throws away compiled code as well,
 * and short runs pay for that.
 */
export function cleanHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / MEGABYTE;
}
