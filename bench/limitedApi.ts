// The API of the benches in which a limit or an outage decides: as slow as ASAPP, and so much in flight at a time.

/** How long an answer takes, in ms. */
export const LATENCY = { min: 100, max: 200 };
export const MEAN_LATENCY = 150;

/** Max Concurrency of a node. */
export const CONCURRENCY = 30;

/** The local ASAPP and the node's own pace have forgotten what was before after this, in ms. */
export const REST = 1_200;
