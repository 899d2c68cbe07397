import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { AgentServer } from '../../support/agentServer';
import { runAsapp, useAsapp } from '../../support/asapp';
import { analyzeParameters } from '../../support/parameters';
import { CASES, CASES_TIMEOUT } from './cases';

/** Conversations that are on their way at the same time, on one stream. */
const AT_ONCE = 100;

/** In ms. A late run begins after more than that. */
const REPLY_TIMEOUT = 500;

const asapp = useAsapp();

/** What happens to one run of GenerativeAgent on its way to the item that waits for it. */
const fate = fc.record({
  replies: fc.nat({ max: 2 }),
  /** The run begins so late, in ms. */
  delay: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: REPLY_TIMEOUT + 100, max: REPLY_TIMEOUT + 400 }) },
  ),
  /** Which of its events are lost, by place. */
  lost: fc.oneof(
    { weight: 3, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }) },
  ),
  copies: fc.constantFrom(1, 1, 2, 3),
  /** What comes once more after the end: any of its events. */
  after: fc.array(fc.nat({ max: 3 }), { maxLength: 2 }),
  /** A text or an end of its own that comes before its start. */
  early: fc.constantFrom('none', 'none', 'none', 'reply', 'end'),
  foreign: fc.boolean(),
});

type Fate = typeof fate extends fc.Arbitrary<infer T> ? T : never;

const conversation = fc
  .record({
    ids: fc.constantFrom('each', 'none', 'same'),
    runs: fc.array(fate, { minLength: 1, maxLength: 4 }),
  })
  .filter(isDecidable);
/**
 * A run that is late for its item, or has no end, and the next one without what tells it from that: they look like one
 * that never came and one in time. Events cannot tell these apart.
 */
function isDecidable({ runs }: { runs: Fate[] }): boolean {
  const isLate = runs.some(({ delay }) => delay > 0);
  const isEndless = runs.some(({ delay, lost, replies }) => delay > 0 && lost.includes(replies + 1));
  return runs.every(({ lost, replies }) => {
    const places = Array.from({ length: replies + 1 }, (_, place) => place);
    const isHeard = places.some((place) => !lost.includes(place));
    return (isHeard || !isLate) && (!lost.includes(0) || !isEndless);
  });
}
type Conversation = typeof conversation extends fc.Arbitrary<infer T> ? T : never;

interface Played {
  type: 'processingStart' | 'reply' | 'processingEnd';
  text: string;
  isLost: boolean;
}

/** What a run consists of, in order. */
function eventsOf({ replies, lost }: Fate, tag: string): Played[] {
  const types = [
    'processingStart' as const,
    ...Array<'reply'>(replies).fill('reply'),
    'processingEnd' as const,
  ];
  return types.map((type, place) => ({ type, text: `${tag}.${place}`, isLost: lost.includes(place) }));
}

const pause = async (ms: number) => await new Promise((wait) => setTimeout(wait, ms));

/** GenerativeAgent answers the messages of a conversation one after another, however late. */
function playOn(server: AgentServer, conversations: Map<string, Conversation>): void {
  const playing = new Map<string, Promise<void>>();
  server.onMessage = ({ conversationId, text }) => {
    const script = conversations.get(conversationId);
    const run = script?.runs[Number(text)];
    if (script !== undefined && run !== undefined) {
      const before = playing.get(conversationId) ?? Promise.resolve();
      playing.set(
        conversationId,
        before.then(
          async () => await playRun(server, conversationId, script.ids, run, `${conversationId}-${text}`),
        ),
      );
    }
    return undefined;
  };
}

async function playRun(
  server: AgentServer,
  conversationId: string,
  ids: Conversation['ids'],
  run: Fate,
  tag: string,
): Promise<void> {
  const send = ({ type, text }: Played, id = conversationId) => {
    server.event(id, type, {
      ...(ids === 'none' ? {} : { generativeAgentMessageId: ids === 'each' ? text : 'same' }),
      ...(type === 'reply' ? { reply: { messageId: `M-${text}`, text } } : {}),
    });
  };
  const events = eventsOf(run, tag);
  await pause(5 + run.delay);
  if (run.early !== 'none') {
    send({ type: run.early === 'reply' ? 'reply' : 'processingEnd', text: `${tag}.early`, isLost: false });
  }
  for (const event of events) {
    if (run.foreign) send(event, 'foreign');
    for (let copy = 0; copy < run.copies && !event.isLost; copy++) send(event);
    await pause(1);
  }
  // A copy tells that it is one only if its ID does.
  for (const place of ids === 'each' ? run.after : []) {
    const event = events[place];
    if (event !== undefined && !event.isLost) send(event);
  }
}

/**
 * An item that succeeds has the texts of its own run, all that came, and the start and the end of that run came; any other
 * fails as a Reply Timeout. Whether it succeeded. `script` tells what was played, if this does not hold.
 */
function expectOwnReplyOrTimeout(json: IDataObject, own: Played[], script: string): boolean {
  const error = json.error as { kind: string } | undefined;
  if (error !== undefined) {
    expect(error.kind).toBe('replyTimeout');
    return false;
  }
  const heard = (json.replies as Array<{ text: string }>).map(({ text }) => text);
  const told = own.filter(({ type, isLost }) => type === 'reply' && !isLost).map(({ text }) => text);
  const isProven = own[0]?.isLost === false && own.at(-1)?.isLost === false;
  expect({ script, isProven, heard }).toEqual({ script, isProven: true, heard: told });
  return true;
}

test(
  `late, doubled, lost, foreign and misplaced events never give an item another's reply, nor a success that its own events do not prove (${CASES} conversations)`,
  async () => {
    let successes = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(conversation, { minLength: AT_ONCE, maxLength: AT_ONCE }),
        async (conversations) => {
          const server = await new AgentServer().start();
          const pings = setInterval(() => server.write(':\n'), 50);
          try {
            const byId = new Map(conversations.map((one, index) => [`C${index}`, one]));
            playOn(server, byId);
            const items = [...byId].flatMap(([id, { runs }]) => runs.map((_, index) => ({ id, index })));
            const { json } = await runAsapp(asapp, {
              parameters: analyzeParameters({
                conversationId: '={{ $json.id }}',
                text: '={{ String($json.index) }}',
                waitForReply: true,
                options: {
                  replyTimeout: REPLY_TIMEOUT / 1_000,
                  maxConcurrency: AT_ONCE,
                  maxRequestsPerSecond: 5_000,
                },
              }),
              items,
              node: { onError: 'continueRegularOutput' },
              credential: asapp.credential({ baseUrl: server.url }),
            });
            for (const [place, { id, index }] of items.entries()) {
              const own = eventsOf(byId.get(id)?.runs[index] as Fate, `${id}-${index}`);
              const script = JSON.stringify({ index, script: byId.get(id) });
              if (expectOwnReplyOrTimeout(json[place] ?? {}, own, script)) successes++;
            }
          } finally {
            clearInterval(pings);
            await server.kill();
          }
        },
      ),
      { numRuns: Math.ceil(CASES / AT_ONCE), endOnFailure: true },
    );
    expect(successes).toBeGreaterThan(CASES / 2);
  },
  CASES_TIMEOUT * 4,
);
