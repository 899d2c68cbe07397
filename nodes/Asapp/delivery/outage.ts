/** So many items of so many subjects that fail in a row, with no answer in between, are an outage. */
const ITEMS = 3;
const SUBJECTS = 2;

/** Time from one probe to the next, in ms; the last one stays. */
const PROBE_GAPS = [500, 1_000, 2_000, 4_000, 8_000];

/** While a harmless probe is answered and only items fail, the gaps grow no further: an item that goes through may be next. */
const LONGEST_GAP_IF_REACHED = 1_000;

/** What goes on first after an outage, as a share of the rate, and how long that takes to double, in ms. */
const FIRST_SHARE = 0.1;
const SHARE_DOUBLES = 250;

/** So long after its last failure nobody can say any more whether an outage goes on, in ms. */
const REMEMBERED = 60_000;

/** A request as the outage rule sees it. `item` stays the same over its repetitions; so does `subject`, over items. */
export interface Asked {
  readonly item: object;
  readonly subject: unknown;
  readonly startedAt: number;
  readonly isTrial: boolean;
}

/** An outage that was waited for, as times of the wall clock (ms since the epoch); `to` is undefined while it goes on. */
export interface OutageTimes {
  readonly from: number;
  readonly to: number | undefined;
}

/** An outage that goes on. `at` is its first failure, `wall` the same by the wall clock. */
interface Course {
  readonly at: number;
  readonly wall: number;
  probes: number;
  probedAt: number;
  nextProbe: number;
  isProbing: boolean;
  isReached: boolean;
  lastTry: LastTry;
}

/**
 * How far the one item is that is tried before anybody goes, as the harmless probe may be all that fails. `again`: it
 * failed, and for who came later one more probe decides.
 */
export type LastTry = 'toCome' | 'underWay' | 'over' | 'again';

/**
 * Whether anything behind a key answers at all. Google's SRE book (Handling Overload, Addressing Cascading Failures) and
 * AWS's retry quota are the models: in an outage, a client that repeats adds nothing but load. All times are in ms and
 * monotonic, but for those of {@link OutageTimes}.
 */
export class Outage {
  private readonly failures = new Map<object, Asked & { at: number }>();
  /** Subjects that fail while others are answered: their failures say nothing of the others. */
  private readonly ailing = new Set<unknown>();
  private course: Course | undefined;
  private lastFailure = -Infinity;
  private recoveredAt = -Infinity;
  private readonly past: OutageTimes[] = [];
  /** What the last failure was, in the terms of whoever sends. */
  cause: unknown;

  get isOn(): boolean {
    return this.course !== undefined;
  }

  /** Those that were waited for and did not end before `since` (wall clock), the oldest first. */
  timesSince(since: number): OutageTimes[] {
    const { course } = this;
    const present = course === undefined || course.probes === 0 ? [] : [{ from: course.wall, to: undefined }];
    return [...this.past.filter(({ to = Infinity }) => to > since), ...present];
  }

  /** How much of the rate may be used: all of it, but for a moment after an outage. */
  share(now: number): number {
    return Math.min(1, FIRST_SHARE * 2 ** ((now - this.recoveredAt) / SHARE_DOUBLES));
  }

  /** How long this still matters if nothing more is sent. */
  remaining(now: number): number {
    return this.isOn ? Math.max(0, this.lastFailure + REMEMBERED - now) : 0;
  }

  /** Somebody uses the key again: an outage that nobody has looked at for long is over. */
  resume(now: number): void {
    if (this.remaining(now) === 0) this.course = undefined;
  }

  /** Somebody new uses the key: others may have given up, but not before one more probe does it. */
  joined(now: number): void {
    const { course } = this;
    if (course?.lastTry !== 'over') return;
    course.lastTry = 'again';
    course.nextProbe = Math.min(course.nextProbe, Math.max(now, course.probedAt + gapAfter(0)));
  }

  /** Time until something may be tried; Infinity while something is. */
  untilProbe(now: number): number {
    const { course } = this;
    if (course === undefined) return 0;
    return course.isProbing ? Infinity : course.nextProbe - now;
  }

  /** Whether an item may be tried without a harmless probe before it, as one was just answered. */
  get isReached(): boolean {
    return this.course?.isReached === true;
  }

  /** What is left of a patience of `maxOutage`, counted from the start of the outage; 0 or less if nothing is. */
  patienceLeft(maxOutage: number, now: number): number {
    return this.course === undefined ? Infinity : this.course.at + maxOutage - now;
  }

  get lastTry(): LastTry {
    return this.course?.lastTry ?? 'toCome';
  }

  /** Something is being tried: a harmless probe, or an item; `isLast`: nobody's patience is left. */
  probing(now: number, isLast = false): void {
    const { course } = this;
    if (course === undefined) return;
    if (!course.isReached) {
      course.probes++;
      course.probedAt = now;
    }
    course.isProbing = true;
    if (isLast) course.lastTry = 'underWay';
  }

  /** What a harmless probe came to. */
  probed(isAnswered: boolean, now: number): void {
    const { course } = this;
    if (course === undefined) return;
    if (!isAnswered) {
      this.lastFailure = now;
      if (course.lastTry === 'again') course.lastTry = 'over';
    }
    course.isReached = isAnswered;
    course.isProbing = false;
    course.nextProbe = isAnswered ? now : Math.max(now, course.probedAt + gapAfter(course.probes));
  }

  /** Somebody answered; what it said does not matter. */
  answered({ startedAt, item, subject }: Asked, now: number, wall: number): void {
    const { course } = this;
    if (course === undefined) {
      for (const failure of this.failures.values()) {
        if (startedAt > failure.at) this.ailing.add(failure.subject ?? failure.item);
      }
    } else if (course.probes > 0) {
      this.past.push({ from: course.wall, to: wall });
      this.recoveredAt = now;
    }
    this.course = undefined;
    this.ailing.delete(subject ?? item);
    this.failures.clear();
  }

  /** Nobody answered, or only to say that something is down. */
  failed(asked: Asked, cause: unknown, now: number, wall: number): void {
    this.lastFailure = now;
    if (this.course !== undefined) {
      this.cause = cause;
      if (asked.isTrial) this.trialFailed(now);
      return;
    }
    const { item, subject } = asked;
    if (this.ailing.has(subject ?? item)) return;
    this.failures.set(item, { ...asked, at: this.failures.get(item)?.at ?? now });
    const failures = [...this.failures.values()];
    const subjects = new Set(failures.map((failure) => failure.subject ?? failure.item));
    if (failures.length < ITEMS || subjects.size < SUBJECTS) return;
    this.cause = cause;
    const at = failures[0]?.at ?? now;
    const nextProbe = now + gapAfter(0);
    this.course = {
      at,
      wall: wall - (now - at),
      nextProbe,
      probes: 0,
      probedAt: now,
      isProbing: false,
      isReached: false,
      lastTry: 'toCome',
    };
  }

  /** A trial that failed, or that ended without saying anything of those behind the key. */
  trialFailed(now: number): void {
    const { course } = this;
    if (course === undefined) return;
    if (course.lastTry !== 'toCome') course.lastTry = 'over';
    const gap = gapAfter(course.probes);
    course.nextProbe = Math.max(
      now,
      course.probedAt + (course.isReached ? Math.min(gap, LONGEST_GAP_IF_REACHED) : gap),
    );
    course.isReached = false;
    course.isProbing = false;
  }

  /** Nobody uses the key any more: what its subjects were is of no use to the next. */
  forget(): void {
    this.failures.clear();
    this.ailing.clear();
    this.past.length = 0;
  }
}

/** Time from the start of a probe to the next, in ms; `probes` is how many there were. */
function gapAfter(probes: number): number {
  return PROBE_GAPS[Math.min(probes, PROBE_GAPS.length - 1)] ?? 0;
}
