import { startSandbox, type Sandbox } from '../../../sandbox';
import { parseSpecialId } from '../../../sandbox/specialIds';
import {
  ANALYZE,
  analysis,
  authenticatePath,
  CALL_TRANSFERS,
  clientOf,
  CONVERSATIONS,
  CREDENTIALS,
  message,
  messagesPath,
  outcomeOf,
} from './client';

describe('the grammar', () => {
  it.each([
    ['FAULT404', { fault: 'status', status: 404 }],
    ['FAULT429TIMES2RETRYAFTER1ID7', { fault: 'status', status: 429, times: 2, retryAfter: 1 }],
    ['FAULT503RETRYAFTER0LATENCY20', { fault: 'status', status: 503, retryAfter: 0, latency: 20 }],
    ['FAULTRESETBEFOREREADING', { fault: 'resetBeforeReading' }],
    ['FAULTRESETAFTERREADINGTIMES1', { fault: 'resetAfterReading', times: 1 }],
    ['FAULTNOANSWERIDTIMES2', { fault: 'noAnswer' }],
    ['FAULTTRUNCATEDBODY', { fault: 'truncatedBody' }],
    ['FAULTHTML200', { fault: 'html', status: 200 }],
    ['FAULTHTML502LATENCY5', { fault: 'html', status: 502, latency: 5 }],
    ['FAULTEMPTYBODY', { fault: 'emptyBody' }],
    ['FAULTMALFORMEDBODY', { fault: 'malformedBody' }],
    ['FAULTREDIRECT', { fault: 'redirect' }],
    ['FAULT409ONANALYZE', { fault: 'status', status: 409, operation: 'analyze' }],
    ['FAULTNOANSWERTIMES1ONAUTHENTICATEIDX', { fault: 'noAnswer', times: 1, operation: 'authenticate' }],
    ['FAULT409ONCREATEMESSAGEID1', { fault: 'status', status: 409, operation: 'createMessage' }],
    ['FAULT503TIMES1ONGETMESSAGES', { fault: 'status', status: 503, times: 1, operation: 'getMessages' }],
    ['FAULT403ONSTATE', { fault: 'status', status: 403, operation: 'state' }],
    ['FAULTLATENCY1500TIMES3', { fault: 'latency', latency: 1500, times: 3 }],
  ])('reads %s', (id, fault) => {
    expect(parseSpecialId(id)).toEqual(fault);
  });

  it.each([
    'FAULT',
    'FAULT200',
    'FAULT4044',
    'FAULT404X',
    'FAULT404TIMES',
    'FAULT404TIMES0',
    'FAULT404ID',
    'FAULT404LATENCY5TIMES2',
    'FAULTNOANSWERRETRYAFTER1',
    'FAULTLATENCY',
    'FAULTLATENCY5LATENCY6',
    'FAULTLATENCY600001',
    'FAULTUNKNOWN',
    'FAULT409ON',
    'FAULT409ONHEALTH',
    'FAULT409ONSTREAMS',
    'FAULT409ONFEEDBACK',
    'XFAULT404',
  ])('does not read %s', (id) => {
    expect(parseSpecialId(id)).toBeUndefined();
  });
});

describe('over HTTP', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  beforeEach(() => {
    sandbox.faults.clear();
    sandbox.ledger.clear();
  });
  afterAll(() => sandbox.close());

  it.each<[string, number | string, number]>([
    ['FAULT409', 409, 0],
    ['FAULTRESETBEFOREREADING', 'ECONNRESET', 0],
    ['FAULTRESETAFTERREADING', 'ECONNRESET', 1],
    ['FAULTNOANSWER', 'ECONNABORTED', 1],
    ['FAULTTRUNCATEDBODY', 'ERR_BAD_RESPONSE', 1],
    ['FAULTHTML502', 502, 0],
    ['FAULTEMPTYBODY', 200, 1],
    ['FAULTREDIRECT', 302, 0],
    ['FAULTLATENCY10', 200, 1],
  ])('%s shows as %s and accepts %s', async (id, seen, accepted) => {
    const client = clientOf(sandbox);
    const options = { timeout: 150 };
    expect(await outcomeOf(client.post(ANALYZE, analysis(id), options))).toBe(seen);
    expect(sandbox.ledger.messages).toHaveLength(accepted);
    // A delay alone leaves each operation its own answer.
    const seenByAuthenticate = id === 'FAULTLATENCY10' ? 204 : seen;
    expect(await outcomeOf(client.post(authenticatePath(id), CREDENTIALS, options))).toBe(seenByAuthenticate);
    expect(sandbox.ledger.conversations.get(id)?.authentications ?? 0).toBe(accepted);
  });

  it('fails only the operation named by ON', async () => {
    const client = clientOf(sandbox);
    const id = 'FAULT409ONANALYZE';
    expect(await outcomeOf(client.post(authenticatePath(id), CREDENTIALS))).toBe(204);
    expect(await outcomeOf(client.post(ANALYZE, analysis(id)))).toBe(409);
  });

  it('counts TIMES for each conversation by itself, and anew after a clear', async () => {
    const client = clientOf(sandbox);
    const ask = (id: string) => outcomeOf(client.post(ANALYZE, analysis(id)));
    expect(await ask('FAULT503TIMES1IDA')).toBe(503);
    expect(await ask('FAULT503TIMES1IDB')).toBe(503);
    expect(await ask('FAULT503TIMES1IDA')).toBe(200);
    sandbox.faults.clear();
    expect(await ask('FAULT503TIMES1IDA')).toBe(503);
  });

  it('goes before a fault for everyone and behind one for this very conversation', async () => {
    const client = clientOf(sandbox);
    sandbox.faults.set({ fault: 'status', status: 500 });
    expect(await outcomeOf(client.post(ANALYZE, analysis('FAULT404')))).toBe(404);
    sandbox.faults.set({ fault: 'status', status: 418, conversationId: 'FAULT404' });
    expect(await outcomeOf(client.post(ANALYZE, analysis('FAULT404')))).toBe(418);
  });

  it('may stand in an id of the caller, and in that of a call', async () => {
    const client = clientOf(sandbox);
    const upsert = {
      externalId: 'FAULT503TIMES1',
      customer: { externalId: 'C1' },
      timestamp: '2024-01-23T13:41:20Z',
    };
    expect(await outcomeOf(client.post(CONVERSATIONS, upsert))).toBe(503);
    expect(await outcomeOf(client.post(CONVERSATIONS, upsert))).toBe(200);
    const call = { id: 'FAULT409', externalConversationId: 'caller', type: 'SIP' };
    expect(await outcomeOf(client.post(CALL_TRANSFERS, call))).toBe(409);
    // An id of the caller that only looks like one means nothing.
    expect(await outcomeOf(client.post(CONVERSATIONS, { ...upsert, externalId: 'FAULTY-7' }))).toBe(200);
  });

  it('is used up by what is written, and by a read that ON names', async () => {
    const client = clientOf(sandbox);
    const read = (id: string) => outcomeOf(client.get(messagesPath(id)));
    expect(await outcomeOf(client.post(messagesPath('FAULT500TIMES1ONGETMESSAGES'), message()))).toBe(200);
    expect(await read('FAULT500TIMES1ONGETMESSAGES')).toBe(500);
    expect(await read('FAULT500TIMES1ONGETMESSAGES')).toBe(200);
    expect(await read('FAULT500TIMES1')).toBe(404);
    expect(await outcomeOf(client.post(messagesPath('FAULT500TIMES1'), message()))).toBe(500);
  });

  it('explains the grammar if the id breaks it', async () => {
    for (const path of [ANALYZE, authenticatePath('FAULTX')]) {
      const body = path === ANALYZE ? analysis('FAULTX') : CREDENTIALS;
      const { status, data } = await clientOf(sandbox).post(path, body);
      expect(status).toBe(422);
      expect(data.error.code).toBe('422-01');
      expect(data.error.message).toContain('FAULT<WHAT>[TIMES<n>]');
    }
  });
});
