import { startSandbox, type Sandbox } from '../../../sandbox';
import { CALL_TRANSFERS, clientOf, CONVERSATIONS, UUID } from './client';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ callTimes: { receivedAfter: 60_000, completedAfter: 61_000 } });
});
beforeEach(() => {
  sandbox.ledger.clear();
  sandbox.faults.clear();
});
afterAll(() => sandbox.close());

const CALL = {
  id: 'call-1',
  externalConversationId: 'caller-1',
  type: 'PHONE_NUMBER',
  phoneNumber: { country: 'US' },
  inputContext: { taskName: 'Welcome', inputVariables: { plan: 'GOLD' } },
};
const TIME = expect.stringMatching(/^\d{4}-.*Z$/);

async function create(change: object = {}) {
  return clientOf(sandbox).post(CALL_TRANSFERS, { ...CALL, ...change });
}

async function get(id = 'call-1') {
  return (await clientOf(sandbox).get(`${CALL_TRANSFERS}/${id}`)).data;
}

it('a call gets a number that is lent for a minute, and a conversation', async () => {
  const { status, data } = await create();
  expect(status).toBe(200);
  expect(data).toEqual({
    id: 'call-1',
    externalConversationId: 'caller-1',
    type: 'PHONE_NUMBER',
    status: 'ACTIVE',
    phoneNumber: {
      transferNumber: expect.stringMatching(/^\+1999555\d{4}$/),
      country: 'US',
      expiresAt: TIME,
    },
    inputContext: CALL.inputContext,
  });
  expect(await get()).toEqual({ ...data, createdAt: TIME });
  const lent = Date.parse(data.phoneNumber.expiresAt) - Date.parse((await get()).createdAt);
  expect(lent).toBe(60_000);
  const { data: found } = await clientOf(sandbox).get(CONVERSATIONS, { params: { externalId: 'caller-1' } });
  expect(found.items).toHaveLength(1);
  await create({ id: 'call-2' });
  expect(sandbox.conversations.list()).toHaveLength(1);
});

it('a call by SIP has no number and tells how it comes back', async () => {
  const sip = { returnTransferType: 'REFER', returnUri: 'sip:transfer@example.com:5060' };
  expect((await create({ type: 'SIP', phoneNumber: undefined, sip })).data).toMatchObject({
    type: 'SIP',
    sip,
  });
  expect((await create({ id: 'call-2', type: 'SIP' })).data).toMatchObject({
    sip: { returnTransferType: 'BYE' },
  });
  expect(await get('call-2')).not.toHaveProperty('phoneNumber');
});

it.each<[string, object, string, string]>([
  ['a number without a country', { phoneNumber: undefined }, '400-01', "'/phoneNumber'"],
  [
    'a REFER without an address',
    { type: 'SIP', sip: { returnTransferType: 'REFER' } },
    '400-01',
    "'/sip/returnUri'",
  ],
  [
    'an address of more than 1,024 characters',
    { type: 'SIP', sip: { returnUri: `sip:${'x'.repeat(1_021)}` } },
    '422-01',
    "'/sip/returnUri'",
  ],
  ['another type', { type: 'FAX' }, '422-01', '["PHONE_NUMBER","SIP"]'],
  [
    'a variable that is no text',
    { inputContext: { inputVariables: { since: 2020 } } },
    '400-01',
    "'/inputContext/inputVariables/since'",
  ],
])('refuses %s', async (_what, change, code, words) => {
  const { data } = await create(change);
  expect(data.error).toEqual({
    requestId: expect.stringMatching(UUID),
    code,
    message: expect.stringContaining(words),
  });
  expect(sandbox.conversations.list()).toEqual([]);
});

it('an id is taken once', async () => {
  await create();
  expect((await create()).status).toBe(409);
  expect((await clientOf(sandbox).get(`${CALL_TRANSFERS}/other`)).status).toBe(404);
});

it.each([
  ['Welcome', 'SYSTEM'],
  ['Talk to an agent', 'AGENT'],
  ['Hang up', 'CALLER_DISCONNECT'],
])('a call with the task %s ends with %s when it is told to', async (taskName, transferType) => {
  await create({ inputContext: { taskName, inputVariables: { plan: 'GOLD' } } });
  const tell = (status: string) =>
    clientOf(sandbox).post('/sandbox/call-transfers', { id: 'call-1', status });
  await tell('ONGOING');
  expect(await get()).toMatchObject({ status: 'ONGOING', callReceivedAt: TIME });
  expect((await tell('completed')).data).toEqual(await get());
  expect(await get()).toMatchObject({
    status: 'completed',
    completedAt: TIME,
    outputContext: {
      transferType,
      currentTaskName: taskName,
      ...(transferType !== 'CALLER_DISCONNECT' && {
        referenceVariables: { customerName: 'John Smith', plan: 'GOLD' },
      }),
    },
  });
  await tell('EXPIRED');
  expect(await get()).not.toHaveProperty('outputContext');
});

it('how a call ends can be told, if there is one', async () => {
  await create();
  const change = { id: 'call-1', status: 'COMPLETED', transferType: 'AGENT' };
  expect((await clientOf(sandbox).post('/sandbox/call-transfers', change)).data.outputContext).toMatchObject({
    transferType: 'AGENT',
  });
  expect((await clientOf(sandbox).post('/sandbox/call-transfers', { ...change, id: 'no' })).status).toBe(404);
});

it.each([
  [{ receivedAfter: 0, completedAfter: 60_000 }, 'ONGOING'],
  [{ receivedAfter: 0, completedAfter: 0 }, 'COMPLETED'],
  [{ receivedAfter: 60_000, numberLifetime: 0 }, 'EXPIRED'],
])('a call goes on by itself: %j', async (callTimes, status) => {
  const other = await startSandbox({ callTimes });
  try {
    await clientOf(other).post(CALL_TRANSFERS, CALL);
    expect((await clientOf(other).get(`${CALL_TRANSFERS}/call-1`)).data.status).toBe(status);
  } finally {
    await other.close();
  }
});

it('the ledger shows a call without its password', async () => {
  const returnInviteAuthentication = { username: 'sip_user', password: 'hunter2' };
  const sip = { returnTransferType: 'INVITE', returnUri: 'sip:a@example.com', returnInviteAuthentication };
  await create({ type: 'SIP', sip });
  const { data } = await clientOf(sandbox).get('/sandbox/ledger');
  expect(JSON.stringify(data)).not.toContain('hunter2');
  expect(data.requests[0]).toMatchObject({
    rawBody: '[redacted]',
    body: {
      id: 'call-1',
      sip: { returnInviteAuthentication: { username: 'sip_user', password: '[redacted]' } },
    },
  });
  expect(sandbox.ledger.requests[0]?.rawBody).toContain('hunter2');
});
