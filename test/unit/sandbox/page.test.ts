import { startSandbox, type Sandbox } from '../../../sandbox';
import type { Overview } from '../../../sandbox/page/overview';
import { ANALYZE, analysis, clientOf, messagesPath } from './client';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ eventDelay: 0 });
});
afterEach(async () => {
  await sandbox.close();
});

async function overview(): Promise<Overview> {
  return (await clientOf(sandbox).get<Overview>('/sandbox/overview')).data;
}

/** The lines of a conversation without their times. */
async function linesOf(id: string): Promise<unknown[]> {
  const { conversations } = await overview();
  const lines = conversations.find((conversation) => conversation.id === id)?.lines ?? [];
  return lines.map(({ at: _at, ...line }) => line);
}

test.each([
  ['/', 'text/html', '<title>Local ASAPP</title>'],
  ['/sandbox/page.css', 'text/css', 'light-dark('],
  ['/sandbox/page.js', 'text/javascript', '/sandbox/overview'],
])('GET %s is a file of the page', async (path, type, words) => {
  const { status, headers, data } = await clientOf(sandbox).get<string>(path);
  expect(status).toBe(200);
  expect(headers['content-type']).toContain(type);
  expect(data).toContain(words);
});

test('an empty sandbox has nothing to show', async () => {
  const { totals, seconds, conversations, faults, alerts, firstAt } = await overview();
  expect(new Set(Object.values(totals))).toEqual(new Set([0]));
  expect(seconds).toHaveLength(60);
  expect([conversations, faults, alerts, firstAt]).toEqual([[], [], [], undefined]);
});

test('each message has its fate, and what GenerativeAgent said follows it', async () => {
  const client = clientOf(sandbox);
  sandbox.faults.set({ fault: 'status', status: 429, times: 1, conversationId: 'C1' });
  await client.post(ANALYZE, analysis('C1', 'Hello'));
  await client.post(ANALYZE, analysis('C1', 'Hello'));
  // The next one comes when all is said to this one.
  while ((await linesOf('C1')).length < 4) await new Promise((wait) => setTimeout(wait, 5));
  await client.post(ANALYZE, analysis('C1', 'Hello'));
  while ((await linesOf('C1')).length < 7) await new Promise((wait) => setTimeout(wait, 5));
  const said = [{ text: 'One moment please.' }, { text: 'You asked "Hello". It is done.' }];
  expect(await linesOf('C1')).toEqual([
    { text: 'Hello', fate: 'fault', detail: '429' },
    { text: 'Hello', fate: 'accepted', detail: '200' },
    ...said,
    { text: 'Hello', fate: 'twice', detail: '200' },
    ...said,
  ]);
  const { totals, seconds } = await overview();
  expect(totals).toEqual({
    requests: 3,
    accepted: 2,
    refused: 1,
    open: 0,
    messages: 2,
    twice: 1,
    replies: 4,
    looks: 0,
  });
  const sum = (key: 'accepted' | 'refused') => seconds.reduce((total, second) => total + second[key], 0);
  expect([sum('accepted'), sum('refused')]).toEqual([2, 1]);
});

test('a message whose answer was lost says that it is there all the same', async () => {
  sandbox.faults.set({ fault: 'resetAfterReading' });
  await clientOf(sandbox)
    .post(ANALYZE, analysis('C1', 'Hello'))
    .catch(() => undefined);
  expect((await linesOf('C1'))[0]).toEqual({
    text: 'Hello',
    fate: 'fault',
    detail: 'resetAfterReading, accepted all the same',
  });
});

test('a look is counted and is no line; the conversation that was asked for last comes first', async () => {
  const client = clientOf(sandbox);
  await client.post(ANALYZE, analysis('C1'));
  await client.post(ANALYZE, analysis('C2'));
  await client.get(messagesPath('C1'));
  const { conversations } = await overview();
  expect(conversations.map(({ id, looks }) => [id, looks])).toEqual([
    ['C1', 1],
    ['C2', 0],
  ]);
});

test('alerts are kept until everything is cleared, the latest first and at most 20', async () => {
  const client = clientOf(sandbox);
  for (let number = 1; number <= 21; number += 1) {
    expect((await client.post('/sandbox/alerts', { text: `Alert ${number}` })).status).toBe(204);
  }
  const { alerts } = await overview();
  expect(alerts).toHaveLength(20);
  expect(alerts[0]).toEqual({ text: 'Alert 21' });
  await client.delete('/sandbox/ledger');
  expect((await overview()).alerts).toEqual([]);
});
