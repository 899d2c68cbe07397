import type { IDataObject, INode } from 'n8n-workflow';

import type { RequestRecord } from '../../sandbox';
import { runAsapp, startAsapp, startAsappRun, type Asapp } from '../support/asapp';
import { branchParameters } from '../support/branches';
import { looks, refuseLooks, sentRequests } from '../support/looks';
import { analyzeParameters, authenticateParameters } from '../support/parameters';

// A pace belongs to a host, so each test has its own.
let asapp: Asapp;
beforeEach(async () => {
  asapp = await startAsapp();
});
afterEach(async () => {
  await asapp.sandbox.close();
});

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** An Analyze whose conversation and text come from the item. */
function analyze(options: IDataObject = {}) {
  return analyzeParameters({
    conversationId: '={{ $json.id }}',
    text: '={{ $json.text }}',
    options: { ...options } as never,
  });
}

function messages(count: number, conversations: number): Array<{ id: string; text: string }> {
  return Array.from({ length: count }, (_, index) => ({
    id: `C${index % conversations}`,
    text: `message ${index}`,
  }));
}

/** The largest number of requests that were in flight at one time. */
function mostInFlight(requests: RequestRecord[]): number {
  const ends = requests.map(({ answeredAt = Infinity }) => answeredAt);
  return Math.max(
    ...requests.map(
      ({ receivedAt }) =>
        requests.filter((other, index) => other.receivedAt <= receivedAt && (ends[index] ?? 0) > receivedAt)
          .length,
    ),
  );
}

describe('lanes', () => {
  test('items of one conversation go one after another in their order, those of others side by side', async () => {
    asapp.sandbox.faults.set({ fault: 'latency', latency: 20 });
    const items = messages(24, 4);
    const { json } = await runAsapp(asapp, { parameters: analyze({ maxRequestsPerSecond: 1000 }), items });
    const { requests, messages: accepted } = asapp.sandbox.ledger;
    expect(json.map(({ conversationId }) => conversationId)).toEqual(items.map(({ id }) => id));
    expect(requests.flatMap(({ inFlightWith }) => inFlightWith)).toEqual([]);
    expect(mostInFlight(requests)).toBeGreaterThan(1);
    for (const id of ['C0', 'C1', 'C2', 'C3']) {
      const texts = accepted.filter(({ conversationId }) => conversationId === id).map(({ text }) => text);
      expect(texts).toEqual(items.filter((item) => item.id === id).map(({ text }) => text));
    }
  });

  test('at most Max Concurrency are on their way', async () => {
    asapp.sandbox.faults.set({ fault: 'latency', latency: 25 });
    await runAsapp(asapp, {
      parameters: analyze({ maxConcurrency: 3, maxRequestsPerSecond: 1000 }),
      items: messages(20, 20),
    });
    expect(mostInFlight(asapp.sandbox.ledger.requests)).toBe(3);
  });

  test('spaces around an ID do not make another conversation of it', async () => {
    asapp.sandbox.faults.set({ fault: 'latency', latency: 20 });
    await runAsapp(asapp, {
      parameters: analyze(),
      items: [
        { id: 'A1', text: 'a' },
        { id: ' A1\n', text: 'b' },
      ],
    });
    expect(asapp.sandbox.ledger.requests.map(({ inFlightWith }) => inFlightWith)).toEqual([[], []]);
  });

  test.each([
    ['waits for its repetition', 503],
    ['is looked for', 500],
  ])('an item that %s holds its conversation, and no other', async (_when, status) => {
    asapp.sandbox.faults.set({ fault: 'status', status, times: 1, conversationId: 'C0' });
    const items = [...messages(4, 2), { id: 'C0', text: 'last' }];
    await runAsapp(asapp, { parameters: analyze({ maxRetries: 1, maxConcurrency: 1 }), items });
    const order = asapp.sandbox.ledger.messages.map(
      ({ conversationId, text }) => `${conversationId} ${text}`,
    );
    expect(order).toEqual(['C1 message 1', 'C1 message 3', 'C0 message 0', 'C0 message 2', 'C0 last']);
  });
});

describe('the pace', () => {
  /** When the accepted messages started: a message without a timestamp of its own has that of its sending. */
  const starts = () =>
    asapp.sandbox.ledger.messages.map(({ timestamp }) => Date.parse(timestamp)).sort((a, b) => a - b);
  const mostInOneSecond = (times: number[]) =>
    Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + 1000).length));

  test('starts no more requests in any second than it may', async () => {
    await runAsapp(asapp, { parameters: analyze({ maxRequestsPerSecond: 20 }), items: messages(50, 50) });
    const times = starts();
    expect(times).toHaveLength(50);
    expect(mostInOneSecond(times)).toBeLessThanOrEqual(20);
    expect((times[49] ?? 0) - (times[0] ?? 0)).toBeLessThan(3_500);
  });

  test('is shared by executions with the same key', async () => {
    const parameters = analyze({ maxRequestsPerSecond: 20 });
    await Promise.all(
      Array.from({ length: 10 }, async (_, run) => {
        const items = messages(4, 4).map(({ id, text }) => ({ id: `R${run}${id}`, text }));
        await runAsapp(asapp, { parameters, items });
      }),
    );
    expect(starts()).toHaveLength(40);
    expect(mostInOneSecond(starts())).toBeLessThanOrEqual(20);
  });

  test('a 429 holds every execution with the same key for as long as ASAPP asks', async () => {
    asapp.sandbox.faults.set({
      fault: 'status',
      status: 429,
      retryAfter: 2,
      times: 1,
      conversationId: 'SLOW',
    });
    const slow = runAsapp(asapp, {
      parameters: analyze({ maxRetries: 1 }),
      items: [{ id: 'SLOW', text: 'x' }],
    });
    while (asapp.sandbox.ledger.requests[0]?.answeredAt === undefined) await pause(5);
    // The node needs a moment to read the answer.
    await pause(300);
    await runAsapp(asapp, { parameters: analyze(), items: [{ id: 'OTHER', text: 'y' }] });
    await slow;
    const [first, second, third] = asapp.sandbox.ledger.requests.map(({ receivedAt }) => receivedAt);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(2_000);
    expect(third).toBeGreaterThanOrEqual(second ?? Infinity);
  });
});

describe('repetitions', () => {
  test.each([
    [429, 900, 0],
    // ASAPP may hold it all the same, which would show by then.
    [500, 5_200, 3],
    [503, 200, 0],
  ])('a %i is repeated after a while, and then succeeds', async (status, least, looked) => {
    asapp.sandbox.faults.set({ fault: 'status', status, times: 1 });
    const { json, error } = await runAsapp(asapp, {
      parameters: analyze({ maxRetries: 3 }),
      items: [{ id: 'A1', text: 'x' }],
    });
    expect(error).toBeUndefined();
    expect(json).toMatchObject([{ conversationId: 'A1' }]);
    const [first, second, ...more] = sentRequests(asapp);
    expect(more).toEqual([]);
    expect(looks(asapp)).toBe(looked);
    expect((second?.receivedAt ?? 0) - (first?.receivedAt ?? 0)).toBeGreaterThanOrEqual(least);
    expect(second?.rawBody).toBe(first?.rawBody);
  });

  test('end after Max Retries, and the error tells how often it was sent', async () => {
    asapp.sandbox.faults.set({ fault: 'status', status: 503 });
    const { outputs } = await runAsapp(asapp, {
      parameters: analyze({ maxRetries: 2 }),
      items: [{ id: 'A1', text: 'x' }],
      node: { onError: 'continueErrorOutput' },
    });
    expect(outputs[1]).toMatchObject([
      { json: { error: { kind: 'serviceUnavailable', attempts: 3, retryable: true } } },
    ]);
    expect(asapp.sandbox.ledger.requests).toHaveLength(3);
  });

  test('a Retry-After beyond a minute is not waited for', async () => {
    asapp.sandbox.faults.set({ fault: 'status', status: 429, retryAfter: 3600 });
    const startedAt = Date.now();
    const { json } = await runAsapp(asapp, {
      parameters: analyze({ maxRetries: 3 }),
      items: [{ id: 'A1', text: 'x' }],
      node: { onError: 'continueRegularOutput' },
    });
    expect(json).toMatchObject([{ error: { kind: 'tooManyRequests', attempts: 1 } }]);
    expect(Date.now() - startedAt).toBeLessThan(5_000);
  });

  describe.each(['resetAfterReading', 'truncatedBody', 'emptyBody', 'malformedBody'] as const)(
    'a message that ASAPP may have accepted: %s',
    (fault) => {
      const run = async () => {
        asapp.sandbox.faults.set({ fault, times: 1, operation: 'analyze' });
        const { json } = await runAsapp(asapp, {
          parameters: analyze({ maxRetries: 3 }),
          items: [{ id: 'A1', text: 'x' }],
          node: { onError: 'continueRegularOutput', retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
        });
        expect(sentRequests(asapp)).toHaveLength(1);
        expect(asapp.sandbox.ledger.messages).toHaveLength(1);
        return json;
      };

      test('is found, and is not sent again', async () => {
        const json = await run();
        const messageId = asapp.sandbox.ledger.messages[0]?.messageId;
        expect(json).toEqual([{ conversationId: 'A1', messageId, recovered: true }]);
        expect(looks(asapp)).toBe(1);
      });

      test('is not sent again either where nobody can look for it', async () => {
        refuseLooks(asapp);
        expect(await run()).toMatchObject([
          {
            error: {
              retryable: false,
              inDoubt: true,
              attempts: 1,
              description: expect.stringContaining('may have accepted') as string,
            },
          },
        ]);
      });
    },
  );

  test('what does no harm twice is repeated: Authenticate, after a broken connection', async () => {
    asapp.sandbox.faults.set({ fault: 'resetAfterReading', times: 1 });
    const { json } = await runAsapp(asapp, {
      parameters: authenticateParameters({ options: { maxRetries: 1 } }),
    });
    expect(json).toMatchObject([{ authenticated: true }]);
    expect(asapp.sandbox.ledger.requests).toHaveLength(2);
  });
});

describe("n8n's Retry On Fail", () => {
  const retry: Partial<INode> = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

  test.each(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const)(
    'sends only what was not delivered, and keeps what was: On Error %s',
    async (onError) => {
      asapp.sandbox.faults.set({ fault: 'status', status: 422, times: 2, conversationId: 'C0' });
      const { outputs, error } = await runAsapp(asapp, {
        parameters: analyze({ maxConcurrency: 1 }),
        items: onError === 'stopWorkflow' ? [...messages(3, 3)].reverse() : messages(3, 3),
        node: { ...retry, onError },
      });
      expect(error).toBeUndefined();
      expect(outputs[0]?.map(({ json }) => json.conversationId).sort()).toEqual(['C0', 'C1', 'C2']);
      expect(asapp.sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
      const asked = (id: string) => asapp.sandbox.ledger.requestsOf(id).length;
      // The engine looks at the first item of the first output only, which the error output never fills with a failure.
      expect([asked('C0'), asked('C1'), asked('C2')]).toEqual(
        onError === 'continueErrorOutput' ? expect.anything() : [3, 1, 1],
      );
    },
  );

  test('does not send a message any more that a later one of its conversation has overtaken', async () => {
    asapp.sandbox.faults.set({ fault: 'status', status: 422, times: 1, conversationId: 'C0' });
    const { json } = await runAsapp(asapp, {
      parameters: analyze(),
      items: messages(2, 1),
      node: { ...retry, onError: 'continueRegularOutput' },
    });
    expect(json).toMatchObject([{ error: { status: 422 } }, { conversationId: 'C0' }]);
    expect(asapp.sandbox.ledger.messages.map(({ text }) => text)).toEqual(['message 1']);
  });

  test('delivers again in the next round of a loop, as that is another execution of the node', async () => {
    const run = async () =>
      await runAsapp(asapp, { parameters: analyze(), items: messages(1, 1), node: retry });
    await run();
    await run();
    expect(asapp.sandbox.ledger.messages.map(({ times }) => times)).toEqual([1, 2]);
  });
});

describe('stop', () => {
  test('sends nothing after the failure, lets the others finish, and says how many had been delivered', async () => {
    asapp.sandbox.faults.set({ fault: 'latency', latency: 30 });
    asapp.sandbox.faults.set({ fault: 'status', status: 404, latency: 100, conversationId: 'C5' });
    const { error } = await runAsapp(asapp, {
      parameters: analyze({ maxConcurrency: 4, maxRequestsPerSecond: 1000 }),
      items: messages(200, 200),
    });
    const accepted = asapp.sandbox.ledger.messages.length;
    expect(error?.message).toMatch(/^Not Found \[item 5\]/);
    expect(error?.description).toContain(`${accepted} of 200 items had been delivered.`);
    expect(asapp.sandbox.ledger.requests.length).toBe(accepted + 1);
    expect(accepted).toBeLessThan(60);
  });

  test('does not wait for a repetition that would no longer be sent', async () => {
    asapp.sandbox.faults.set({ fault: 'status', status: 429, retryAfter: 30, conversationId: 'C0' });
    asapp.sandbox.faults.set({ fault: 'status', status: 404, latency: 50, conversationId: 'C1' });
    const startedAt = Date.now();
    const { error } = await runAsapp(asapp, {
      parameters: analyze({ maxRetries: 3 }),
      items: messages(2, 2),
    });
    expect(error?.message).toMatch(/\[item 0\]/);
    expect(Date.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('cancel', () => {
  /** Cancels a run of 60 items as soon as `when` holds, and returns what is to be seen of it. */
  async function cancelled(options: IDataObject, when: () => boolean) {
    const started = startAsappRun(asapp, {
      parameters: analyze(options),
      items: messages(60, 60),
      node: { onError: 'continueRegularOutput' },
    });
    while (!when()) await pause(5);
    const cancelledAt = Date.now();
    started.cancel();
    const { status, data } = await started.finished;
    const took = Date.now() - cancelledAt;
    await pause(600);
    // What had left before may still be on its way for a moment.
    const late = asapp.sandbox.ledger.requests.filter(({ receivedAt }) => receivedAt > cancelledAt + 100);
    const [task] = data.resultData.runData.ASAPP ?? [];
    const left = data.executionData?.nodeExecutionStack.map(({ node }) => node.name);
    return { took, late, status, left, message: task?.error?.message ?? '', output: task?.data };
  }

  const requests = () => asapp.sandbox.ledger.requests;

  test.each<[string, () => void, IDataObject, () => boolean]>([
    [
      'of requests',
      () => asapp.sandbox.faults.set({ fault: 'latency', latency: 3_000 }),
      {},
      () => requests().length >= 5,
    ],
    [
      'of a wait that ASAPP asks for',
      () => asapp.sandbox.faults.set({ fault: 'status', status: 429, retryAfter: 20 }),
      { maxRetries: 3 },
      () => requests().length >= 1,
    ],
    [
      'of a slow pace',
      () => {},
      { maxRequestsPerSecond: 5 },
      () => asapp.sandbox.ledger.messages.length >= 3,
    ],
  ])(
    'in the middle %s ends within a second and sends nothing more',
    async (_name, prepare, options, when) => {
      prepare();
      const { took, late, status, left, message, output } = await cancelled(options, when);
      expect(took).toBeLessThan(1_000);
      expect(late).toEqual([]);
      expect(status).toBe('canceled');
      // With any output, n8n's Retry would take the node for done.
      expect(output).toBeUndefined();
      expect(left).toEqual(['ASAPP']);
      const words =
        /^The execution was canceled: (\d+) of 60 items had been delivered(?:, and ASAPP may have accepted (\d+) more)?$/;
      expect(message).toMatch(words);
      const [delivered = NaN, inDoubt = NaN] = words
        .exec(message)!
        .slice(1)
        .map((count?: string) => Number(count ?? 0));
      const accepted = asapp.sandbox.ledger.messages.length;
      expect(delivered).toBeLessThanOrEqual(accepted);
      expect(delivered + inDoubt).toBeGreaterThanOrEqual(accepted);
      // At most those that had a slot.
      expect(inDoubt).toBeLessThanOrEqual(10);
    },
  );
});

describe('unreasonable options', () => {
  test.each([
    ['maxConcurrency', 0, /'Max Concurrency' must be a whole number from 1 to 200/],
    ['maxConcurrency', -1, /'Max Concurrency' must be/],
    ['maxConcurrency', 1.5, /'Max Concurrency' must be a whole number/],
    ['maxConcurrency', 10_000, /'Max Concurrency' must be/],
    ['maxConcurrency', '={{ NaN }}', /'Max Concurrency' must be/],
    ['maxRequestsPerSecond', 0, /'Max Requests per Second' must be a number from 0\.1 to 5000/],
    ['maxRequestsPerSecond', -5, /'Max Requests per Second' must be/],
    ['maxRequestsPerSecond', 10_000, /'Max Requests per Second' must be/],
    ['maxRequestsPerSecond', '={{ "many" }}', /'Max Requests per Second' must be/],
    ['maxRetries', -1, /'Max Retries' must be a whole number from 0 to 10/],
    ['maxRetries', 10_000, /'Max Retries' must be/],
    ['timeout', 10_000, /'Timeout' must be a number from 0\.1 to 300/],
  ])('%s %p is refused before anything is sent', async (name, value, message) => {
    const { error } = await runAsapp(asapp, {
      parameters: analyze({ [name]: value }),
      items: messages(3, 3),
    });
    expect(error?.message).toMatch(message);
    const { outputs } = await runAsapp(asapp, {
      parameters: branchParameters(undefined, { options: { [name]: value } as never }),
      items: messages(3, 3),
    });
    expect(outputs[3]?.map(({ json }) => (json.error as IDataObject).message)).toEqual(
      [0, 1, 2].map(() => expect.stringMatching(message) as string),
    );
    expect(asapp.sandbox.ledger.requests).toEqual([]);
  });
});
