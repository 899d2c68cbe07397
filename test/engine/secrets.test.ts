import { keepEngineLog, takeLog } from '../support/debugLog';

import type { INode, INodeParameters } from 'n8n-workflow';

import { runAsapp, startAsapp, type Asapp } from '../support/asapp';
import { authenticateParameters } from '../support/parameters';
import { expectNoneOf, formsOf, traceOf } from '../support/traces';

const API_ID = 'canary-api-id-5f1c';
const API_SECRET = 'canary-api-secret-9d2e';
const CUSTOMER = {
  token: 'canary-token "ü" 77aa',
  header: 'canary-header-31bb',
  cookie: 'canary-cookie-42cc',
  pin: 'canary-pin-53dd',
};
const CANARIES = [API_ID, API_SECRET, ...Object.values(CUSTOMER)].flatMap(formsOf);

/** The customer's credentials come from another node, so that the input items themselves are free of them. */
const AUTH: INodeParameters = {
  token: CUSTOMER.token,
  headers: { entry: [{ name: 'X-Session', value: CUSTOMER.header }] },
  cookies: { entry: [{ name: 'sid', value: CUSTOMER.cookie }] },
  body: JSON.stringify({ pin: CUSTOMER.pin }),
};

let asapp: Asapp;
beforeAll(async () => {
  asapp = await startAsapp({ apiId: API_ID, apiSecret: API_SECRET });
  keepEngineLog();
});
afterAll(async () => {
  await asapp.sandbox.close();
});
afterEach(() => {
  asapp.sandbox.faults.clear();
});

const CONVERSATIONS = [
  'A1',
  'FAULT400',
  'FAULT401',
  'FAULT429',
  'FAULT503',
  'FAULTHTML502',
  'FAULTHTML200',
  'FAULTRESETBEFOREREADING',
  'FAULTRESETAFTERREADING',
  'FAULTTRUNCATEDBODY',
  'FAULTREDIRECT',
  'FAULTNOANSWER',
  'QUOTED',
  'lower',
];
const MODES: Array<INode['onError']> = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'];

describe.each(MODES)('On Error %s', (onError) => {
  test.each(CONVERSATIONS)('%s leaves no secret behind', async (conversationId) => {
    asapp.sandbox.faults.set({
      fault: 'status',
      status: 400,
      conversationId: 'QUOTED',
      message: `[Path '/auth'] ${CANARIES.join(' ')} is invalid`,
    });
    takeLog();
    const { run, task } = await runAsapp(asapp, {
      parameters: authenticateParameters({ conversationId, auth: AUTH, options: { timeout: 0.3 } }),
      node: { ...(onError === undefined ? {} : { onError }) },
    });
    expect(task.executionStatus).toBe(
      onError === 'stopWorkflow' && conversationId !== 'A1' ? 'error' : 'success',
    );
    const log = takeLog();
    expect(log).toContain('Running node "ASAPP" started');
    if (task.executionStatus === 'error') expect(log).toContain('[item 0]');
    expectNoneOf(CANARIES, traceOf(run, log));
  });
});

test('the secrets did arrive where they belong', async () => {
  asapp.sandbox.ledger.clear();
  await runAsapp(asapp, { parameters: authenticateParameters({ auth: AUTH }) });
  const [request] = asapp.sandbox.ledger.requests;
  for (const value of Object.values(CUSTOMER))
    expect(request?.rawBody).toContain(JSON.stringify(value).slice(1, -1));
});
