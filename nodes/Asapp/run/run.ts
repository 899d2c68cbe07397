import type { Conversations, WantedItem } from './conversations';
import type { EarlierTries } from './earlierTries';
import type { MarkedMoments } from './moment';
import type { RunRules } from './outcome';
import type { Tally } from './summary';

/** What the items of one node run share. */
export interface Run {
  rules: RunRules;
  moments: MarkedMoments;
  conversations: Conversations;
  tally: Tally;
  /** Undefined where nothing tells what an earlier try was, as in a tool of an AI agent. */
  earlier: EarlierTries | undefined;
  /** Whether an AI agent runs it. */
  isTool: boolean;
  /** Whether n8n's Retry runs it: then an earlier try may have said what `earlier` does not know. */
  isRetry: boolean;
  /** The items of this run that say something in a conversation, as they are looked for; `held`: IDs of those known to be there. */
  wantedIn(conversationId: string): { wanted: WantedItem[]; held: string[] };
}
