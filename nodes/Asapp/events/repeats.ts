import { createHash } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import type { GenerativeAgentEvent } from './event';

/** How many events are remembered. n8n stores them with the workflow, so they stay few. */
export const REMEMBERED = 500;

/**
 * The events that did not come before, and remembers them in `staticData`, the node's own that n8n keeps for a workflow.
 * Two events are the same if nothing in them differs: ASAPP's IDs do not tell, as its examples give one to several.
 */
export function withoutRepeats(
  events: readonly GenerativeAgentEvent[],
  staticData: IDataObject,
): GenerativeAgentEvent[] {
  const remembered = Array.isArray(staticData.seenEvents) ? (staticData.seenEvents as string[]) : [];
  const seen = new Set(remembered);
  const fresh = events.filter(({ event }) => {
    const fingerprint = fingerprintOf(event);
    if (seen.has(fingerprint)) return false;
    seen.add(fingerprint);
    return true;
  });
  // Assigned anew, as n8n saves only what was.
  if (fresh.length > 0) staticData.seenEvents = [...seen].slice(-REMEMBERED);
  return fresh;
}

/** Tells two events apart by everything in them. Short, as it is stored; 96 bits are enough for millions. */
export function fingerprintOf(event: IDataObject): string {
  return createHash('sha256').update(JSON.stringify(event)).digest('base64url').slice(0, 16);
}
