import type { Ending } from './ending';
import type { Pace } from './pace';

/** When something that was sent may be sent again. `attempts` counts how often it was. */
export interface RepeatRules<Outcome> {
  /** When it may be sent again after this outcome, in ms; undefined if it may not. */
  repeatAfter(outcome: Outcome, attempts: number): number | undefined;
  /** How long nothing may start on the same pace after this outcome, in ms; undefined if it may at once. */
  pauseAfter(outcome: Outcome, attempts: number): number | undefined;
}

/** How a job waits. */
export interface Waiting {
  /** Tells when waiting is no longer of use. */
  ending: Ending;
  /** Resolves after `ms`, or as soon as the delivery ends; others may go meanwhile. */
  wait(ms: number): Promise<void>;
}

/** What is sent, and within which pace. */
export interface Sending<Outcome> {
  pace: Pace;
  /** Sends once and never rejects. */
  send(): Promise<Outcome>;
  /** Resolves when something can be sent, or when waiting for that is in vain; asked before each sending. */
  ready?(): Promise<void>;
}

/**
 * Sends until the outcome is final, and waits in between. Resolves with the last outcome, or with undefined if the
 * delivery ended before the first.
 */
export async function sendUntilFinal<Outcome>(
  sending: Sending<Outcome>,
  rules: RepeatRules<Outcome>,
  { ending, wait }: Waiting,
): Promise<Outcome | undefined> {
  const { pace } = sending;
  let outcome: Outcome | undefined;
  for (let attempts = 1; ; attempts++) {
    if (sending.ready !== undefined) await ending.orEarlier(sending.ready());
    const start = await pace.turn(ending);
    if (start === undefined) return outcome;
    start();
    outcome = await sending.send();
    const pause = rules.pauseAfter(outcome, attempts);
    if (pause !== undefined) pace.pause(pause);
    const again = rules.repeatAfter(outcome, attempts);
    if (again === undefined) return outcome;
    await wait(again);
  }
}
