import { startSandbox, type Sandbox } from '../../../sandbox';
import { clientOf, message, UUID } from './client';

const [FREE_TEXT, STRUCTURED, INTENT] = ['free-text-summaries', 'structured-data', 'intent'].map(
  (name) => `/autosummary/v1/${name}`,
) as [string, string, string];

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(() => sandbox.ledger.clear());
afterAll(() => sandbox.close());

function talk(): void {
  sandbox.conversations.add('A', message('Please upgrade my plan'));
  sandbox.conversations.add('A', message('It is GOLD now', 'agent'));
}

async function post(url: string, body: object, headers: Record<string, string> = {}) {
  return (await clientOf(sandbox, headers).post(url, body)).data;
}

it('a text says what was asked and answered, under a new id each time', async () => {
  talk();
  const summary = await post(FREE_TEXT, { conversationId: 'A' });
  expect(summary).toEqual({
    conversationId: 'A',
    summaryId: expect.stringMatching(UUID),
    summaryText: 'The customer wrote: "Please upgrade my plan". The last answer was: "It is GOLD now".',
  });
  const again = await post(FREE_TEXT, { externalConversationId: 'external-A' });
  expect(again).toEqual({ ...summary, summaryId: expect.not.stringMatching(summary.summaryId) });
  expect((await post(FREE_TEXT, { issueId: 'A' }, { 'accept-language': 'de-DE' })).summaryText).toBe(
    'Der Kunde schrieb: "Please upgrade my plan". Die letzte Antwort war: "It is GOLD now".',
  );
  expect((await post(FREE_TEXT, { conversationId: 'A', agentExternalId: 'other' })).summaryText).toBe(
    'The customer wrote: "Please upgrade my plan".',
  );
});

it('the values of fields are read off a conversation', async () => {
  talk();
  expect(await post(STRUCTURED, { conversationId: 'A' })).toEqual({
    conversationId: 'A',
    id: expect.stringMatching(UUID),
    structuredDataMetrics: [
      { id: 'q_resolved', name: 'Issue Resolved', value: 'Yes' },
      { id: 'q_topic', name: 'Topic', value: 'Upgrade plan' },
      { id: 'e_messages', name: 'Messages', value: '2' },
    ],
  });
});

it('an intent is what the customer asked for, or none', async () => {
  talk();
  sandbox.conversations.add('B', message('Hello'));
  expect(await post(INTENT, { conversationId: 'A' })).toEqual({
    intent: { code: 'UPGRADE_PLAN', name: 'Upgrade plan' },
  });
  expect((await post(INTENT, { conversationId: 'B' })).intent.code).toBe('GENERAL_INQUIRY');
  expect((await post(INTENT, { conversationId: 'EMPTY' })).intent.code).toBe('NO_INTENT');
});

it('feedback is taken without a body', async () => {
  const client = clientOf(sandbox);
  const url = '/autosummary/v1/feedback/free-text-summaries/A';
  const { status, data } = await client.post(
    url,
    { summaryId: 'S', summaryText: 'Better' },
    { params: { agentExternalId: 'agent-1' } },
  );
  expect([status, data]).toEqual([202, '']);
  expect(sandbox.ledger.requests[0]).toMatchObject({
    query: { agentExternalId: 'agent-1' },
    conversationId: 'A',
  });
  expect((await client.post(url, { summaryId: 'S' })).status).toBe(400);
});

describe('the conversation', () => {
  it.each<[object, string, string]>([
    [{}, '400-01', 'must have exactly one of conversationId, externalConversationId, issueId'],
    [{ agentExternalId: 'a' }, '400-01', 'must have exactly one of'],
    [{ conversationId: 'A', issueId: 'A' }, '422-01', 'must have exactly one of'],
    [{ conversationId: 5 }, '400-01', "[Path '/conversationId'] must be string"],
    [{ conversationId: 'lower' }, '422-01', "[Path '/conversationId'] must match pattern"],
    [{ externalConversationId: 'nobody' }, '404-01', 'There is no such conversation'],
    [{ issueId: 'no-issue' }, '404-01', 'There is no conversation no-issue'],
  ])('%j is refused', async (body, code, words) => {
    for (const url of [FREE_TEXT, STRUCTURED, INTENT]) {
      const { error } = await post(url, body);
      expect(error.code).toBe(code);
      expect(error.message).toContain(words);
      expect(error.message).not.toContain('; ');
    }
  });
});
