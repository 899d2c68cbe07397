import { startSandbox } from '../../../sandbox';
import { RateLimit } from '../../../sandbox/rateLimit';
import { ANALYZE, analysis, clientOf } from './client';

describe('RateLimit', () => {
  it('admits so many in any one second, and what it refuses does not count', () => {
    const limit = new RateLimit(2);
    const arrivals = [0, 600, 700, 999, 1000, 1100, 1599, 1600, 1601];
    expect(arrivals.filter((now) => limit.admit(now))).toEqual([0, 600, 1000, 1600]);
  });

  it.each([0, -1, 1.5, NaN, Infinity])('refuses a limit of %p', (rate) => {
    expect(() => new RateLimit(rate)).toThrow('requestsPerSecond must be a whole number from 1');
  });
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
