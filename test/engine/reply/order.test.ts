import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { runAsapp, useAsapp } from '../../support/asapp';
import { AgentServer } from '../../support/agentServer';
import { analyzeParameters } from '../../support/parameters';

const asapp = useAsapp();
let server: AgentServer;
beforeEach(async () => {
  server = await new AgentServer().start();
});
afterEach(async () => {
  await server.kill();
});

/** Sends texts one after another in the conversation C, each with the same Reply Timeout. */
async function ask(texts: string[], options: INodeParameters = {}): Promise<IDataObject[]> {
  const { json } = await runAsapp(asapp, {
    parameters: analyzeParameters({
      conversationId: '={{ $json.id }}',
      text: '={{ $json.text }}',
      waitForReply: true,
      options: { replyTimeout: 0.5, ...options },
    }),
    items: texts.map((text, index) => ({
      id: options.maxConcurrency === undefined ? 'C' : `C${index}`,
      text,
    })),
    node: { onError: 'continueRegularOutput' },
    credential: asapp.credential({ baseUrl: server.url }),
  });
  return json;
}

/** What an item came to, in short: its texts, or its error. */
function short({ error, replies }: IDataObject): unknown {
  if (error !== undefined) return (error as IDataObject).kind;
  return (replies as IDataObject[]).map(({ text }) => text);
}

const later = (ms: number, then: () => void) => void setTimeout(then, ms);

/** Plays what GenerativeAgent says to each message; a number is a pause in ms, "!" a start, "." an end. */
function play(...scripts: Array<Array<string | number>>): void {
  server.onMessage = ({ number, conversationId }) => {
    // The stream shows that it lives, or it would be connected anew.
    server.write(': alive\n');
    let at = 5;
    for (const step of scripts[number - 1] ?? []) {
      if (typeof step === 'number') {
        at += step;
        continue;
      }
      later(at, () => {
        if (step === '!')
          server.event(conversationId, 'processingStart', { generativeAgentMessageId: `s${Math.random()}` });
        else if (step === '.')
          server.event(conversationId, 'processingEnd', { generativeAgentMessageId: `e${Math.random()}` });
        else server.say(conversationId, step);
      });
    }
    return undefined;
  };
}

test('a run that starts once more while another may go on, and never ends, is given up in time', async () => {
  play([], ['!', 'whose', '!']);
  const startedAt = Date.now();
  expect((await ask(['one', 'two'])).map(short)).toEqual(['replyTimeout', 'replyTimeout']);
  expect(Date.now() - startedAt).toBeLessThan(10_000);
});

describe('a run that has not started takes nothing but its start', () => {
  test('neither the rest of a reply that the stream broke off', async () => {
    server.onMessage = ({ number, conversationId: id }) => {
      if (number === 1) {
        server.event(id, 'processingStart', { generativeAgentMessageId: '1' });
        later(50, () => server.drop());
      } else {
        // The rest of the first reply comes while the second message is on its way.
        server.say(id, 'first');
        server.event(id, 'processingEnd', { generativeAgentMessageId: '2' });
        later(30, () => {
          server.event(id, 'processingStart', { generativeAgentMessageId: '3' });
          server.say(id, 'second');
          server.event(id, 'processingEnd', { generativeAgentMessageId: '4' });
        });
      }
      return undefined;
    };
    const [first, second] = await ask(['one', 'two'], { replyTimeout: 2.5 });
    expect([short(first ?? {}), short(second ?? {})]).toEqual(['replyTimeout', ['second']]);
  });

  test('nor a second end, nor a text after the end', async () => {
    play(['!', 'first', '.', '.', 'after the end', '.'], [60, '!', 'second', '.']);
    expect((await ask(['one', 'two'])).map(short)).toEqual([['first'], ['second']]);
  });
});

test('a second start while no other item waits is of the same run', async () => {
  play(['!', 'a', '!', 'b', '.']);
  expect((await ask(['one'])).map(short)).toEqual([['a', 'b']]);
});

describe('a run that never comes', () => {
  test('leaves, so that the items after it have their replies', async () => {
    play([], ['!', 'second', '.'], ['!', 'third', '.']);
    expect((await ask(['one', 'two', 'three'])).map(short)).toEqual(['replyTimeout', ['second'], ['third']]);
  });

  test('until after its Reply Timeout is not taken for the next one', async () => {
    play([520, '!', 'first', '.'], [80, '!', 'second', '.']);
    expect((await ask(['one', 'two'])).map(short)).toEqual(['replyTimeout', ['second']]);
  });

  test('nor where the next one follows after a pause', async () => {
    play([550, '!', 'first', '.'], [600, '!', 'second', '.']);
    expect((await ask(['one', 'two'])).map(short)).toEqual(['replyTimeout', ['second']]);
  });
});

describe('repeats', () => {
  /** Whole runs whose events have the ID that `id` gives, or none. */
  const runsWith = (id: (what: string) => object, copies = 1) => {
    server.onMessage = ({ number, conversationId, text }) => {
      const send = (type: string, rest: object = {}) => {
        for (let copy = 0; copy < copies; copy++)
          server.event(conversationId, type, { ...id(`${number}${type}`), ...rest });
      };
      later(5, () => {
        send('processingStart');
        if (text !== 'silent') send('reply', { reply: { text: `to ${text}` } });
        send('processingEnd');
      });
      return undefined;
    };
  };

  test.each([
    ['no IDs', () => ({})],
    ['one ID for the conversation', () => ({ generativeAgentMessageId: 'same' })],
    ['an ID each', (what: string) => ({ generativeAgentMessageId: what })],
  ])('events with %s are no repeats in another run', async (_what, id) => {
    runsWith(id);
    expect((await ask(['a', 'b', 'silent', 'b'])).map(short)).toEqual([['to a'], ['to b'], [], ['to b']]);
  });

  test.each([
    ['no IDs', () => ({})],
    ['one ID for the conversation', () => ({ generativeAgentMessageId: 'same' })],
    ['an ID each', (what: string) => ({ generativeAgentMessageId: what })],
  ])('events with %s that come three times count once', async (_what, id) => {
    runsWith(id, 3);
    expect((await ask(['a', 'b', 'c'])).map(short)).toEqual([['to a'], ['to b'], ['to c']]);
  });

  test('a whole run that comes again is not the next one', async () => {
    server.onMessage = ({ number, conversationId: id }) => {
      const run = (text: string) => {
        server.event(id, 'processingStart');
        server.say(id, text);
        server.event(id, 'processingEnd');
      };
      later(5, () => {
        run('first');
        if (number === 2) later(50, () => run('second'));
      });
      return undefined;
    };
    expect((await ask(['one', 'two'])).map(short)).toEqual([['first'], ['second']]);
  });
});

test('a stream on which nothing comes for as long as an item waited is connected anew before more is sent', async () => {
  let isStalled = true;
  server.onMessage = ({ conversationId: id, text }) => {
    if (isStalled) return undefined;
    server.event(id, 'processingStart');
    server.say(id, text);
    server.event(id, 'processingEnd');
    return undefined;
  };
  void server.until(() => server.connected > 1).then(() => (isStalled = false));
  const texts = Array.from({ length: 20 }, (_, index) => `t${index}`);
  const ends = (await ask(texts, { maxConcurrency: 2, replyTimeout: 1 })).map(short);
  expect(ends.filter((end) => end === 'replyTimeout').length).toBe(2);
  expect(ends.slice(2)).toEqual(texts.slice(2).map((text) => [text]));
  expect(server.connected).toBe(2);
});
