import { watchLane, type SharedLane } from '../delivery/sharedLanes';
import { matchMessages, type Match, type StoredConversation, type WantedMessage } from '../looks/match';

/** A message of a run that may be in its conversation. */
export interface WantedItem {
  itemIndex: number;
  wanted: WantedMessage[];
}

/** What one run knows of a conversation. */
export class KnownConversation {
  /** IDs of messages that are known to be other items'. */
  readonly claimed = new Set<string>();
  private readonly done = new Set<number>();
  private lastDelivered: string | undefined;
  private seen: Map<number, Match[]> | undefined;
  /** When the last look was, in ms since 1970. */
  seenAt: number | undefined;
  private unwatch: (() => void) | undefined;

  constructor(readonly lane: SharedLane) {}

  /** Items of this run are in the conversation under these IDs. */
  claim(messageIds: readonly string[], itemIndex?: number): void {
    if (itemIndex !== undefined) this.done.add(itemIndex);
    for (const id of messageIds) this.claimed.add(id);
    this.lastDelivered = messageIds.at(-1) ?? this.lastDelivered;
  }

  /** Whether a list of its messages has all that ASAPP holds, as far as can be known. */
  isWhole({ messages, isWhole }: StoredConversation): boolean {
    const { lastDelivered } = this;
    if (lastDelivered === undefined) return isWhole;
    return isWhole && messages.some(({ messageId }) => messageId === lastDelivered);
  }

  /** Finds messages in a list; what is not in a list that is not whole may be there all the same. */
  match(wanted: readonly WantedMessage[], conversation: StoredConversation): Match[] {
    const matches = matchMessages(wanted, conversation.messages, this.claimed);
    if (this.isWhole(conversation)) return matches;
    return matches.map((match) => (match === 'absent' ? 'ambiguous' : match));
  }

  /** What an earlier look said of an item; undefined if there is none that still holds. */
  seenOf(itemIndex: number): Match[] | undefined {
    return this.seen?.get(itemIndex);
  }

  /** Keeps what a look says of all items of the run in it. */
  see(all: readonly WantedItem[], conversation: StoredConversation): void {
    const items = all.filter(({ itemIndex }) => !this.done.has(itemIndex));
    const matches = this.match(
      items.flatMap(({ wanted }) => wanted),
      conversation,
    );
    // What another execution says in it from now on was not there at this look.
    this.unwatch ??= watchLane(this.lane, () => {
      this.seen = undefined;
    });
    this.seenAt = Date.now();
    let place = 0;
    this.seen = new Map(
      items.map(({ itemIndex, wanted }) => [itemIndex, matches.slice(place, (place += wanted.length))]),
    );
  }

  close(): void {
    this.unwatch?.();
  }
}

/** What one run knows of its conversations, and how often it looked at one. */
export class Conversations {
  looks = 0;
  found = 0;
  private readonly known = new Map<string, KnownConversation>();

  /** The lane of a conversation, for all runs with the same key. */
  laneOf(keyName: string, conversationId: string): SharedLane {
    return { key: `${keyName} ${conversationId}`, owner: this };
  }

  /** A conversation as it is seen with a key. */
  of(keyName: string, conversationId: string): KnownConversation {
    const lane = this.laneOf(keyName, conversationId);
    const known = this.known.get(lane.key) ?? new KnownConversation(lane);
    this.known.set(lane.key, known);
    return known;
  }

  close(): void {
    for (const conversation of this.known.values()) conversation.close();
  }
}
