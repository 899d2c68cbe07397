/**
 * How fast one process may send, learned from answers alone: several processes that know nothing of each other share a
 * limit, and a limit that allows no bursts is found. Everything here is a pure function of times (ms, monotonic) and
 * answers; `pace.ts` keeps the state.
 *
 * It is AIMD (Chiu and Jain, 1989), as in TCP and Netflix's concurrency-limits, with what was measured to be better:
 * the climb speeds up the longer nothing is refused, as in CUBIC (RFC 9438) and the AWS SDK's adaptive mode; and a
 * decrease ends at what was accepted lately, as in that mode and in BBR. A refused request costs the limit nothing, so a
 * small share of refusals is the price of using all of it.
 */
export interface RateState {
  /** What the last decrease came to, in starts a second; Infinity while nothing was refused. */
  readonly rate: number;
  /** When that was. It is also what a round is told by: a request that had started before does not lower again. */
  readonly loweredAt: number;
  /** What {@link allowedCatchUp} came to at the last refusal, and when that was. */
  readonly catchUp: number;
  readonly evenedAt: number;
  /** Accepted in the present second and the one before it; the second began at `countedFrom`. */
  readonly countedFrom: number;
  readonly accepted: number;
  readonly acceptedBefore: number;
}

/** An answer that says something about the limit: whether the request was refused for being one too many. */
export interface RateAnswer {
  readonly startedAt: number;
  readonly at: number;
  readonly isRefused: boolean;
  /**
   * Whether the request left closer behind another of this process than the rate allows, as happens in a busy process:
   * then a refusal speaks against the burst, and says nothing of the rate.
   */
  readonly isBunched: boolean;
}

/** What is left of a rate after a round with a refusal; Netflix's AIMDLimit has 0.9, the AWS SDK 0.7. */
const DECREASE = 0.8;

/** A decrease leaves at least so much of what was accepted in the last second. */
const KEPT_OF_ACCEPTED = 0.9;

/** The climb after a decrease, as shares of the maximum: so much a second, and so much by the square of the seconds. */
const CLIMB = 0.01;
const CLIMB_SQUARED = 0.01;

/** No decrease goes below so many starts a second: each is also a question whether there is room again. */
const LOWEST = 1;

/** Before anything was refused, a late timer is made up for; each refusal of a new round halves that, down to the least. */
const MOST_CATCH_UP = 25;
const LEAST_CATCH_UP = 1;

/** In so many ms without a refusal it doubles again. */
const CATCH_UP_DOUBLES = 60_000;

/** Time in which nothing was sent counts so much less than other time: the next run starts where this one ended. */
const IDLE_SHARE = 1 / 20;

const SECOND = 1_000;

/** Before the first answer. */
export const UNLIMITED: RateState = {
  rate: Infinity,
  loweredAt: -Infinity,
  catchUp: MOST_CATCH_UP,
  evenedAt: -Infinity,
  countedFrom: -Infinity,
  accepted: 0,
  acceptedBefore: 0,
};

/** How many requests may start a second; `most` is what was set. */
export function allowedRate({ rate, loweredAt }: RateState, most: number, now: number): number {
  if (rate >= most) return most;
  const seconds = (now - loweredAt) / SECOND;
  return Math.min(most, rate + most * (CLIMB * seconds + CLIMB_SQUARED * seconds ** 2));
}

/** How far starts may catch up with the grid after a late timer, in ms. */
export function allowedCatchUp({ catchUp, evenedAt }: RateState, now: number): number {
  return Math.min(MOST_CATCH_UP, catchUp * 2 ** ((now - evenedAt) / CATCH_UP_DOUBLES));
}

/** Whether an answer tells something new: its request had started after the last decrease. */
export function isNews({ loweredAt }: RateState, { startedAt }: Pick<RateAnswer, 'startedAt'>): boolean {
  return startedAt > loweredAt;
}

/** Whether the state still differs from that of a process that has learned nothing. */
export function isLearned(state: RateState, most: number, now: number): boolean {
  return allowedRate(state, most, now) < most || allowedCatchUp(state, now) < MOST_CATCH_UP;
}

/** The state after one more answer. */
export function afterAnswer(state: RateState, answer: RateAnswer, most: number): RateState {
  const counted = count(state, answer);
  if (!answer.isRefused || !isNews(state, answer)) return counted;
  const { at } = answer;
  const catchUp = Math.max(LEAST_CATCH_UP, allowedCatchUp(state, at) / 2);
  const evened = { ...counted, catchUp, evenedAt: at };
  if (answer.isBunched) return evened;
  const before = allowedRate(state, most, at);
  const lowered = Math.max(before * DECREASE, acceptedLately(counted, at) * KEPT_OF_ACCEPTED);
  return {
    ...evened,
    rate: Math.min(before, Math.max(lowered, Math.min(LOWEST, most))),
    loweredAt: at,
  };
}

/** The state after so many ms in which nobody sent. */
export function afterIdle(state: RateState, idle: number): RateState {
  return { ...state, loweredAt: state.loweredAt + idle * (1 - IDLE_SHARE) };
}

/** A sliding window of two seconds' counts, so that the state stays small at any rate. */
function count(state: RateState, { at, isRefused }: RateAnswer): RateState {
  const seconds = Math.floor((at - state.countedFrom) / SECOND);
  const more = isRefused ? 0 : 1;
  if (seconds < 1) return { ...state, accepted: state.accepted + more };
  const isNext = seconds === 1;
  return {
    ...state,
    countedFrom: isNext ? state.countedFrom + SECOND : at,
    accepted: more,
    acceptedBefore: isNext ? state.accepted : 0,
  };
}

function acceptedLately({ countedFrom, accepted, acceptedBefore }: RateState, now: number): number {
  return accepted + acceptedBefore * Math.max(0, 1 - (now - countedFrom) / SECOND);
}
