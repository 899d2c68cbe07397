/** So many gaps between signs of life are known before anything follows from them. */
const KNOWN_GAPS = 5;

/** So many of the latest gaps count. */
const RECENT_GAPS = 20;

/** In ms; a stream that shows signs of life more often may be silent for this long all the same. */
const SHORTEST_LIMIT = 60_000;

/** Signs that come closer together, in ms, are one. */
const ONE_SIGN = 1_000;

/** The limit doubles so often at most. */
const DOUBLINGS = 6;

/**
 * For how long a stream may be silent before it counts as dead: a proxy that stalls keeps the connection. It is learned
 * from the stream's own signs of life (keep-alives), as ASAPP documents neither whether nor how often it sends them;
 * events come when they come and tell nothing. All times are in ms.
 */
export class Silence {
  private readonly gaps: number[] = [];
  private lastSign: number | undefined;
  private vainCuts = 0;
  private isHeard = false;

  /** `fixed`: the limit, if a person set it. */
  constructor(private readonly fixed?: number) {}

  /** undefined: the stream may be silent for as long as it likes. */
  get limit(): number | undefined {
    if (this.fixed !== undefined) return this.fixed;
    if (this.gaps.length < KNOWN_GAPS) return undefined;
    return Math.max(SHORTEST_LIMIT, 4 * Math.max(...this.gaps)) * 2 ** this.vainCuts;
  }

  /** A connection begins. */
  begin(): void {
    this.lastSign = undefined;
    this.isHeard = false;
  }

  /** At least one byte came. */
  noteByte(): void {
    this.isHeard = true;
    this.vainCuts = 0;
  }

  /** A sign of life came. */
  noteSign(at: number): void {
    const { lastSign } = this;
    this.lastSign = at;
    if (lastSign === undefined || at - lastSign < ONE_SIGN) return;
    this.gaps.push(at - lastSign);
    if (this.gaps.length > RECENT_GAPS) this.gaps.shift();
  }

  /** The stream was cut for its silence. If even a new connection stays silent, it may have stopped giving signs. */
  noteCut(): void {
    if (!this.isHeard) this.vainCuts = Math.min(this.vainCuts + 1, DOUBLINGS);
  }
}
