/**
 * Outcomes that must not be brought about again, by job. n8n's Retry On Fail runs a node again with all its items, and
 * hands it the same execution data each time; that object is the key.
 */
const memories = new WeakMap<object, Map<number, unknown>>();

/** The memory of one node execution; empty when it is the first try. */
export function memoryOf<Outcome>(execution: object): Map<number, Outcome> {
  const memory = memories.get(execution) ?? new Map<number, unknown>();
  memories.set(execution, memory);
  return memory as Map<number, Outcome>;
}
