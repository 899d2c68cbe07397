import type { IExecuteFunctions } from 'n8n-workflow';

import { ERROR_KINDS } from '../errors/errorKinds';
import { isFailure, type Outcome } from './outcome';

/** What happened in a run beside its outcomes. */
export interface Tally {
  /** When it began, in ms since 1970. */
  readonly startedAt: number;
  /** Items that were sent more than once. */
  sentAgain: number;
}

/** Over all rounds of a loop. */
interface Totals {
  rounds: number;
  items: number;
  failed: number;
}

/** What the run did, in a sentence; undefined where there is nothing to add to the one item that left. */
export function closingWords(
  count: number,
  { startedAt, sentAgain }: Tally,
  found: number,
): string | undefined {
  if (count === 1 && sentAgain === 0 && found === 0) return undefined;
  const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
  return [
    `${numberWords(count)} item${count === 1 ? '' : 's'}`,
    `${seconds} s`,
    ...(sentAgain === 0 ? [] : [`${numberWords(sentAgain)} sent again`]),
    ...(found === 0 ? [] : [`${numberWords(found)} found in their conversation`]),
  ].join(', ');
}

/** What n8n gives its runs when it is asked to stop, in s: the default of its N8N_GRACEFUL_SHUTDOWN_TIMEOUT, which no node can read. */
const SHUTDOWN_TIMEOUT = 30;

/** What a restart of n8n in the middle of such a run would do; undefined for a run that ends before n8n gives up on it. */
export function longRunWords({ startedAt }: Tally): string | undefined {
  const seconds = Math.floor((Date.now() - startedAt) / 1_000);
  if (seconds < SHUTDOWN_TIMEOUT) return undefined;
  return `The run took ${numberWords(seconds)} s. If n8n is restarted meanwhile, it cuts runs off after ${SHUTDOWN_TIMEOUT} s: send fewer items at a time, or have N8N_GRACEFUL_SHUTDOWN_TIMEOUT set higher`;
}

/** How many items failed and why, this time and in all rounds of a loop; undefined where none did. */
export function failureWords(
  context: IExecuteFunctions,
  outcomes: ReadonlyArray<Outcome | undefined>,
): string | undefined {
  const kinds = new Map<string, number>();
  for (const outcome of outcomes) {
    if (!isFailure(outcome)) continue;
    const { name } = ERROR_KINDS[outcome.error.kind];
    kinds.set(name, (kinds.get(name) ?? 0) + 1);
  }
  const failed = [...kinds.values()].reduce((sum, count) => sum + count, 0);
  const totals = addTo(context, outcomes.length, failed);
  if (failed === 0) return undefined;
  const list = [...kinds]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${numberWords(count)}`)
    .join(', ');
  const inAll =
    totals.rounds === 1
      ? ''
      : `; in all ${totals.rounds} rounds, ${numberWords(totals.failed)} of ${numberWords(totals.items)}`;
  return `${numberWords(failed)} of ${numberWords(outcomes.length)} item${outcomes.length === 1 ? '' : 's'} failed: ${list}${inAll}`;
}

/** Counts in n8n's execution data, by which executions can be filtered: all nodes and rounds of the execution together. */
export function countInExecution(context: IExecuteFunctions, delivered: number, failed: number): void {
  const { $execution } = context.getWorkflowDataProxy(0) as {
    $execution?: { customData?: CustomData };
  };
  const customData = $execution?.customData;
  if (customData === undefined) return;
  for (const [key, count] of [
    ['asapp_delivered', delivered],
    ['asapp_failed', failed],
  ] as const) {
    const before = Number(customData.get(key) ?? 0);
    customData.set(key, String(before + count));
  }
}

interface CustomData {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
}

function addTo(context: IExecuteFunctions, items: number, failed: number): Totals {
  const stored = context.getContext('node') as { asappTotals?: Totals };
  const before = stored.asappTotals ?? { rounds: 0, items: 0, failed: 0 };
  stored.asappTotals = {
    rounds: before.rounds + 1,
    items: before.items + items,
    failed: before.failed + failed,
  };
  return stored.asappTotals;
}

function numberWords(count: number): string {
  return count.toLocaleString('en-US');
}
