import type { Ending } from './ending';
import type { Asker, Pace, Sign, Turn } from './pace';
import { now } from './spacing';

/** When something that was sent may be sent again, and what its outcome says of those it was sent to. */
export interface RepeatRules<Outcome> {
  /** When it may be sent again after this outcome, in ms; undefined if it may not. `attempts` is how many count. */
  repeatAfter(outcome: Outcome, attempts: number): number | undefined;
  /** How long nothing may start on the same pace after this outcome, in ms; undefined if it may at once. */
  pauseAfter(outcome: Outcome): number | undefined;
  signOf(outcome: Outcome): Sign;
  /** What becomes of something that was not sent, as an outage lasted too long; `cause` is an outcome from that outage. */
  givenUp(cause: unknown): Outcome;
  /** How long an outage is waited for, in ms from its start; 0: not at all. */
  maxOutage: number;
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
  /**
   * Sends once and never rejects. `answered` is called as soon as it is known how the request ended, if more is done
   * after that; each request that leaves within one sending after that takes its own turn.
   */
  send(answered: (outcome: Outcome) => void): Promise<Outcome>;
  /** Resolves when something can be sent, or when waiting for that is in vain; asked before each sending. */
  ready?(): Promise<void>;
  /** What it is about; if several are about the same, one reason may be behind all of their failures. */
  subject?: string | undefined;
  /** Asks for a harmless answer, where it would do harm to try this itself while nothing may be there. */
  probe?: (() => Promise<Sign>) | undefined;
  /** How long from now on an outage is waited for, in ms, if that is less than it is anyway. */
  patience?: number | undefined;
}

/** How long something that failed in an outage lets others be tried before it, in ms. */
const OTHERS_FIRST = 250;

/**
 * Sends until the outcome is final, and waits in between. Resolves with the last outcome, or with undefined if the
 * delivery ended before the first.
 */
export async function sendUntilFinal<Outcome>(
  sending: Sending<Outcome>,
  rules: RepeatRules<Outcome>,
  { ending, wait }: Waiting,
): Promise<Outcome | undefined> {
  const { pace, subject, probe, patience = Infinity } = sending;
  const { maxOutage } = rules;
  const asker: Asker = { ending, subject, probe, maxOutage, until: now() + patience, hasFailed: false };
  let outcome: Outcome | undefined;
  for (let attempts = 0; ;) {
    if (sending.ready !== undefined) await ending.orEarlier(sending.ready());
    const turn = await pace.turn(asker);
    if (turn === undefined) {
      return outcome === undefined && !ending.isEnded ? rules.givenUp(pace.outage.cause) : outcome;
    }
    const heard = hearing(turn(), rules, ending, pace);
    outcome = await sending.send(heard.answered);
    if (heard.answered(outcome)) attempts++;
    // What only tells what is known uses up no repetition; but where there is none, there is none.
    const again = rules.repeatAfter(outcome, Math.max(1, attempts));
    if (again === undefined) return outcome;
    await wait(again);
    while (!ending.isEnded && pace.isBehindOthers(asker)) await wait(OTHERS_FIRST);
  }
}

/** Tells the pace of the first outcome of one sending; `answered` returns whether that counts against the item. */
function hearing<Outcome>(
  hear: ReturnType<Turn>,
  rules: RepeatRules<Outcome>,
  ending: Ending,
  pace: Pace,
): { answered(outcome: Outcome): boolean } {
  let counts: boolean | undefined;
  const answered = (outcome: Outcome) => {
    if (counts !== undefined) return counts;
    // A delivery that ends breaks its requests off, which says nothing of those they went to.
    counts = hear(ending.isEnded ? 'nothing' : rules.signOf(outcome), outcome);
    const pause = rules.pauseAfter(outcome);
    if (pause !== undefined) pace.pause(pause);
    return counts;
  };
  return { answered };
}
