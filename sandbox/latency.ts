/** A delay: milliseconds, or a range from which each answer draws its own. */
export type Latency = number | { readonly min: number; readonly max: number };

/** The longest delay that is allowed, in milliseconds. */
export const MAX_LATENCY = 600_000;

/** Delays that end with the sandbox: once cancelled, a wait that is under way never comes back. */
export class Delays {
  readonly #timers = new Set<NodeJS.Timeout>();

  /** Resolves after the given delay. */
  wait(latency: Latency): Promise<void> {
    const milliseconds =
      typeof latency === 'number' ? latency : latency.min + Math.random() * (latency.max - latency.min);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve();
      }, milliseconds);
      this.#timers.add(timer);
    });
  }

  /** Drops every wait that is under way. */
  cancel(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
