import { startSandbox } from '../../../sandbox';
import { CountedRateLimit, SmoothedRateLimit } from '../../../sandbox/rateLimit';
import { ANALYZE, analysis, clientOf, messagesPath } from './client';

describe('CountedRateLimit', () => {
  it('admits so many in any one second, and what it refuses does not count', () => {
    const limit = new CountedRateLimit(2);
    const arrivals = [0, 600, 700, 999, 1000, 1100, 1599, 1600, 1601];
    expect(arrivals.filter((now) => limit.admit(now))).toEqual([0, 600, 1000, 1600]);
  });

  it.each([0, -1, 1.5, NaN, Infinity])('refuses a limit of %p', (rate) => {
    expect(() => new CountedRateLimit(rate)).toThrow('requestsPerSecond must be a whole number from 1');
  });
});

describe('SmoothedRateLimit', () => {
  it('admits requests at even distances, and what it refuses does not count', () => {
    const limit = new SmoothedRateLimit({ requestsPerSecond: 100, burst: 1 });
    const arrivals = [0, 9, 10, 19, 20, 35, 44, 45];
    expect(arrivals.filter((now) => limit.admit(now))).toEqual([0, 10, 20, 35, 45]);
  });

  it('admits a burst after a rest, however long that was', () => {
    const limit = new SmoothedRateLimit({ requestsPerSecond: 100, burst: 3 });
    const arrivals = [0, 0, 0, 0, 9, 10, 11, 5_000, 5_000, 5_000, 5_000];
    expect(arrivals.map((now) => limit.admit(now))).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it.each([0, 1.5, NaN])('refuses a limit of %p', (value) => {
    expect(() => new SmoothedRateLimit({ requestsPerSecond: value, burst: 1 })).toThrow('requestsPerSecond');
    expect(() => new SmoothedRateLimit({ requestsPerSecond: 1, burst: value })).toThrow('burst');
  });
});

it('says which limit it was', async () => {
  const sandbox = await startSandbox({ spikeArrest: { requestsPerSecond: 1, burst: 1 } });
  try {
    const client = clientOf(sandbox);
    const [first, second] = [
      await client.post(ANALYZE, analysis('A')),
      await client.post(ANALYZE, analysis('B')),
    ];
    expect([first.status, second.status]).toEqual([200, 429]);
    expect(second.data).toMatchObject({ error: { message: 'ERROR - Spike arrest violation' } });
  } finally {
    await sandbox.close();
  }
});

it('answers 429 in the error body of ASAPP and accepts nothing', async () => {
  const sandbox = await startSandbox({ requestsPerSecond: 2 });
  try {
    const client = clientOf(sandbox);
    const answers = [];
    for (const id of ['A', 'B', 'C']) answers.push(await client.post(ANALYZE, analysis(id)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[2]?.data).toEqual({
      error: {
        requestId: expect.any(String),
        code: '429-01',
        message: 'ERROR - Too many requests in one second',
      },
    });
    expect(sandbox.ledger.messages.map(({ conversationId }) => conversationId)).toEqual(['A', 'B']);
    expect(sandbox.ledger.requestsOf('C')).toHaveLength(1);
  } finally {
    await sandbox.close();
  }
});

it('may refuse what overlaps in a conversation: changes, not reads', async () => {
  const sandbox = await startSandbox({ refuseOverlaps: true });
  try {
    const client = clientOf(sandbox);
    await client.post(ANALYZE, analysis('A'));
    sandbox.faults.set({ fault: 'latency', latency: 300, conversationId: 'A', times: 1 });
    const first = client.post(ANALYZE, analysis('A'));
    while (sandbox.ledger.requestsOf('A').length === 1) await new Promise((wait) => setTimeout(wait, 5));
    const [second, read, other] = await Promise.all([
      client.post(ANALYZE, analysis('A')),
      client.get(messagesPath('A')),
      client.post(ANALYZE, analysis('B')),
    ]);
    expect([second, read, other].map(({ status }) => status)).toEqual([409, 200, 200]);
    expect((await first).status).toBe(200);
    expect((await client.post(ANALYZE, analysis('A'))).status).toBe(200);
  } finally {
    await sandbox.close();
  }
});
