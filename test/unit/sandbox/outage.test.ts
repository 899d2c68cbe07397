import axios from 'axios';

import { startSandbox, type Sandbox } from '../../../sandbox';
import { ANALYZE, analysis, clientOf } from './client';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(async () => {
  await sandbox.close();
});

const control = () => `${sandbox.url}/sandbox/outage`;

it.each([
  ['status', undefined, 503, /"requestId"/],
  ['status', 500, 500, /"requestId"/],
  ['html', undefined, 502, /^<html>/],
] as const)('answers %s %p to everything, and accepts nothing', async (how, status, answered, body) => {
  const client = clientOf(sandbox);
  await axios.post(control(), { how, ...(status && { status }) });
  const during = await client.post(ANALYZE, analysis('A'), { responseType: 'text' });
  const health = await client.get('/v1/health');
  expect([during.status, health.status]).toEqual([answered, answered]);
  expect(during.data).toMatch(body);
  expect((await axios.get(control())).data).toMatchObject({ outage: { how } });
  await axios.delete(control());
  expect((await client.post(ANALYZE, analysis('A'))).status).toBe(200);
  expect(sandbox.ledger.messages).toHaveLength(1);
  expect(sandbox.ledger.requestsOf('A')).toHaveLength(1);
});

it('breaks connections, also those whose request was on its way', async () => {
  sandbox.faults.set({ fault: 'noAnswer', times: 1 });
  const client = clientOf(sandbox);
  const onItsWay = client.post(ANALYZE, analysis('A'));
  const broken = expect(onItsWay).rejects.toMatchObject({ code: 'ECONNRESET' });
  while (sandbox.ledger.requests[0]?.fault === undefined)
    await new Promise((resolve) => setTimeout(resolve, 5));
  sandbox.outage.start({ how: 'reset' });
  await broken;
  await expect(client.post(ANALYZE, analysis('B'))).rejects.toMatchObject({ code: 'ECONNRESET' });
  sandbox.outage.end();
  expect((await client.post(ANALYZE, analysis('B'))).status).toBe(200);
});

it('lets nobody connect for a while', async () => {
  const client = clientOf(sandbox);
  await axios.post(control(), { how: 'refused', seconds: 0.3 });
  await expect(client.post(ANALYZE, analysis('A'))).rejects.toMatchObject({
    // A connection that was open is broken.
    code: expect.stringMatching(/^(ECONNREFUSED|ECONNRESET)$/) as string,
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((await client.post(ANALYZE, analysis('A'))).status).toBe(200);
  sandbox.outage.start({ how: 'refused', seconds: 60 });
});

it.each([
  [{ how: 'refused' }, 'seconds: is needed'],
  [{ how: 'maybe' }, 'how: '],
  [{ how: 'status', status: 404 }, 'status: '],
])('refuses %p', async (body, words) => {
  const answer = await axios.post(control(), body, { validateStatus: () => true });
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.data)).toContain(words);
});
