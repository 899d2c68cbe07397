import { createHash } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import type { GenerativeAgentEvent } from './event';

/** How many events are remembered. n8n stores them with the workflow, so they stay few. */
export const REMEMBERED = 500;

/** Where a node remembers its events. */
export interface Memory {
  /** The node's own data that n8n keeps with a workflow; of an active webhook it stores the first change only. */
  staticData: IDataObject;
  /** The node, for this process to remember beside that; undefined in a test run, which leaves nothing. */
  nodeKey: string | undefined;
}

/** What nodes of this process remember, by {@link Memory.nodeKey}. */
const ofThisProcess = new Map<string, string[]>();

/**
 * The events that did not come before, and remembers them. Two events are the same if nothing in them differs: ASAPP's
 * IDs do not tell, as its examples give one to several.
 */
export function withoutRepeats(
  events: readonly GenerativeAgentEvent[],
  { staticData, nodeKey }: Memory,
): GenerativeAgentEvent[] {
  const stored = Array.isArray(staticData.seenEvents) ? (staticData.seenEvents as string[]) : [];
  // What is stored can be far older than what the process remembers.
  const own = nodeKey === undefined ? undefined : ofThisProcess.get(nodeKey);
  const seen = new Set(own ?? stored);
  const fresh = events.filter(({ event }) => {
    const fingerprint = fingerprintOf(event);
    if (seen.has(fingerprint)) return false;
    seen.add(fingerprint);
    return true;
  });
  if (fresh.length === 0) return fresh;
  const remembered = [...seen].slice(-REMEMBERED);
  // Assigned anew, as n8n saves only what was.
  staticData.seenEvents = remembered;
  if (nodeKey !== undefined) ofThisProcess.set(nodeKey, remembered);
  return fresh;
}

/** Tells two events apart by everything in them. Short, as it is stored; 96 bits are enough for millions. */
export function fingerprintOf(event: IDataObject): string {
  return createHash('sha256').update(JSON.stringify(event)).digest('base64url').slice(0, 16);
}
