import type { Ending } from './ending';
import { Outage, type Asked } from './outage';
import {
  afterAnswer,
  afterIdle,
  allowedCatchUp,
  allowedRate,
  isLearned,
  isNews,
  UNLIMITED,
  type RateState,
} from './rate';
import { now, Spacing, type Departure } from './spacing';
import { startTimer, type Timer } from './timer';

/** The longest time between two looks at who waits in an outage, in ms; whatever happens in it is told. */
const REMINDER = 60_000;

/** How often it is looked whether what was learned is forgotten, in ms. */
const FORGETS_EVERY = 10_000;

/**
 * What an answer says of those behind the key. `accepted`: they are there. `refused`: they are, and it was one request
 * too many. `down`: they may not be. `nothing`: it tells neither.
 */
export type Sign = 'accepted' | 'refused' | 'down' | 'nothing';

/** Who wants to start requests, one after another, for one item. */
export interface Asker {
  /** Told when starting is no longer of use. */
  ending: Ending;
  /** How long an outage is waited for, in ms from its start; 0: not at all, as if there were none. */
  maxOutage: number;
  /** When an outage is waited for no longer, if that is earlier; monotonic, in ms. */
  until?: number | undefined;
  /** What the item is about; items of one subject may fail for a reason of their own. Undefined: nothing but itself. */
  subject?: string | undefined;
  /** Asks for a harmless answer instead of the item's own; without it, the item itself may be tried in an outage. */
  probe?: (() => Promise<Sign>) | undefined;
  /** Whether it has failed in the outage that goes on: then others are tried before it. */
  hasFailed: boolean;
}

/**
 * Starts the request; call it at that very moment, as a busy process can run the caller late, and only the real start
 * counts. The function it returns must be called with the answer; `cause` is for whoever is not sent because of it. It
 * returns whether a failure counts against the item, or only tells what is known: an outage, or a limit that the pace
 * had learned of when the request was on its way.
 */
export type Turn = () => (sign: Sign, cause?: unknown) => boolean;

interface Waiter {
  readonly asker: Asker;
  readonly resolve: (turn: Turn | undefined) => void;
}

/**
 * How fast requests may start: evenly spaced, never more than the rate in any one second, slower after refusals, and in
 * an outage only one now and then. All users of one pace share it, first come, first served; while their rates differ,
 * the lowest holds.
 */
export class Pace {
  readonly outage = new Outage();
  private readonly rates: number[] = [];
  /** What the rates came to when there were some last. */
  private most = Infinity;
  private readonly queue: Waiter[] = [];
  private readonly spacing = new Spacing();
  private state: RateState = UNLIMITED;
  private isServing = false;
  private timer: Timer | undefined;
  private leftAt = now();

  /** Counts a user with its rate (starts a second, above 0). */
  join(rate: number): void {
    if (this.rates.length === 0) this.resume(rate);
    this.outage.joined(now());
    this.rates.push(rate);
    this.most = Math.min(...this.rates);
  }

  /** Counts a user of {@link join} no more. */
  leave(rate: number): void {
    this.rates.splice(this.rates.indexOf(rate), 1);
    if (this.rates.length > 0) {
      this.most = Math.min(...this.rates);
      return;
    }
    this.leftAt = now();
    this.outage.forget();
  }

  /** How long this pace still matters when nobody joins it any more, in ms; undefined while somebody uses it. */
  get remaining(): number | undefined {
    if (this.rates.length > 0) return undefined;
    const at = now();
    const state = afterIdle(this.state, at - this.leftAt);
    return Math.max(
      0,
      this.spacing.remaining,
      this.outage.remaining(at),
      isLearned(state, this.most, at) ? FORGETS_EVERY : 0,
    );
  }

  /** How many requests may start a second at the moment. */
  get rate(): number {
    const at = now();
    return Math.min(allowedRate(this.state, this.most, at), this.most * this.outage.share(at));
  }

  /**
   * Resolves when the caller may start one request; with undefined if its delivery ended first, or if an outage lasts
   * longer than it waits.
   */
  async turn(asker: Asker): Promise<Turn | undefined> {
    if (asker.ending.isEnded) return undefined;
    if (this.queue.length === 0 && !this.outage.isOn && this.delay() <= 0) return this.grant(asker, false);
    return await new Promise((resolve) => {
      const waiter: Waiter = {
        asker,
        resolve: (turn) => {
          stopListening();
          resolve(turn);
        },
      };
      const stopListening = asker.ending.onEnd(() => {
        this.take(waiter);
        if (this.queue.length === 0) this.timer?.cut();
        resolve(undefined);
      });
      this.queue.push(waiter);
      if (this.outage.isOn) this.timer?.cut();
      void this.serve();
    });
  }

  /** Whether somebody else is to be tried before this one, in an outage that it waits for. */
  isBehindOthers(asker: Asker): boolean {
    return (
      this.outage.isOn &&
      this.patienceLeft(asker, now()) > 0 &&
      this.queue.some(({ asker: other }) => !other.hasFailed)
    );
  }

  /** Nothing starts for `ms` from now on; a longer pause that is under way stays. */
  pause(ms: number): void {
    this.spacing.pause(ms);
  }

  private resume(rate: number): void {
    const at = now();
    const state = afterIdle(this.state, at - this.leftAt);
    this.state = isLearned(state, rate, at) ? state : UNLIMITED;
    this.outage.resume(at);
  }

  private async serve(): Promise<void> {
    if (this.isServing) return;
    this.isServing = true;
    for (let waiter = this.queue[0]; waiter !== undefined; waiter = this.queue[0]) {
      const delay = this.outage.isOn ? this.serveInOutage() : this.delay();
      if (delay > 0) {
        this.timer = startTimer(Math.ceil(delay));
        await this.timer.over;
      } else if (!this.outage.isOn) {
        this.take(waiter);
        waiter.resolve(this.grant(waiter.asker, false));
      }
    }
    this.isServing = false;
  }

  /** Does what may be done now in an outage; the time in ms after which there may be more to do. */
  private serveInOutage(): number {
    const { outage } = this;
    const at = now();
    const indifferent = this.queue.find(({ asker }) => asker.maxOutage === 0);
    const delay = this.delay();
    if (indifferent !== undefined && delay <= 0) {
      this.take(indifferent);
      indifferent.resolve(this.grant(indifferent.asker, false));
      return 0;
    }
    this.giveUp(this.queue.filter(({ asker }) => asker.maxOutage > 0 && (asker.until ?? Infinity) <= at));
    const concerned = this.queue.filter(({ asker }) => asker.maxOutage > 0);
    const next = concerned.find(({ asker }) => !asker.hasFailed) ?? concerned[0];
    if (next === undefined) return delay;
    const untilProbe = Math.max(delay, outage.untilProbe(at));
    const impatient = concerned.filter(({ asker }) => outage.patienceLeft(asker.maxOutage, at) <= 0);
    if (impatient.length > 0 && outage.lastTry === 'toCome' && outage.untilProbe(at) !== Infinity) {
      if (delay > 0) return delay;
      this.try(next, true);
      return 0;
    }
    if (untilProbe <= 0) {
      if (next.asker.probe === undefined || outage.isReached) this.try(next, false);
      else void this.probe(next.asker.probe);
      return 0;
    }
    if (outage.lastTry === 'over') this.giveUp(impatient);
    const patience = concerned
      .filter((waiter) => !impatient.includes(waiter))
      .map(({ asker }) => this.patienceLeft(asker, at));
    const wait = Math.min(untilProbe, ...patience, indifferent === undefined ? Infinity : delay);
    return Math.min(wait, REMINDER);
  }

  private patienceLeft({ maxOutage, until = Infinity }: Asker, at: number): number {
    return Math.min(this.outage.patienceLeft(maxOutage, at), until - at);
  }

  private giveUp(waiters: Waiter[]): void {
    for (const waiter of waiters) {
      this.take(waiter);
      waiter.resolve(undefined);
    }
  }

  private try(waiter: Waiter, isLast: boolean): void {
    this.take(waiter);
    this.outage.probing(now(), isLast);
    waiter.resolve(this.grant(waiter.asker, true));
  }

  private async probe(ask: () => Promise<Sign>): Promise<void> {
    this.outage.probing(now());
    const start = this.grantStart();
    start();
    const sign = await ask();
    this.outage.probed(sign === 'accepted', now());
    this.timer?.cut();
  }

  private take(waiter: Waiter): void {
    this.queue.splice(this.queue.indexOf(waiter), 1);
  }

  private delay(): number {
    return this.spacing.delay(this.most);
  }

  private grant(asker: Asker, isTrial: boolean): Turn {
    const grant = this.grantStart();
    return () => {
      const departure = grant();
      const asked = { item: asker, subject: asker.subject, startedAt: now(), isTrial };
      return (sign, cause) => this.hear({ ...asked, ...departure }, asker, sign, cause);
    };
  }

  private grantStart(): () => Departure {
    return this.spacing.take(this.rate, allowedCatchUp(this.state, now()));
  }

  private hear(asked: Asked & Departure, asker: Asker, sign: Sign, cause: unknown): boolean {
    const at = now();
    const wasOn = this.outage.isOn;
    const isRefused = sign === 'refused';
    const { startedAt, isBunched } = asked;
    const counts = isRefused ? !isBunched && isNews(this.state, { startedAt }) : true;
    if (sign === 'accepted' || isRefused) {
      this.state = afterAnswer(this.state, { startedAt, at, isRefused, isBunched }, this.most);
      this.outage.answered(asked, at, Date.now());
      asker.hasFailed = false;
    } else if (sign === 'down') {
      this.outage.failed(asked, cause, at, Date.now());
      asker.hasFailed = true;
    } else if (asked.isTrial) this.outage.trialFailed(at);
    // Whoever waits is to look again, as what it waits for may have changed.
    if (wasOn || sign === 'down') this.timer?.cut();
    return counts && !(sign === 'down' && this.outage.isOn && asker.maxOutage > 0);
  }
}
