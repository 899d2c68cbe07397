import { startSandbox, type RequestRecord, type Sandbox } from '../../../sandbox';
import { Ledger } from '../../../sandbox/ledger';
import { ANALYZE, analysis, authenticatePath, clientOf, CREDENTIALS, HEALTH, until } from './client';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(() => {
  sandbox.faults.clear();
  sandbox.ledger.clear();
});
afterAll(() => sandbox.close());

describe('a request', () => {
  it('is entered with everything but the secret', async () => {
    const raw = `{ "conversationId" : "C0NV",  "message": ${JSON.stringify(analysis('C0NV').message)} }`;
    await clientOf(sandbox).post(ANALYZE, raw, {
      headers: { 'content-type': 'application/json', cookie: 'session=1' },
      transformRequest: (value: unknown) => value,
    });
    const [record] = sandbox.ledger.requests;
    expect(record).toMatchObject({
      operation: 'analyze',
      method: 'POST',
      path: ANALYZE,
      conversationId: 'C0NV',
      rawBody: raw,
      body: JSON.parse(raw),
      credentialsRight: true,
      status: 200,
      inFlightWith: [],
    });
    expect(record?.headers).toMatchObject({
      'asapp-api-id': 'sandbox-id',
      'asapp-api-secret': '[redacted]',
      cookie: '[redacted]',
      'content-type': 'application/json',
    });
    expect(JSON.stringify(sandbox.ledger.requests)).not.toContain('sandbox-secret');
    expect(record?.answeredAt).toBeGreaterThanOrEqual(record?.receivedAt ?? Infinity);
  });

  it('to health has no conversation and no body', async () => {
    await clientOf(sandbox).get(`${HEALTH}?probe=1`);
    const [record] = sandbox.ledger.requests;
    expect(record).toMatchObject({ operation: 'health', path: HEALTH });
    expect(record).not.toHaveProperty('conversationId');
    expect(record).not.toHaveProperty('rawBody');
  });

  it('to an unknown path is not entered', async () => {
    await clientOf(sandbox).post('/v1/unknown', {});
    expect(sandbox.ledger.requests).toEqual([]);
  });

  it('keeps the credentials of the customer byte for byte in the process', async () => {
    await clientOf(sandbox).post(authenticatePath('C0NV'), CREDENTIALS);
    expect(sandbox.ledger.requestsOf('C0NV')[0]?.rawBody).toBe(JSON.stringify(CREDENTIALS));
  });

  it('has a sequence number that is never used twice', async () => {
    const client = clientOf(sandbox);
    await client.get(HEALTH);
    const [first] = sandbox.ledger.requests;
    sandbox.ledger.clear();
    await client.get(HEALTH);
    expect(sandbox.ledger.requests[0]?.sequence).toBe((first?.sequence ?? NaN) + 1);
  });
});

describe('requests in flight', () => {
  it('know those of the same conversation and no others', async () => {
    sandbox.faults.set({ fault: 'latency', latency: 80 });
    const client = clientOf(sandbox);
    await Promise.all([
      client.post(ANALYZE, analysis('A', 'one')),
      client.post(ANALYZE, analysis('A', 'two')),
      client.post(authenticatePath('A'), CREDENTIALS),
      client.post(ANALYZE, analysis('B')),
    ]);
    const ofA = sandbox.ledger.requestsOf('A');
    const sequences = ofA.map((record) => record.sequence);
    expect(ofA).toHaveLength(3);
    for (const record of ofA) {
      const others = sequences.filter((sequence) => sequence !== record.sequence);
      expect([...record.inFlightWith].sort()).toEqual(others.sort());
    }
    expect(sandbox.ledger.requestsOf('B')[0]?.inFlightWith).toEqual([]);
  });

  it('are none when one follows the other', async () => {
    const client = clientOf(sandbox);
    for (let turn = 0; turn < 20; turn++) await client.post(ANALYZE, analysis('A'));
    const records = sandbox.ledger.requestsOf('A');
    expect(records).toHaveLength(20);
    expect(records.flatMap((record) => record.inFlightWith)).toEqual([]);
  });

  it('stay so without an answer until the client gives up', async () => {
    const ended: unknown[] = [];
    const other = await startSandbox({ onRequestEnd: (end) => ended.push(end) });
    try {
      const client = clientOf(other);
      const abandon = new AbortController();
      const hanging = client.post(ANALYZE, analysis('FAULTNOANSWERTIMES1'), { signal: abandon.signal });
      await until(() => ended.length === 1);
      await client.post(ANALYZE, analysis('FAULTNOANSWERTIMES1'));
      abandon.abort();
      await expect(hanging).rejects.toThrow('canceled');
      const [first, second] = other.ledger.requestsOf('FAULTNOANSWERTIMES1');
      expect(first).toMatchObject({ fault: 'noAnswer', inFlightWith: [second?.sequence] });
      expect(second?.inFlightWith).toEqual([first?.sequence]);
    } finally {
      await other.close();
    }
    expect(ended).toHaveLength(2);
  });
});

describe('messages', () => {
  it('count how often the same one was accepted', async () => {
    const client = clientOf(sandbox);
    const other = analysis('A', 'again');
    other.message.sender.externalId = 'C2';
    const bodies = [analysis('A', 'again'), other, analysis('B', 'again'), analysis('A', 'once')];
    for (const body of [...bodies, analysis('A', 'again'), analysis('A', 'again')]) {
      await client.post(ANALYZE, body);
    }
    expect(sandbox.ledger.messages.map((message) => message.times)).toEqual([1, 1, 1, 1, 2, 3]);
    expect(sandbox.ledger.acceptedMoreThanOnce()).toEqual([sandbox.ledger.messages[5]]);
    expect(sandbox.ledger.messagesOf('B')).toEqual([sandbox.ledger.messages[2]]);
  });

  it('carry what was sent and the id that was answered', async () => {
    const { data } = await clientOf(sandbox).post(ANALYZE, analysis('A', 'Hi'));
    expect(sandbox.ledger.messages).toEqual([
      {
        conversationId: 'A',
        messageId: data.messageId,
        text: 'Hi',
        role: 'customer',
        externalId: 'C1',
        timestamp: '2024-01-23T13:43:04.000Z',
        acceptedAt: expect.any(Number),
        sequence: sandbox.ledger.requests[0]?.sequence,
        times: 1,
      },
    ]);
  });
});

it('a conversation sums up what was accepted', async () => {
  const client = clientOf(sandbox);
  await client.post(authenticatePath('A'), CREDENTIALS);
  await client.post(ANALYZE, { ...analysis('A'), taskName: 'First', inputVariables: { a: 1, b: { c: 1 } } });
  await client.post(ANALYZE, { conversationId: 'A', taskName: 'Second', inputVariables: { b: { d: 2 } } });
  await client.post(ANALYZE, { conversationId: 'A', taskName: 5 });
  expect(sandbox.ledger.conversations.get('A')).toEqual({
    id: 'A',
    createdAt: expect.any(Number),
    messages: 1,
    authentications: 1,
    analyses: 2,
    lastTaskName: 'Second',
    inputVariables: { a: 1, b: { d: 2 } },
  });
});

it('books the fifty-thousandth request about as fast as the first', () => {
  const ledger = new Ledger();
  const book = (from: number, to: number): number => {
    const started = performance.now();
    for (let index = from; index < to; index++) {
      const record: RequestRecord = ledger.openRequest({
        operation: 'analyze',
        operationId: 'postAnalyze',
        method: 'POST',
        path: ANALYZE,
        params: {},
        query: {},
        headers: {},
        credentialsRight: true,
      });
      ledger.assignConversation(record, `C${index % 100}`);
      ledger.acceptAnalysis(record.sequence, analysis(`C${index % 100}`), `M${index}`);
      ledger.answerRequest(record, 200);
      ledger.closeRequest(record);
    }
    return performance.now() - started;
  };
  book(0, 50_000);
  // A scan over what is there would take minutes here.
  expect(book(50_000, 100_000)).toBeLessThan(5_000);
  expect(ledger.requestsOf('C7')).toHaveLength(1_000);
  expect(ledger.acceptedMoreThanOnce()).toHaveLength(100);
});
