import { readExamples } from '../../scripts/n8n/examples';
import { runWorkflow } from '../../scripts/engine/runWorkflow';
import { useAsapp } from '../support/asapp';
import { counts, itemsAt, kindOf } from '../support/runData';

const asapp = useAsapp({ eventDelay: 2 });

async function runExample(id: string) {
  const workflow = readExamples().find((example) => example.id === id);
  if (workflow === undefined) throw new Error(`There is no example ${id}`);
  const run = await runWorkflow(asapp.nodePackage, workflow, {
    credentials: { asappApi: asapp.credential() },
  });
  expect(run.data.resultData.error).toBeUndefined();
  return run;
}

test('conversation-lifecycle goes from a ticket to its summary', async () => {
  const run = await runExample('conversation-lifecycle');
  const [update] = itemsAt(run, 'Ticket Update');
  expect(update).toEqual({
    ticketId: expect.stringMatching(/^ticket-/) as string,
    conversationId: itemsAt(run, 'Create Conversation')[0]?.conversationId,
    reply: 'One moment please.\n\nYou asked "How can I pay my bill?". It is done.',
    state: 'ready',
    summary: expect.stringContaining('How can I pay my bill?') as string,
  });
  const operations = asapp.sandbox.ledger.requests.map(({ operationId }) => operationId);
  expect(operations).toEqual([
    'createOrUpdateConversation',
    'createMessage',
    'postStreams',
    'postAnalyze',
    'getState',
    'createFreeTextSummary',
  ]);
});

test('import-history brings in what is whole, and transcript-export gives it out as a file', async () => {
  const imported = await runExample('import-history');
  expect(counts(imported, 'Import Messages')).toEqual([[2, 0, 1, 0]]);
  expect(itemsAt(imported, 'Imported').map(({ messageCount }) => messageCount)).toEqual([2, 1]);
  expect(itemsAt(imported, 'Fix Data First').map(kindOf)).toEqual(['invalidInput']);

  const exported = await runExample('transcript-export');
  const [item] = exported.data.resultData.runData['Transcript File']?.[0]?.data?.main?.[0] ?? [];
  const { data = '', fileName } = item?.binary?.data ?? {};
  expect(fileName).toBe('transcript.txt');
  expect(Buffer.from(data, 'base64').toString()).toMatch(
    /^2026-01-31T09:30:00\S*Z customer: My bill is wrong\.\n2026-01-31T09:34:00\S*Z agent: I have corrected it\.$/,
  );
});

test('transcript-export of what nobody knows ends without a file', async () => {
  asapp.sandbox.conversations.clear();
  const run = await runExample('transcript-export');
  expect(itemsAt(run, 'Find Conversation')).toEqual([]);
  expect(run.data.resultData.runData).not.toHaveProperty('Get Messages');
});
