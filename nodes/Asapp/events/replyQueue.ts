import { AwaitedReply } from './awaitedReply';
import type { GenerativeAgentEvent } from './event';
import { fingerprintOf } from './repeats';

/**
 * The runs of one conversation, in the order of the items that brought them about. Events name only their conversation;
 * which run they belong to follows from the order of starts and ends. A run takes nothing before its own start, and
 * where two runs could be meant, {@link mayBeAnothers} or `hasGap` says so.
 */
export class ReplyQueue {
  /** First the run whose events come now or next. */
  private runs: AwaitedReply[] = [];
  /** Runs whose end was not seen; what is still to come of them can look like the next one's. */
  private unfinished: AwaitedReply[] = [];
  /** The run that ended last, while another start shows that it was another's. */
  private uncertain: AwaitedReply | undefined;
  private readonly seen = new Set<string>();
  private readonly eventIds = new Set<string>();

  /** Counts on a run for an item that is about to be sent. */
  expect(): AwaitedReply {
    const run = new AwaitedReply();
    this.runs.push(run);
    return run;
  }

  /** The item was not accepted: no run comes. */
  withdraw(run: AwaitedReply): void {
    run.isAwaited = false;
    if (!run.hasStarted) this.remove(run);
  }

  /** Nobody waits for it any more, but it may come. One that goes on takes its events up to its end. */
  abandon(run: AwaitedReply): void {
    run.isAwaited = false;
    if (run.isEnded || (run.hasStarted && !run.hasGap)) return;
    this.remove(run);
    this.unfinished.push(run);
  }

  take(event: GenerativeAgentEvent): void {
    const fingerprint = fingerprintOf(event.event);
    const isKnown = this.seen.has(fingerprint);
    this.seen.add(fingerprint);
    if (event.eventId !== undefined) this.eventIds.add(event.eventId);
    const [head] = this.runs;
    if (event.type === 'processingStart') this.takeStart(event, fingerprint, isKnown);
    else if (this.uncertain !== undefined) {
      if (isKnown && isRepeatIn(this.uncertain, fingerprint, this.tells(event))) return;
      // It is of another run, whose start was missed.
      this.uncertain.miss();
      this.uncertain.release();
    } else if (head !== undefined && isKnown && isRepeatIn(head, fingerprint, this.tells(event))) {
      // A text that was said before tells that the start before it was a repeat as well.
      if (head.hasFamiliarStart && head.isEmpty) head.takeBackStart();
    } else if (head !== undefined && this.isOf(head)) {
      head.taken.add(fingerprint);
      if (event.type === 'processingEnd') this.takeEnd(head);
      else head.add(event);
    }
  }

  /** Events may have been missed: runs that nobody waits for any more may be over. */
  noteGap(): void {
    for (const run of this.runs) run.miss();
    if (this.uncertain !== undefined) this.uncertain.miss();
    for (const run of this.runs.filter(({ isAwaited }) => !isAwaited)) this.abandon(run);
  }

  /** Whether events are still to come that are not of this run and can look like it. */
  isDoubtful({ hasFamiliarStart }: AwaitedReply): boolean {
    return hasFamiliarStart || this.unfinished.length > 0;
  }

  /** Whether a run that ended may be the one of an earlier item; if so, its own begins within a moment. */
  mayBeAnothers(run: AwaitedReply): boolean {
    return this.uncertain === run;
  }

  /** A moment passed after the end of a run: it was its own. */
  settle(run: AwaitedReply): void {
    if (this.uncertain !== run) return;
    this.uncertain = undefined;
    this.unfinished = [];
  }

  /** Nobody can wait any longer. */
  release(): void {
    for (const run of this.runs) run.release();
    this.uncertain?.release();
  }

  private takeStart(event: GenerativeAgentEvent, fingerprint: string, isKnown: boolean): void {
    if (isKnown && this.tells(event)) return;
    const [head, second] = this.runs;
    if (this.uncertain !== undefined) this.restartUncertain(this.uncertain);
    else if (head === undefined) this.startUnfinished();
    else if (!head.hasStarted) head.start(isKnown);
    else if (second !== undefined) this.startSecond(head, second, isKnown);
    // Nobody else waits, so it goes on; but what it said so far may be of a run that had not ended.
    else if (!head.isEmpty && this.unfinished.length > 0) head.miss();
    this.runs[0]?.taken.add(fingerprint);
  }

  private restartUncertain(run: AwaitedReply): void {
    this.uncertain = undefined;
    this.unfinished.shift();
    this.runs.unshift(run);
    run.restart();
  }

  private startUnfinished(): void {
    const late = this.unfinished.shift();
    if (late === undefined) return;
    late.hasGap = false;
    late.start();
    this.runs.push(late);
  }

  /** The end of the first was missed. */
  private startSecond(first: AwaitedReply, second: AwaitedReply, isKnown: boolean): void {
    this.remove(first);
    this.unfinished.push(first);
    if (first.isAwaited) {
      first.miss();
      first.end();
    }
    second.start(isKnown);
  }

  private takeEnd(run: AwaitedReply): void {
    this.remove(run);
    const isDoubtful = this.unfinished.length > 0 || (run.hasFamiliarStart && run.isEmpty);
    if (run.isAwaited && !run.hasGap && isDoubtful) this.uncertain = run;
    run.end();
  }

  /** Whose events come now. After a gap they may be of a run whose start was missed, unless another has not ended. */
  private isOf(run: AwaitedReply): boolean {
    return run.hasStarted || (run.hasGap && this.unfinished.length === 0);
  }

  /** Whether the same event means the same thing: its IDs differ from event to event. */
  private tells({ eventId, reply }: GenerativeAgentEvent): boolean {
    return reply?.messageId !== undefined || (eventId !== undefined && this.eventIds.size > 1);
  }

  private remove(run: AwaitedReply): void {
    this.runs = this.runs.filter((other) => other !== run);
  }
}

/** An event that was there before is a repeat if it was in the same run, or if it tells that it is the same. */
function isRepeatIn(run: AwaitedReply, fingerprint: string, tells: boolean): boolean {
  return tells || run.taken.has(fingerprint);
}
