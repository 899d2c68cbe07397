import { z } from 'zod';

import { MAX_LATENCY } from '../latency';

const count = z.number().int().min(1);

const definition = z
  .object({
    streamId: z.string().min(1).optional(),
    conversationId: z.string().min(1).optional(),

    lineEnd: z.enum(['lf', 'crlf', 'cr']).optional(),
    chunkBytes: count.optional(),
    dataLines: z.boolean().optional(),
    comments: z.boolean().optional(),
    pings: z.boolean().optional(),

    spelling: z.enum(['documented', 'alternative']).optional(),
    replyBytes: z.number().int().min(1).max(16_777_216).optional(),
    repeat: z.number().int().min(1).max(1_000).optional(),
    foreignEvents: z.boolean().optional(),
    omit: z.array(z.string().min(1)).optional(),
    delay: z.number().int().min(0).max(MAX_LATENCY).optional(),

    silentAfter: z.number().int().min(0).optional(),
    dropAfter: z.number().int().min(0).optional(),
    dropTimes: count.optional(),
    dropMidEvent: z.boolean().optional(),
    dropWith: z.enum(['end', 'abort', 'reset']).optional(),
    refuseConnects: count.optional(),
  })
  .strict();

/**
 * How streams misbehave, as plain JSON; everything is optional. docs/sandbox.md says what each field does. `streamId`
 * and `conversationId` say which events it concerns (absent: all).
 */
export type Misbehaviour = z.infer<typeof definition>;

/** How a connection is dropped: the body ends, the connection ends before the body does, or it is reset. */
export type DropWith = NonNullable<Misbehaviour['dropWith']>;

/** Checks a misbehaviour that came from outside. Throws an Error that names the wrong fields. */
export function parseMisbehaviour(value: unknown): Misbehaviour {
  const result = definition.safeParse(value);
  if (result.success) return result.data;
  const describe = ({ path, message }: z.ZodIssue): string =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message;
  throw new Error(result.error.issues.map(describe).join('; '));
}

/** Checks a list of misbehaviours. Throws an Error that names the entry, counted from 1, and its wrong fields. */
export function parseMisbehaviours(value: unknown): Misbehaviour[] {
  if (!Array.isArray(value)) throw new Error('expected an array of misbehaviours');
  return value.map((entry: unknown, index) => {
    try {
      return parseMisbehaviour(entry);
    } catch (error) {
      throw new Error(`misbehaviour ${index + 1}: ${(error as Error).message}`);
    }
  });
}

/** What to do with an event that is about to be written. */
export type Verdict = 'write' | 'silence' | { readonly drop: DropWith; readonly midEvent: boolean };

class Entry {
  /** How many events were written to each connection. */
  readonly #written = new WeakMap<object, number>();

  constructor(public misbehaviour: Misbehaviour) {}

  concerns(streamId: string, conversationId: string | undefined): boolean {
    const scope = this.misbehaviour;
    return (
      (scope.streamId === undefined || scope.streamId === streamId) &&
      (scope.conversationId === undefined || scope.conversationId === conversationId)
    );
  }

  /** The drop that is due now that so many events were written; it counts as one of `dropTimes`. */
  #takeDrop(written: number): Verdict | undefined {
    const { dropAfter, dropTimes, dropMidEvent = false, dropWith = 'end' } = this.misbehaviour;
    if (dropAfter === undefined || written < dropAfter || dropTimes === 0) return undefined;
    if (dropTimes !== undefined) this.misbehaviour = { ...this.misbehaviour, dropTimes: dropTimes - 1 };
    return { drop: dropWith, midEvent: dropMidEvent };
  }

  before(connection: object, type: string | undefined): Verdict {
    const { silentAfter, dropAfter, dropMidEvent = false, omit } = this.misbehaviour;
    const written = this.#written.get(connection) ?? 0;
    if (type !== undefined && omit?.includes(type)) return 'silence';
    if (silentAfter !== undefined && written >= silentAfter) return 'silence';
    // After at least one event it drops at once, not only when another one comes.
    return dropAfter === 0 || dropMidEvent ? (this.#takeDrop(written) ?? 'write') : 'write';
  }

  after(connection: object): Verdict {
    const written = (this.#written.get(connection) ?? 0) + 1;
    this.#written.set(connection, written);
    return this.misbehaviour.dropMidEvent === true ? 'write' : (this.#takeDrop(written) ?? 'write');
  }
}

/** Which misbehaviours are set. One with the same `streamId` and `conversationId` replaces the one before. */
export class MisbehaviourStore {
  readonly #entries = new Map<string, Entry>();

  /** Sets a misbehaviour. Throws an Error that names the field if it is not a valid one. */
  set(misbehaviour: Misbehaviour): void {
    const checked = parseMisbehaviour(misbehaviour);
    const { streamId = null, conversationId = null } = checked;
    this.#entries.set(JSON.stringify([streamId, conversationId]), new Entry(checked));
  }

  clear(): void {
    this.#entries.clear();
  }

  /** What is set, counts being what is left of them. */
  list(): Misbehaviour[] {
    return [...this.#entries.values()].map(({ misbehaviour }) => misbehaviour);
  }

  /** How an event is written: of two that concern it, a field of the more specific one wins. */
  effective(streamId: string, conversationId: string | undefined): Misbehaviour {
    const specific = ({ misbehaviour }: Entry): number =>
      (misbehaviour.conversationId === undefined ? 0 : 2) + (misbehaviour.streamId === undefined ? 0 : 1);
    const ordered = this.#concerned(streamId, conversationId).sort((a, b) => specific(a) - specific(b));
    return Object.assign({}, ...ordered.map(({ misbehaviour }) => misbehaviour)) as Misbehaviour;
  }

  /** What happens to an event that is due on this connection. */
  before(
    connection: object,
    streamId: string,
    conversationId: string | undefined,
    type: string | undefined,
  ): Verdict {
    return this.#gravest(streamId, conversationId, (entry) => entry.before(connection, type));
  }

  /** Counts an event as written; tells whether the connection is dropped after it. */
  after(connection: object, streamId: string, conversationId: string | undefined): Verdict {
    return this.#gravest(streamId, conversationId, (entry) => entry.after(connection));
  }

  /** Whether the next attempt to connect to a stream is refused; it counts as one of `refuseConnects`. */
  takeRefusal(streamId: string): boolean {
    const entry = this.#concerned(streamId, undefined).find(
      ({ misbehaviour }) => misbehaviour.refuseConnects !== undefined,
    );
    if (entry === undefined) return false;
    const { refuseConnects = 1, ...others } = entry.misbehaviour;
    entry.misbehaviour = refuseConnects === 1 ? others : { ...others, refuseConnects: refuseConnects - 1 };
    return true;
  }

  #concerned(streamId: string, conversationId: string | undefined): Entry[] {
    return [...this.#entries.values()].filter((entry) => entry.concerns(streamId, conversationId));
  }

  /** Asks every entry, as each keeps a count of its own. */
  #gravest(streamId: string, conversationId: string | undefined, ask: (entry: Entry) => Verdict): Verdict {
    const verdicts = this.#concerned(streamId, conversationId).map(ask);
    return (
      verdicts.find((verdict) => typeof verdict === 'object') ??
      verdicts.find((v) => v === 'silence') ??
      'write'
    );
  }
}
