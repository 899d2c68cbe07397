import type { IDataObject, INode } from 'n8n-workflow';

import { startWorkflow } from '../../scripts/engine/runWorkflow';
import { asappWorkflow, runAsapp, useAsapp, type AsappRunOptions } from '../support/asapp';
import { refuseLooks, sentRequests } from '../support/looks';
import { analyzeParameters } from '../support/parameters';

const asapp = useAsapp({ eventDelay: 2 });
const retry: Partial<INode> = {
  retryOnFail: true,
  maxTries: 2,
  waitBetweenTries: 1,
  onError: 'continueRegularOutput',
};
const ITEMS = ['C0', 'C1', 'C2'].map((id) => ({ id }));
const analyze = (changes = {}) => analyzeParameters({ conversationId: '={{ $json.id }}', ...changes });

/** Runs the node; after its first try the credential cannot be read any more, or whatever `afterFirstTry` does happens. */
async function run(options: AsappRunOptions, afterFirstTry: () => void): Promise<IDataObject[]> {
  // The first item fails only when the others have been accepted.
  asapp.sandbox.faults.set({ fault: 'status', status: 422, latency: 100, times: 1, conversationId: 'C0' });
  let isOver = false;
  const credentials = {
    get asappApi() {
      if (!isOver && asapp.sandbox.ledger.requestsOf('C0').some(({ status }) => status === 422)) {
        isOver = true;
        afterFirstTry();
      }
      return asapp.credential();
    },
  };
  const { data } = await startWorkflow(asapp.nodePackage, asappWorkflow(options), { credentials }).finished;
  expect(isOver).toBe(true);
  const { error, data: output } = data.resultData.runData.ASAPP?.[0] ?? {};
  if (error !== undefined) throw error;
  return output?.main?.[0]?.map(({ json }) => json) ?? [];
}

const delivered = (conversationId: string) => ({
  conversationId,
  messageId: expect.any(String) as string,
});

test('what ASAPP refused as a conflict is not sent again by Retry On Fail: it may hold it', async () => {
  asapp.sandbox.faults.set({ fault: 'status', status: 409, conversationId: 'C0', operation: 'postAnalyze' });
  refuseLooks(asapp);
  const { json } = await runAsapp(asapp, { parameters: analyze(), items: ITEMS, node: retry });
  expect(json[0]).toMatchObject({ error: { kind: 'conflict', attempts: 1 } });
  expect(sentRequests(asapp, 'C0')).toHaveLength(1);
});

test('items that were delivered stay delivered when the credential cannot be read in the next try', async () => {
  const json = await run({ parameters: analyze(), items: ITEMS, node: retry }, () => {
    throw new Error('The vault does not answer');
  });
  expect(json).toEqual([
    {
      id: 'C0',
      error: expect.objectContaining({
        kind: 'credentialUnusable',
        retryable: true,
        attempts: 0,
        phase: 'notSent',
        message: expect.stringContaining('The vault does not answer') as string,
      }) as unknown,
    },
    delivered('C1'),
    delivered('C2'),
  ]);
  expect(asapp.sandbox.ledger.requests).toHaveLength(3);
});

describe('with Wait for Reply', () => {
  const parameters = analyze({ waitForReply: true, options: { replyTimeout: 5 } });

  test('they stay delivered when the event stream cannot be opened in the next try', async () => {
    const json = await run({ parameters, items: ITEMS, node: retry }, () => {
      asapp.sandbox.faults.set({ fault: 'status', status: 403, operation: 'streams' });
    });
    expect(json).toMatchObject([
      { id: 'C0', error: { kind: 'forbidden', attempts: 0, phase: 'notSent' } },
      { conversationId: 'C1', outcome: 'reply' },
      { conversationId: 'C2', outcome: 'reply' },
    ]);
    expect(asapp.sandbox.ledger.requestsOf('C0')).toHaveLength(1);
  });

  test('with nothing left to send no stream is opened', async () => {
    // The first item of the first output is in doubt, so that the engine runs the node again.
    asapp.sandbox.faults.set({
      fault: 'resetAfterReading',
      startsRun: false,
      conversationId: 'C0',
      operation: 'analyze',
    });
    refuseLooks(asapp);
    const workflow = asappWorkflow({ parameters, items: ITEMS, node: retry });
    const credentials = { asappApi: asapp.credential() };
    const { data } = await startWorkflow(asapp.nodePackage, workflow, { credentials }).finished;
    expect(data.resultData.runData.ASAPP?.[0]?.data?.main?.[0]?.[0]?.json).toMatchObject({
      error: { inDoubt: true },
    });
    expect(asapp.sandbox.ledger.connections).toHaveLength(1);
    expect(asapp.sandbox.ledger.messages).toHaveLength(3);
  });

  test('items that break the contract open no stream', async () => {
    const workflow = asappWorkflow({ parameters, items: [{ id: 'not an id' }], node: retry });
    const credentials = { asappApi: asapp.credential() };
    await startWorkflow(asapp.nodePackage, workflow, { credentials }).finished;
    expect(asapp.sandbox.ledger.requests).toEqual([]);
  });
});
