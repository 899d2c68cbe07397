import { startTimer, type Timer } from '../delivery/timer';
import { AsappError, fromCredential } from '../errors/asappError';
import type { Connection } from '../transport/exchange';
import { openEventStream, type EventStream, type EventStreamOptions } from './eventStream';
import { Silence } from './silence';

/** A stream that is connected again whenever it breaks. */
export interface KeptEventStreamOptions extends Pick<
  EventStreamOptions,
  'context' | 'streamId' | 'timeoutSeconds' | 'onEvent' | 'signal'
> {
  /** Reads the credential; asked before each connection, so that a new key is used without a restart. */
  connect(): Promise<Connection>;
  /** Whether to keep trying if the very first connection fails, too. */
  isPatient?: boolean;
  /** Waits before each attempt in a row that brought nothing, in ms; the last one holds from then on. */
  waits?: readonly number[];
  /** For how long nothing may come before the stream counts as dead, in ms; without it that is learned. */
  silenceLimit?: number | undefined;
  onConnected?(streamId: string): void;
  /** The stream broke or could not be connected, for the `failures`-th time in a row; another attempt follows. */
  onLost?(reason: AsappError, failures: number): void;
}

/** `streamId` is known as soon as ASAPP was reached once. {@link close} ends everything at once. */
export interface KeptEventStream {
  readonly streamId: string | undefined;
  /** When the last byte came or the connection began, as performance.now() tells it. */
  readonly lastByteAt: number;
  /** Gives up the connection, as it is of no use for this reason, and connects again. */
  connectAnew(reason: string): void;
  close(): void;
}

/** 0.5 s, doubled up to half a minute. */
export const WAITS = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000] as const;

/** A connection that held this long was a good one even if nothing came, in ms; proxies cut from 15 or 30 s on. */
const LONG_ENOUGH = 10_000;

/** What a stream or ASAPP asks for is waited for up to here, in ms. */
const LONGEST_REQUESTED_WAIT = 60_000;

/**
 * Connects an event stream and connects it again, under the same ID, for as long as it is not closed. What ASAPP sends
 * while it is not connected is lost: ASAPP documents no replay.
 *
 * @throws AsappError when the first connection fails, unless `isPatient`.
 */
export async function keepEventStream(options: KeptEventStreamOptions): Promise<KeptEventStream> {
  const keeper = new Keeper(options);
  await keeper.start();
  return keeper;
}

class Keeper implements KeptEventStream {
  streamId: string | undefined;
  private readonly ending = new AbortController();
  private stream: EventStream | undefined;
  private timer: Timer | undefined;
  private failures = 0;
  private connectedAt = Infinity;
  private isHeard = false;
  private readonly silence: Silence;
  private watch: Timer | undefined;
  lastByteAt = -Infinity;

  constructor(private readonly options: KeptEventStreamOptions) {
    this.streamId = options.streamId;
    this.silence = new Silence(options.silenceLimit);
    options.signal?.addEventListener('abort', this.close, { once: true });
    if (options.signal?.aborted === true) this.close();
  }

  readonly close = (): void => {
    this.options.signal?.removeEventListener('abort', this.close);
    this.ending.abort();
    this.stream?.close();
    this.timer?.cut();
    this.watch?.cut();
  };

  connectAnew(reason: string): void {
    this.stream?.giveUp(reason);
  }

  async start(): Promise<void> {
    try {
      await this.open();
    } catch (error) {
      const reason = asAsappError(error);
      if (this.options.isPatient !== true) {
        this.close();
        throw reason;
      }
      this.connectAgain(reason);
    }
  }

  private async open(): Promise<void> {
    const { context, timeoutSeconds, onEvent, connect, onConnected } = this.options;
    const connection = await connect();
    this.silence.begin();
    this.stream = await openEventStream({
      context,
      connection,
      streamId: this.streamId,
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      onEvent,
      onActivity: () => {
        this.isHeard = true;
        this.lastByteAt = performance.now();
        this.silence.noteByte();
      },
      onKeepAlive: () => {
        this.silence.noteSign(performance.now());
        this.watchSilence();
      },
      onBroken: (reason) => this.connectAgain(reason),
      signal: this.ending.signal,
    });
    this.streamId = this.stream.streamId;
    this.connectedAt = Date.now();
    this.lastByteAt = performance.now();
    onConnected?.(this.streamId);
    this.watchSilence();
  }

  /** Begins to watch the connection, once it is known how long it may be silent. */
  private watchSilence(): void {
    if (this.watch === undefined && this.silence.limit !== undefined) void this.cutWhenSilent();
  }

  private async cutWhenSilent(): Promise<void> {
    for (let limit = this.silence.limit; limit !== undefined; limit = this.silence.limit) {
      const left = this.lastByteAt + limit - performance.now();
      if (left <= 0) {
        this.silence.noteCut();
        this.stream?.giveUp(`nothing came on the event stream for ${Math.round(limit / 1000)} s`);
        return;
      }
      const watch = startTimer(left);
      this.watch = watch;
      await watch.over;
      if (this.watch !== watch || this.ending.signal.aborted) return;
    }
  }

  private connectAgain(reason: AsappError): void {
    if (this.ending.signal.aborted) return;
    this.watch?.cut();
    this.watch = undefined;
    const held = this.isHeard || Date.now() - this.connectedAt > LONG_ENOUGH;
    // What broke for what it brought will break again, so that it counts as a failure all the same.
    if (held && reason.details.kind === 'connectionFailed') this.failures = 0;
    this.connectedAt = Infinity;
    this.isHeard = false;
    this.failures++;
    this.options.onLost?.(reason, this.failures);
    void this.openLater(this.waitAfter(reason));
  }

  private async openLater(ms: number): Promise<void> {
    this.timer = startTimer(ms);
    await this.timer.over;
    if (this.ending.signal.aborted) return;
    try {
      await this.open();
    } catch (error) {
      this.connectAgain(asAsappError(error));
    }
  }

  /** Where repeating does not help until somebody acts, the longest wait holds at once. */
  private waitAfter({ details, circumstances }: AsappError): number {
    const { waits = WAITS } = this.options;
    const step = details.retryable ? Math.min(this.failures, waits.length) : waits.length;
    const scheduled = waits[step - 1] ?? 0;
    const requested = Math.max(circumstances.retryAfter ?? 0, this.stream?.retry ?? 0);
    // From half of it to all of it, so that what broke together does not come back together.
    const jittered = scheduled * (0.5 + Math.random() / 2);
    return Math.max(jittered, Math.min(requested, LONGEST_REQUESTED_WAIT));
  }
}

function asAsappError(error: unknown): AsappError {
  return error instanceof AsappError ? error : fromCredential(error);
}
