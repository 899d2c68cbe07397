import type { Ending } from './ending';

/** A lane of the whole process: its name, and whose job goes in it. */
export interface SharedLane {
  key: string;
  /** The delivery that the job is part of, or anything that stands for it. */
  owner: object;
}

/** Gives a lane back; the next that waits for it may go. */
export type Release = () => void;

class Lane {
  isTaken = false;
  readonly waiting: Array<() => void> = [];
  readonly watchers = new Set<{ owner: object; onTaken: () => void }>();
}

/** Only lanes that somebody is in, waits for or watches. */
const lanes = new Map<string, Lane>();

/**
 * Takes a lane that everything in this process shares, first come, first served. A promise if it is taken: nothing else
 * that others wait for may be held meanwhile. It resolves with undefined if `ending` came first.
 */
export function takeLane(shared: SharedLane, ending: Ending): Release | Promise<Release | undefined> {
  const { key } = shared;
  const lane = laneOf(key);
  if (!lane.isTaken) return enter(shared, lane);
  return new Promise((resolve) => {
    const go = () => {
      stopListening();
      resolve(enter(shared, lane));
    };
    const stopListening = ending.onEnd(() => {
      lane.waiting.splice(lane.waiting.indexOf(go), 1);
      resolve(undefined);
    });
    lane.waiting.push(go);
  });
}

/** Calls `onTaken` whenever another owner takes the lane; the returned function ends that. */
export function watchLane({ key, owner }: SharedLane, onTaken: () => void): () => void {
  const lane = laneOf(key);
  const watcher = { owner, onTaken };
  lane.watchers.add(watcher);
  return () => {
    lane.watchers.delete(watcher);
    forgetIdle(key, lane);
  };
}

/** How many lanes are kept at the moment. */
export function keptLanes(): number {
  return lanes.size;
}

function laneOf(key: string): Lane {
  const lane = lanes.get(key) ?? new Lane();
  lanes.set(key, lane);
  return lane;
}

function enter({ key, owner }: SharedLane, lane: Lane): Release {
  lane.isTaken = true;
  for (const watcher of lane.watchers) if (watcher.owner !== owner) watcher.onTaken();
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    const next = lane.waiting.shift();
    lane.isTaken = false;
    if (next === undefined) forgetIdle(key, lane);
    else next();
  };
}

function forgetIdle(key: string, lane: Lane): void {
  if (!lane.isTaken && lane.watchers.size === 0 && lanes.get(key) === lane) lanes.delete(key);
}
