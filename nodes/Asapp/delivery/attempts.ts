import type { Ending } from './ending';
import type { Pace } from './pace';

/** When something that was sent may be sent again. `attempts` counts how often it was. */
export interface RepeatRules<Outcome> {
  /** When it may be sent again after this outcome, in ms; undefined if it may not. */
  repeatAfter(outcome: Outcome, attempts: number): number | undefined;
  /** How long nothing may start on the same pace after this outcome, in ms; undefined if it may at once. */
  pauseAfter(outcome: Outcome, attempts: number): number | undefined;
}

/** What is sent, and how it waits. */
export interface Attempts<Outcome> extends RepeatRules<Outcome> {
  pace: Pace;
  /** Sends once and never rejects. */
  send(): Promise<Outcome>;
  /** Resolves when something can be sent, or when waiting for that is in vain; asked before each sending. */
  ready?(): Promise<void>;
  /** Lets `ms` pass before the next sending. */
  wait(ms: number): Promise<void>;
}

/** Sends until the outcome is final; resolves with the last one, or with undefined if `ending` came before the first. */
export async function sendUntilFinal<Outcome>(
  { pace, send, ready, wait, repeatAfter, pauseAfter }: Attempts<Outcome>,
  ending: Ending,
): Promise<Outcome | undefined> {
  let outcome: Outcome | undefined;
  for (let attempts = 1; ; attempts++) {
    await ending.orEarlier(ready?.());
    const start = await pace.turn(ending);
    if (start === undefined) return outcome;
    start();
    outcome = await send();
    const pause = pauseAfter(outcome, attempts);
    if (pause !== undefined) pace.pause(pause);
    const again = repeatAfter(outcome, attempts);
    if (again === undefined) return outcome;
    await wait(again);
  }
}
