import { keepEngineLog, takeLog } from '../../support/debugLog';

import type { INode, INodeParameters } from 'n8n-workflow';

import { runAsapp, startAsapp, type Asapp, type AsappRun } from '../../support/asapp';
import { parametersOf } from '../../support/parameters';
import { startHttpServer } from '../../support/servers';
import { expectNoneOf, formsOf, traceOf } from '../../support/traces';

let asapp: Asapp;
beforeAll(async () => {
  asapp = await startAsapp();
  keepEngineLog();
});
afterAll(async () => {
  await asapp.sandbox.close();
});
beforeEach(() => {
  asapp.sandbox.ledger.clear();
  asapp.sandbox.faults.clear();
});

const MODES: Array<INode['onError']> = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'];

describe('the password of a return call by SIP', () => {
  const PASSWORD = 'canary-password "ü" 72ff';
  // With the user name, as Basic authentication has it, too.
  const CANARIES = [...formsOf(PASSWORD), Buffer.from(`sip-user:${PASSWORD}`).toString('base64')];
  const QUOTING = 'ext-quoted';

  const transfer = (changes: INodeParameters): INodeParameters =>
    parametersOf('callTransfer.create', {
      transferType: 'SIP',
      sip: { returnTransferType: 'INVITE', returnUri: 'sip:a@b', username: 'sip-user', password: PASSWORD },
      options: { timeout: 0.3 },
      ...changes,
    });

  /** What the external conversation ID makes the sandbox do; the last ones are refused before anything is sent. */
  const CASES: Array<[title: string, changes: INodeParameters]> = [
    ...[
      'ticket-1',
      'FAULT400',
      'FAULT409',
      'FAULT503',
      'FAULTHTML502',
      'FAULTHTML200',
      'FAULTMALFORMEDBODY',
      'FAULTRESETAFTERREADING',
      'FAULTTRUNCATEDBODY',
      'FAULTREDIRECT',
      'FAULTNOANSWER',
      QUOTING,
    ].map((id): [string, INodeParameters] => [id, { externalConversationId: id }]),
    ['an empty ID', { externalConversationId: '={{ $json.nope }}' }],
    [
      'a password whose expression fails',
      { sip: { username: 'sip-user', password: `={{ $('${PASSWORD}').item.json.a }}` } },
    ],
    ['a password with a line break', { sip: { username: 'sip-user', password: `${PASSWORD}\n` } }],
    ['a country that is not asked for', { country: 'nowhere' }],
    [
      'malformed branches',
      { errorHandling: 'branches', errorBranches: { branch: [{ name: 'Mine', errors: [], codes: 'abc' }] } },
    ],
    [
      'branches',
      {
        externalConversationId: 'FAULT422',
        errorHandling: 'branches',
        errorBranches: { branch: [{ name: 'Mine', errors: ['unprocessableEntity'], codes: '' }] },
      },
    ],
  ];

  test.each(MODES.flatMap((onError) => CASES.map(([title, changes]) => [onError, title, changes] as const)))(
    'leaves no trace with On Error %s: %s',
    async (onError, title, changes) => {
      if (title === QUOTING) {
        const message = `[Path '/sip'] ${CANARIES.join(' ')} is invalid`;
        asapp.sandbox.faults.set({ fault: 'status', status: 400, message });
      }
      takeLog();
      const { run } = await runAsapp(asapp, { parameters: transfer(changes), node: { onError: onError! } });
      const log = takeLog();
      expect(log).toContain('Running node "ASAPP" started');
      expectNoneOf(CANARIES, traceOf(run, log));
    },
  );

  test('arrives at ASAPP', async () => {
    await runAsapp(asapp, { parameters: transfer({}) });
    expect(asapp.sandbox.ledger.requests[0]?.body).toMatchObject({
      sip: { returnInviteAuthentication: { username: 'sip-user', password: PASSWORD } },
    });
  });

  test('is not read back either', async () => {
    await runAsapp(asapp, { parameters: transfer({}) });
    takeLog();
    const { run, json } = await runAsapp(asapp, { parameters: parametersOf('callTransfer.get') });
    expect(json).toMatchObject([{ id: 'T1', sip: { returnTransferType: 'INVITE' } }]);
    expectNoneOf(CANARIES, traceOf(run, takeLog()));
  });
});

describe('the URL of a stream', () => {
  const TOKEN = 'canary-stream-token-83aa';
  const URL_OF_STREAM = `https://ws.example.com/push-api/connect/sse?token=${TOKEN}`;
  const ANSWER = { streamId: 'S1', streamingUrl: URL_OF_STREAM, messageTypes: ['generative-agent-message'] };

  async function answered(body: string, status = 200, onError: INode['onError'] = 'stopWorkflow') {
    const server = await startHttpServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
    takeLog();
    try {
      const run: AsappRun = await runAsapp(asapp, {
        parameters: parametersOf('generativeAgent.createStream'),
        credential: asapp.credential({ baseUrl: server.url }),
        node: { onError: onError! },
      });
      return { ...run, log: takeLog() };
    } finally {
      await server.close();
    }
  }

  test('is in the output, and in no log', async () => {
    const { json, log } = await answered(JSON.stringify(ANSWER));
    expect(json).toEqual([ANSWER]);
    expect(log).toContain('Running node "ASAPP" started');
    expectNoneOf(formsOf(TOKEN), log);
  });

  const FLAWED: Array<[flaw: string, body: string]> = [
    ['without types', JSON.stringify({ ...ANSWER, messageTypes: undefined })],
    ['with a type that is wrong', JSON.stringify({ ...ANSWER, streamId: 7 })],
    ['as a list', JSON.stringify([ANSWER])],
    ['inside something else', JSON.stringify({ data: ANSWER })],
    ['cut off', JSON.stringify(ANSWER).slice(0, -3)],
    ['as text', URL_OF_STREAM],
  ];

  test.each(MODES.flatMap((onError) => FLAWED.map(([flaw, body]) => [flaw, onError, body] as const)))(
    'is in no error when it comes %s (On Error %s)',
    async (_flaw, onError, body) => {
      const { run, log } = await answered(body, 200, onError);
      const trace = traceOf(run, log);
      expect(trace).toContain('unexpectedResponse');
      expectNoneOf(formsOf(TOKEN), trace);
    },
  );
});
