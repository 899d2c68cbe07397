import type { AcceptedMessage, Ledger } from '../../sandbox';
import type { Summary } from './messages';

/** Counts what a ledger has seen. The text of a message ends with its number in the order of the input. */
export function summarize(ledger: Ledger): Summary {
  const seen = new Set<string>();
  const twice = new Set<string>();
  const latest = new Map<string, number>();
  let outOfOrder = 0;
  for (const { conversationId, text } of ledger.messages) {
    if (seen.has(text)) twice.add(text);
    seen.add(text);
    const number = Number(text.split(' ').at(-1));
    const before = latest.get(conversationId) ?? -1;
    if (number < before) outOfOrder++;
    latest.set(conversationId, Math.max(before, number));
  }
  const statuses: Record<string, number> = {};
  let overlapping = 0;
  let start = Infinity;
  let end = 0;
  for (const { sequence, status, inFlightWith, receivedAt, answeredAt } of ledger.requests) {
    const key = String(status ?? 'none');
    statuses[key] = (statuses[key] ?? 0) + 1;
    if (inFlightWith.some((other) => other < sequence)) overlapping++;
    start = Math.min(start, receivedAt);
    end = Math.max(end, answeredAt ?? 0);
  }
  const duration = Math.max(0, end - start);
  const lastEventAt = ledger.events.reduce((latest, { writtenAt = 0 }) => Math.max(latest, writtenAt), 0);
  const streams = ledger.streams.length;
  return {
    delivered: seen.size,
    twice: twice.size,
    outOfOrder,
    overlapping,
    statuses,
    lastEventAt,
    streams,
    duration,
    fairness: fairnessOf(ledger.messages),
  };
}

/** https://arxiv.org/abs/cs/9809099 (Jain, Chiu, Hawe 1984) */
function fairnessOf(accepted: readonly AcceptedMessage[]): number {
  const times = new Map<string, number[]>();
  for (const { conversationId, acceptedAt } of accepted) {
    const worker = workerOf(conversationId);
    times.set(worker, [...(times.get(worker) ?? []), acceptedAt]);
  }
  const all = [...times.values()];
  const firstEnd = Math.min(...all.map((ofWorker) => Math.max(...ofWorker)));
  const shares = all.map((ofWorker) => ofWorker.filter((at) => at <= firstEnd).length);
  const sum = shares.reduce((total, share) => total + share, 0);
  const squares = shares.reduce((total, share) => total + share ** 2, 0);
  return squares === 0 ? 1 : sum ** 2 / (shares.length * squares);
}

/** The part of a conversation's name that names the worker which sends to it. */
function workerOf(conversationId: string): string {
  return /^W\d+C/.exec(conversationId)?.[0] ?? '';
}
