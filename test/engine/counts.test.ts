// How a run tells how it went: in hints, in the execution's data, and in the error that stops it.
import { runAsapp, useAsapp } from '../support/asapp';
import { analyzeParameters } from '../support/parameters';

const asapp = useAsapp();

const parameters = analyzeParameters({
  conversationId: '={{ $json.id }}',
  options: { maxConcurrency: 1, maxRetries: 1 },
});
const ITEMS = ['A', 'B', 'A', 'C', 'D'].map((id) => ({ id }));

test('a run with failures says how many and why, and how long it took', async () => {
  asapp.sandbox.faults.set({ fault: 'status', status: 404, conversationId: 'A' });
  asapp.sandbox.faults.set({ fault: 'status', status: 503, conversationId: 'C', times: 1 });
  asapp.sandbox.faults.set({ fault: 'status', status: 422, conversationId: 'D' });
  const node = { onError: 'continueRegularOutput' as const };
  const { task, run } = await runAsapp(asapp, { parameters, items: ITEMS, node });
  expect(task.hints?.map(({ message }) => message)).toEqual([
    '3 of 5 items failed: Not Found 2, Unprocessable Entity 1',
    expect.stringMatching(/^5 items, \d+\.\d s, 1 sent again$/),
  ]);
  expect(run.data.resultData.metadata).toMatchObject({ asapp_delivered: '2', asapp_failed: '3' });
});

test('one item that was delivered needs no words', async () => {
  const { task, run } = await runAsapp(asapp, { parameters, items: [{ id: 'A' }] });
  expect(task.hints).toEqual([]);
  expect(run.data.resultData.metadata).toMatchObject({ asapp_delivered: '1', asapp_failed: '0' });
});

test('a run that stops names the conversation and what ASAPP has', async () => {
  asapp.sandbox.faults.set({ fault: 'status', status: 422, conversationId: 'D' });
  const { error } = await runAsapp(asapp, { parameters, items: ITEMS });
  expect(error?.message).toContain('[item 4]');
  expect(error?.description).toMatch(
    /The item is of conversation D\. ASAPP has items 0-3: 4 of 5 items had been delivered\.$/,
  );
});

test('a run that outlasts what n8n grants when it is restarted says so, and what to set', async () => {
  const now = Date.now.bind(Date);
  let passed = 0;
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + passed);
  try {
    asapp.sandbox.faults.set({ fault: 'latency', latency: 200, conversationId: 'A', times: 1 });
    setTimeout(() => (passed = 45_000), 50);
    const { task } = await runAsapp(asapp, { parameters, items: [{ id: 'A' }] });
    expect(task.hints?.map(({ message }) => message)).toEqual([
      'The run took 45 s. If n8n is restarted meanwhile, it cuts runs off after 30 s: send fewer items at a time, or have N8N_GRACEFUL_SHUTDOWN_TIMEOUT set higher',
    ]);
  } finally {
    clock.mockRestore();
  }
});
