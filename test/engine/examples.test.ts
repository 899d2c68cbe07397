import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import axios from 'axios';
import type { IDataObject, IRun } from 'n8n-workflow';

import { runWorkflow, type WorkflowFile } from '../../scripts/engine/runWorkflow';
import { startAsapp, type Asapp } from '../support/asapp';
import {
  ENDS_OF_HAND_OVER,
  KINDS_OF_FIRST_EXAMPLE,
  ROUNDS_OF_ERROR_BRANCHES,
  SUMMARY_OF_ERROR_BRANCHES,
  SUMMARY_OF_SWEEP,
} from '../support/exampleResults';
import { looks, refuseLooks, sentRequests } from '../support/looks';
import { counts, itemsAt, kindOf } from '../support/runData';
import { serveWorkflow, type ServedWorkflow } from '../support/servedWorkflow';

const EXAMPLES = resolve(__dirname, '../../examples');

const ANY_STATUS = { validateStatus: () => true };

let asapp: Asapp;
beforeAll(async () => {
  asapp = await startAsapp();
});
afterAll(async () => {
  await asapp.sandbox.close();
});

function example(name: string): WorkflowFile {
  return JSON.parse(readFileSync(resolve(EXAMPLES, `${name}.json`), 'utf8')) as WorkflowFile;
}

/** Runs an example; the ledger afterwards holds what this run sent and nothing else. */
async function runExample(workflow: WorkflowFile): Promise<IRun> {
  asapp.sandbox.ledger.clear();
  asapp.sandbox.faults.clear();
  return await runWorkflow(asapp.nodePackage, workflow, { credentials: { asappApi: asapp.credential() } });
}

describe('authenticate-and-analyze', () => {
  test('the documents’ example and a lost answer succeed, every other item leaves with its reason', async () => {
    const run = await runExample(example('authenticate-and-analyze'));

    const messageId = expect.any(String) as string;
    const note = expect.stringMatching(/^GenerativeAgent has message [0-9A-Z]{26}$/) as string;
    expect(itemsAt(run, 'Analyzed')).toEqual([
      { conversationId: '01BX5ZZKBKACTAV9WEVGEMMVS0', messageId, note },
      // Its answer was lost.
      { conversationId: 'FAULTRESETAFTERREADINGONANALYZE', messageId, recovered: true, note },
    ]);
    for (const [node, kinds] of Object.entries(KINDS_OF_FIRST_EXAMPLE)) {
      expect(itemsAt(run, node).map(kindOf)).toEqual(kinds);
    }
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
});

describe('error-branches', () => {
  const workflow = example('error-branches');
  let run: IRun;
  beforeAll(async () => {
    run = await runExample(workflow);
  });

  test('runs to its end, whatever fails', () => {
    expect(run.data.resultData.error).toBeUndefined();
    expect(run.finished).toBe(true);
  });

  test('sends each way to fail to its own branch', () => {
    expect(counts(run, 'Analyze')).toEqual(ROUNDS_OF_ERROR_BRANCHES);
  });

  test.each([
    ['Fix Data', ['invalidInput', 'unprocessableEntity']],
    ['Post to Team', ['notFound', 'notFound']],
    ['Look It Up', ['conflict', 'unexpectedResponse']],
    ['Page Operations', ['forbidden']],
    ['Open a Ticket', ['unexpectedResponse']],
  ])('ends at %s with %j', (end, kinds) => {
    expect(itemsAt(run, end).map(kindOf)).toEqual(kinds);
  });

  test('succeeds in the end with what recovers, and leaves no error on it', () => {
    const analyzed = itemsAt(run, 'Analyzed');
    expect(analyzed.map(({ conversationId }) => conversationId)).toEqual([
      'CONV1001',
      'CONV1002',
      'CONV1003',
      'CONV1005',
      'FAULTRESETAFTERREADINGIDA',
      'CONV1006',
      'CONV1007',
      'FAULT429TIMES1IDA',
      'FAULT429TIMES1IDB',
      'FAULT503TIMES2IDA',
    ]);
    for (const { conversationId, ...item } of analyzed) {
      const found = conversationId === 'FAULTRESETAFTERREADINGIDA' ? { recovered: true } : {};
      const note = `Analyzed ${String(conversationId)}`;
      expect(item).toEqual({ messageId: expect.any(String) as string, note, ...found });
    }
  });

  test('gives up on what does not recover', () => {
    expect(itemsAt(run, 'Given Up')).toEqual([
      expect.objectContaining({
        conversationId: 'FAULT503IDA',
        text: 'Where is my order?',
        failures: 4,
        error: expect.objectContaining({ kind: 'serviceUnavailable', retryable: true }) as object,
        errorBranch: 'Retry Later',
      }),
    ]);
  });

  test('asks for each conversation as often as it should, and delivers nothing twice', () => {
    const times = Object.fromEntries(
      itemsAt(run, 'Waiting Messages').map(({ conversationId }) => [
        conversationId as string,
        sentRequests(asapp, conversationId as string).length,
      ]),
    );
    const more = { FAULT429TIMES1IDA: 2, FAULT429TIMES1IDB: 2, FAULT503TIMES2IDA: 3, FAULT503IDA: 4 };
    const never = { conv1004: 0 };
    const once = Object.keys(times).filter((id) => !(id in { ...more, ...never }));
    expect(once).toHaveLength(14);
    expect(times).toEqual({ ...more, ...never, ...Object.fromEntries(once.map((id) => [id, 1])) });
    // What may have arrived is looked for: until it is found, or in vain.
    const seen = { FAULTRESETAFTERREADINGIDA: 1, FAULT409IDA: 3, FAULTHTML200IDA: 3 };
    for (const id of Object.keys(times)) {
      expect([id, looks(asapp, id)]).toEqual([id, seen[id as keyof typeof seen] ?? 0]);
    }
    expect(asapp.sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
  });

  test('sums up once, after everything else', () => {
    expect(itemsAt(run, 'Summary')).toEqual([SUMMARY_OF_ERROR_BRANCHES]);
    const order = Object.entries(run.data.resultData.runData)
      .flatMap(([name, tasks]) => tasks.map(({ executionIndex }) => ({ name, executionIndex })))
      .sort((a, b) => a.executionIndex - b.executionIndex);
    expect(order.filter(({ name }) => name === 'Summary')).toHaveLength(1);
    expect(order.at(-1)?.name).toBe('Summary');
  });

  test('sums up an end that nothing reached as 0', async () => {
    const quiet = structuredClone(workflow);
    const message = { conversationId: 'FAULT404', customerExternalId: 'x', text: 'Hello' };
    quiet.pinData = { 'Waiting Messages': [{ json: message }] };
    expect(itemsAt(await runExample(quiet), 'Summary')).toEqual([
      expect.objectContaining({ conversations: 1, Analyzed: 0, 'Post to Team': 1, unaccounted: 0 }),
    ]);
  });

  test('has the branches that the node offers', () => {
    const { description } = asapp.nodePackage.nodeTypes.getByNameAndVersion('n8n-nodes-asapp.asapp', 1);
    const rows = description.properties.find(({ name }) => name === 'errorBranches')?.default;
    expect(workflow.nodes.find(({ name }) => name === 'Analyze')?.parameters.errorBranches).toEqual(rows);
  });

  test('starts from the button, too', async () => {
    const nodes = workflow.nodes.filter(({ type }) => type !== 'n8n-nodes-base.scheduleTrigger');
    const messages = { 'Waiting Messages': [{ json: { conversationId: 'CONV1', text: 'x' } }] };
    const clicked = await runExample({ ...workflow, nodes, pinData: messages });
    expect(Object.keys(clicked.data.resultData.runData)[0]).toBe('When Clicking Execute');
  });
});

describe('scheduled-sweep', () => {
  const workflow = example('scheduled-sweep');
  let run: IRun;
  beforeAll(async () => {
    run = await runExample(workflow);
  });

  test('starts from the schedule and runs to its end, whatever fails', () => {
    expect(Object.keys(run.data.resultData.runData)[0]).toBe('Every Night');
    expect(run.data.resultData.error).toBeUndefined();
    expect(run.finished).toBe(true);
  });

  test('keeps every message in its place, delivered or not', () => {
    const conversationOf = ({ conversationId }: IDataObject) => conversationId;
    const messages = itemsAt(run, 'Messages of the Day');
    expect(messages).toHaveLength(25);
    expect(itemsAt(run, 'Analyze').map(conversationOf)).toEqual(messages.map(conversationOf));
    expect(counts(run, 'Failed?')).toEqual([[7, 18]]);
    expect(itemsAt(run, 'Delivered')).toHaveLength(18);
  });

  test('collects what was not delivered, with the reason and whether it is worth another try', () => {
    const collected = itemsAt(run, 'Not Delivered');
    expect(collected.map(({ conversationId, kind }) => [conversationId, kind])).toEqual([
      ['FAULT503TIMES5IDSWEEP', 'serviceUnavailable'],
      ['FAULT404IDSWEEP', 'notFound'],
      ['CONV2002', 'invalidInput'],
      ['FAULT404IDSWEEP', 'notFound'],
      ['FAULT404IDSWEEP', 'notFound'],
      ['FAULT404IDSWEEP', 'notFound'],
      ['FAULT404IDSWEEP', 'notFound'],
    ]);
    expect(collected.map(({ sendAgain }) => sendAgain)).toEqual([true, ...Array<boolean>(6).fill(false)]);
    expect(collected[1]).toEqual({
      conversationId: 'FAULT404IDSWEEP',
      customerExternalId: 'customer-of-FAULT404IDSWEEP',
      text: 'Message 1 of FAULT404IDSWEEP',
      kind: 'notFound',
      reason: expect.any(String) as string,
      whatToDo: expect.stringMatching(/\.$/) as string,
      sendAgain: false,
    });
  });

  test('sums up once, after everything else', () => {
    expect(itemsAt(run, 'Summary')).toEqual([SUMMARY_OF_SWEEP]);
    const last = Object.entries(run.data.resultData.runData).sort(
      ([, [a]], [, [b]]) => (b?.executionIndex ?? 0) - (a?.executionIndex ?? 0),
    )[0];
    expect(last?.[0]).toBe('Summary');
  });

  test('delivers each conversation in order and nothing twice, at its pace', () => {
    const { ledger } = asapp.sandbox;
    expect(ledger.messagesOf('CONV2001').map(({ text }) => text)).toEqual(
      [1, 2, 3, 4, 5].map((number) => `Message ${number} of CONV2001`),
    );
    expect(ledger.acceptedMoreThanOnce()).toEqual([]);
    const times = ledger.requests.map(({ receivedAt }) => receivedAt);
    // 20 requests a second: the 20 intervals between the first 21 requests take a second, less what may be caught up.
    expect((times[20] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(900);
  });
});

describe('chat-webhook', () => {
  let chat: ServedWorkflow;
  beforeAll(async () => {
    chat = await serveWorkflow(asapp, example('chat-webhook'));
  });
  afterAll(async () => {
    await chat.close();
  });
  beforeEach(() => {
    asapp.sandbox.ledger.clear();
    asapp.sandbox.faults.clear();
  });

  const post = async (body: object) => await axios.post<IDataObject>(chat.url, body, ANY_STATUS);

  test('answers the chat with what GenerativeAgent said', async () => {
    const { status, data } = await post({ conversationId: 'DEMO1', customerId: 'c-1', text: 'Hello' });
    expect(status).toBe(200);
    expect(data).toEqual({
      reply: 'One moment please.\n\nYou asked "Hello". It is done.',
      outcome: 'reply',
    });
    expect(asapp.sandbox.ledger.requestsOf('DEMO1')[0]?.body).toMatchObject({
      message: { text: 'Hello', sender: { role: 'customer', externalId: 'c-1' } },
    });
  });

  test('tells the chat that somebody else takes over', async () => {
    const { data } = await post({ conversationId: 'DEMO2', customerId: 'c-1', text: 'A human, please' });
    expect(data).toMatchObject({ outcome: 'transferToAgent' });
  });

  test('answers 502 and why when ASAPP refuses the message', async () => {
    const body = { conversationId: 'FAULT404', customerId: 'c-1', text: 'Hello' };
    const { status, data } = await post(body);
    expect(status).toBe(502);
    expect(data).toEqual({
      error: {
        kind: 'notFound',
        message: expect.any(String) as string,
        retryable: false,
        requestId: expect.any(String) as string,
      },
    });
  });

  test('answers all the same when the answer to the message is lost', async () => {
    asapp.sandbox.faults.set({ fault: 'resetAfterReading', operation: 'analyze' });
    const { status, data } = await post({ conversationId: 'DEMO5', customerId: 'c-1', text: 'Hello' });
    expect([status, data]).toEqual([
      200,
      { reply: 'One moment please.\n\nYou asked "Hello". It is done.', outcome: 'reply' },
    ]);
    expect(asapp.sandbox.ledger.messages).toHaveLength(1);
  });

  test('answers 502 when ASAPP cannot be reached', async () => {
    asapp.sandbox.faults.set({ fault: 'resetAfterReading', startsRun: false, operation: 'analyze' });
    refuseLooks(asapp);
    const { status, data } = await post({ conversationId: 'DEMO3', customerId: 'c-1', text: 'Hello' });
    expect([status, data]).toMatchObject([502, { error: { kind: 'connectionFailed', retryable: false } }]);
  });

  test.each([
    ['no text', { conversationId: 'DEMO4', customerId: 'c-1' }],
    ['an ID that is none', { conversationId: 'demo 4', customerId: 'c-1', text: 'Hello' }],
    ['nothing', {}],
  ])('answers 400 to a call with %s, and sends nothing', async (_what, body) => {
    const { status, data } = await post(body);
    expect([status, data]).toMatchObject([400, { error: { kind: 'invalidInput' } }]);
    expect(asapp.sandbox.ledger.requests.filter(({ operation }) => operation === 'analyze')).toEqual([]);
  });
});

describe('reply-with-authentication', () => {
  let run: IRun;
  beforeAll(async () => {
    run = await runExample(example('reply-with-authentication'));
  });

  test('answers each question once, after an authentication where one is needed', () => {
    expect(itemsAt(run, 'Answer')).toEqual([
      {
        conversationId: expect.stringMatching(/^BILL\d+$/) as string,
        question: 'How can I pay my bill?',
        answer: 'One moment please.\n\nYou asked "How can I pay my bill?". It is done.',
        outcome: 'reply',
      },
      {
        conversationId: expect.stringMatching(/^BALANCE\d+$/) as string,
        question: 'What is my balance?',
        answer: expect.stringContaining('Here is what I found on "What is my balance?"') as string,
        outcome: 'reply',
      },
    ]);
    expect(asapp.sandbox.ledger.messages).toHaveLength(3);
    expect(asapp.sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
  });

  test('says who could not be authenticated, and why', () => {
    expect(itemsAt(run, 'Not Authenticated')).toEqual([
      expect.objectContaining({
        outcome: 'authenticationRequested',
        error: expect.objectContaining({ kind: 'unprocessableEntity', status: 422 }) as object,
      }),
    ]);
    expect(itemsAt(run, 'Not Answered')).toEqual([]);
  });

  test('gives the token to ASAPP and shows it nowhere after the questions', () => {
    const [request] = asapp.sandbox.ledger.requests.filter(
      ({ operation, status }) => operation === 'authenticate' && status === 204,
    );
    expect(request?.body).toMatchObject({
      customerExternalId: 'customer-1',
      auth: { token: 'cGFzc3dvcmQ=' },
    });
    const {
      'Example Questions': _examples,
      'Customer Questions': _questions,
      ...others
    } = run.data.resultData.runData;
    expect(JSON.stringify(others)).not.toContain('cGFzc3dvcmQ');
  });
});

describe('hand-over-to-ticket', () => {
  let run: IRun;
  beforeAll(async () => {
    run = await runExample(example('hand-over-to-ticket'));
  });

  test('makes a ticket of each transfer, with what GenerativeAgent found out', () => {
    expect(itemsAt(run, 'Build Ticket')).toEqual([
      {
        subject: 'Handed over: handle_refund_requests',
        description: [
          'Customer: I want a refund for my last order.',
          'GenerativeAgent: I am handing you over to our refund desk.',
          'customerName: John Smith',
          'accountNumber: 12345',
          'isActive: true',
          'department: billing',
          'request: I want a refund for my last order.',
          'notes: ["Payment pending"]',
        ].join('\n'),
        priority: 'normal',
        conversationId: 'TICKET1',
        customerExternalId: 'customer-1',
      },
      {
        subject: 'A customer asks for an agent',
        description:
          'Customer: Let me talk to a human, please.\nGenerativeAgent: Sure, connecting you with an agent.',
        priority: 'high',
        conversationId: 'TICKET3',
        customerExternalId: 'customer-3',
      },
    ]);
  });

  test('loses no message: each leaves on exactly one branch', () => {
    for (const [node, conversations] of Object.entries(ENDS_OF_HAND_OVER)) {
      expect(itemsAt(run, node).map(({ conversationId }) => conversationId)).toEqual(conversations);
    }
    expect(itemsAt(run, 'Not Analyzed').map(kindOf)).toEqual(['conflict']);
  });
});
