import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { IDataObject } from 'n8n-workflow';

import { runWorkflow, type WorkflowFile } from '../../scripts/engine/runWorkflow';
import { startAsapp, type Asapp } from '../support/asapp';

let asapp: Asapp;
beforeAll(async () => {
  asapp = await startAsapp();
});
afterAll(async () => {
  await asapp.sandbox.close();
});

test('authenticate-and-analyze: the documents’ example succeeds, every other item leaves with its reason', async () => {
  const workflow = JSON.parse(
    readFileSync(resolve(__dirname, '../../examples/authenticate-and-analyze.json'), 'utf8'),
  ) as WorkflowFile;
  const run = await runWorkflow(asapp.nodePackage, workflow, {
    credentials: { asappApi: asapp.credential() },
  });
  const arrivedAt = (node: string): IDataObject[] =>
    (run.data.resultData.runData[node]?.[0]?.data?.main?.[0] ?? []).map(({ json }) => json);

  expect(arrivedAt('Analyzed')).toEqual([
    { conversationId: '01BX5ZZKBKACTAV9WEVGEMMVS0', messageId: expect.any(String) as string },
  ]);
  expect(arrivedAt('Not Authenticated').map(kindOf)).toEqual(['invalidInput', 'notFound', 'invalidInput']);
  expect(arrivedAt('Not Analyzed').map(kindOf)).toEqual([
    'invalidInput',
    'conflict',
    'tooManyRequests',
    'internalServerError',
    'connectionFailed',
  ]);
  const [request] = asapp.sandbox.ledger.requests.filter(({ operation }) => operation === 'analyze');
  expect(JSON.parse(request?.rawBody ?? '')).toEqual({
    conversationId: '01BX5ZZKBKACTAV9WEVGEMMVS0',
    message: {
      text: 'Hello, I would like to upgrade my internet plan to GOLD.',
      sender: { role: 'customer', externalId: '123' },
      timestamp: '2021-11-23T12:13:14.555Z',
    },
    taskName: 'UpgradePlan',
    inputVariables: {
      context: 'Customer called to upgrade their current plan to GOLD',
      customer_info: { current_plan: 'SILVER', customer_since: '2020-01-01' },
    },
    channelType: 'digital',
  });
  expect(asapp.sandbox.ledger.requests[0]).toMatchObject({
    operation: 'authenticate',
    body: { customerExternalId: 'customer-xyz', auth: { token: 'cGFzc3dvcmQ=' } },
  });
});

function kindOf({ error }: IDataObject): unknown {
  return (error as IDataObject | undefined)?.kind;
}
