import type { Job } from '../peers';

/** What a worker process is to do: run the node once. */
export interface Task {
  readonly job: Job;
  /** Further options of the node. */
  readonly options: Readonly<Record<string, number>>;
}

/** How the run ended, in numbers of items. */
export interface TaskEnd {
  readonly delivered: number;
  readonly failed: number;
  readonly inDoubt: number;
  readonly hints: readonly string[];
  /** When connections were begun, in ms since the epoch. */
  readonly connectedAt: readonly number[];
  /** When it was over, in ms since the epoch. */
  readonly finishedAt: number;
}
