import { NodeHelpers, Workflow, type IDataObject, type INodeParameters } from 'n8n-workflow';

import { asappWorkflow, runAsapp, useAsapp } from '../support/asapp';
import { branchParameters, ROWS, type BranchRow } from '../support/branches';
import { refuseLooks } from '../support/looks';
import { analyzeParameters } from '../support/parameters';

const asapp = useAsapp();

const binary = { photo: { data: 'aGVsbG8=', mimeType: 'text/plain' } };

/** The names of the node's outputs as the canvas shows them. */
function canvas(parameters: INodeParameters, onError?: 'continueErrorOutput'): Array<string | undefined> {
  const file = asappWorkflow({ parameters, node: onError === undefined ? {} : { onError } });
  const workflow = new Workflow({ ...file, active: false, nodeTypes: asapp.nodePackage.nodeTypes });
  const node = workflow.getNode('ASAPP');
  if (node === null) throw new Error('The workflow has no ASAPP node');
  const { description } = asapp.nodePackage.nodeTypes.getByNameAndVersion(node.type, 1);
  return NodeHelpers.getNodeOutputs(workflow, node, description).map((output) =>
    typeof output === 'string' ? output : output.displayName,
  );
}

describe('the outputs on the canvas', () => {
  test('follow On Error until branches are chosen', () => {
    expect(canvas(analyzeParameters())).toHaveLength(1);
    expect(canvas(analyzeParameters(), 'continueErrorOutput')).toEqual(['Success', 'Error']);
  });

  test('are Success, Other Errors, and the rows in order', () => {
    expect(canvas(branchParameters())).toEqual([
      'Success',
      'Other Errors',
      'Retry Later',
      'Fix Request',
      'Not Found',
    ]);
    expect(canvas(branchParameters([...ROWS].reverse()))).toEqual([
      'Success',
      'Other Errors',
      'Not Found',
      'Fix Request',
      'Retry Later',
    ]);
  });

  test('stay in their place when a row is added', () => {
    const before = canvas(branchParameters());
    const after = canvas(branchParameters([...ROWS, row({ name: 'Mine' })]));
    expect(after).toEqual([...before, 'Mine']);
  });

  test('are prefilled', () => {
    expect(canvas(analyzeParameters({ errorHandling: 'branches' }))).toEqual([
      'Success',
      'Other Errors',
      'Check First',
      'Retry Later',
      'Fix Request',
      'Not Found',
      'Check Key',
    ]);
  });

  test('name a row without a name by its place, and keep two rows of one name', () => {
    const rows = [row({ name: 'Same' }), row({ name: ' ' }), row({ name: 'Same' })];
    expect(canvas(branchParameters(rows))).toEqual(['Success', 'Other Errors', 'Same', 'Branch 2', 'Same']);
  });

  test('without rows are Success and Other Errors', () => {
    expect(canvas(branchParameters([]))).toEqual(['Success', 'Other Errors']);
  });
});

function row(changes: Partial<BranchRow>): BranchRow {
  return { name: 'Row', errors: [], codes: '', words: '', ...changes };
}

/** The ids of the items on each output. */
async function idsPerOutput(rows: BranchRow[], ids: string[]): Promise<unknown[][]> {
  const { outputs, error } = await runAsapp(asapp, {
    parameters: branchParameters(rows),
    items: ids.map((id) => ({ id })),
  });
  expect(error).toBeUndefined();
  return outputs.map((items) => items.map(({ json }) => json.id ?? json.conversationId));
}

describe('matching', () => {
  test('sends each kind to its row, and the rest to Other Errors', async () => {
    const ids = [
      'A1',
      'FAULT429',
      'lower',
      'FAULT404',
      'FAULT409',
      'FAULT503',
      'B2',
      'FAULT400',
      'FAULTHTML502',
    ];
    expect(await idsPerOutput(ROWS, ids)).toEqual([
      ['A1', 'B2'],
      ['FAULT409', 'FAULTHTML502'],
      ['FAULT429', 'FAULT503'],
      ['lower', 'FAULT400'],
      ['FAULT404'],
    ]);
  });

  test('takes the first row that matches, by kind or by code', async () => {
    const rows = [
      row({ name: 'By code', codes: '404-01' }),
      row({ name: 'By kind', errors: ['notFound', 'conflict'] }),
      row({ name: 'Never', errors: ['notFound'], codes: '404-*' }),
    ];
    asapp.sandbox.faults.set({ fault: 'status', status: 404, code: '404-02', conversationId: 'OTHERCODE' });
    asapp.sandbox.faults.set({ fault: 'status', status: 404, code: '', conversationId: 'NOCODE' });
    expect(await idsPerOutput(rows, ['FAULT404', 'OTHERCODE', 'NOCODE', 'FAULT409'])).toEqual([
      [],
      [],
      ['FAULT404'],
      ['OTHERCODE', 'NOCODE', 'FAULT409'],
      [],
    ]);
  });

  const doubtful = ['FAULTRESETAFTERREADING', 'FAULTHTML502', 'FAULTHTML200'];
  const certain = ['FAULT503', 'FAULT404'];
  const kinds = ['connectionFailed', 'internalServerError', 'unexpectedResponse', 'serviceUnavailable'];

  test('sends what ASAPP may hold to In Doubt, wherever it stands, and whatever else takes its kind', async () => {
    refuseLooks(asapp);
    const rows = [
      row({ name: 'Kinds', errors: kinds, codes: '5*' }),
      row({ errors: ['inDoubt', 'notFound'] }),
    ];
    expect(await idsPerOutput(rows, [...doubtful, ...certain])).toEqual([
      [],
      [],
      ['FAULT503'],
      [...doubtful, 'FAULT404'],
    ]);
  });

  test('goes by the kind of what ASAPP may hold where no row has In Doubt', async () => {
    refuseLooks(asapp);
    expect(await idsPerOutput([row({ errors: kinds })], [...doubtful, ...certain])).toEqual([
      [],
      ['FAULT404'],
      [...doubtful, 'FAULT503'],
    ]);
  });

  test('has no doubt where a second arrival does no harm', async () => {
    const { outputs } = await runAsapp(asapp, {
      parameters: branchParameters([row({ errors: ['inDoubt'] }), row({ errors: kinds })], {
        sendMessage: false,
      }),
      items: [{ id: 'FAULTRESETAFTERREADING' }],
    });
    expect(outputs.map((items) => items.length)).toEqual([0, 0, 0, 1]);
  });

  test.each([
    ['400-03', ['400-03'], ['400-02', '400-031']],
    ['400-*', ['400-03', '400-201'], ['401-01', '4000-1']],
    ['400-2*', ['400-201', '400-2'], ['400-12']],
    ['4*', ['400-01', '499-99'], ['500-01']],
    [' 400-01 ,429-02;503-01\n409-* ', ['400-01', '429-02', '503-01', '409-7'], ['400-02']],
  ])('the codes %j', async (codes, taken, left) => {
    const ids = [...taken, ...left].map((code) => ({ code, id: `C${code.replace('-', 'X')}` }));
    for (const { code, id } of ids) {
      asapp.sandbox.faults.set({ fault: 'status', status: 422, code, conversationId: id });
    }
    const { outputs } = await runAsapp(asapp, {
      parameters: branchParameters([row({ name: 'Codes', codes })]),
      items: ids,
    });
    expect(outputs.map((items) => items.map(({ json }) => json.code))).toEqual([[], left, taken]);
  });

  test.each([
    ['quota', ['Daily quota exceeded', 'QUOTA', 'the "quota"'], ['quotas', 'subquota', 'none']],
    ['quota*', ['Quotas exceeded', 'quota'], ['subquotas']],
    ['not enabled', ['It is NOT  enabled.'], ['not yet enabled', 'not enabledness']],
    [' a.b ; über\nx (y), ', ['a.b', 'Über', 'x (y)'], ['axb', 'übers', 'x y']],
    ['C++', ['use C++ now'], ['CC']],
    ['日本', ['日本'], ['日本語']],
  ])('the words %j', async (words, taken, left) => {
    const items = [...taken, ...left].map((message, index) => ({ message, id: `W${index}` }));
    for (const { message, id } of items)
      asapp.sandbox.faults.set({ fault: 'status', status: 422, message, conversationId: id });
    const { outputs } = await runAsapp(asapp, {
      parameters: branchParameters([row({ name: 'Words', words })]),
      items,
    });
    expect(outputs.map((output) => output.map(({ json }) => json.message))).toEqual([[], left, taken]);
  });
});

describe('malformed codes', () => {
  const malformed = ['400', '40-01', '400-', '*', '400-0*1', 'abc', '400_01', '400-01-02', '<b>'];

  test.each(malformed)('%j stops the workflow before anything is sent', async (codes) => {
    const { error, outputs } = await runAsapp(asapp, {
      parameters: branchParameters([row({ name: 'Mine', codes: `400-01, ${codes}` })]),
      items: [{ id: 'A1' }],
    });
    expect(error?.message).toBe(
      `'ASAPP Codes' of the branch 'Mine' has ${JSON.stringify(codes)}: write codes such as 400-03, or 429-* for all that begin with 429-`,
    );
    expect(outputs).toEqual([]);
    expect(asapp.sandbox.ledger.requests).toEqual([]);
  });

  test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
    'keep every item off Success with On Error %s',
    async (onError) => {
      const { outputs } = await runAsapp(asapp, {
        parameters: branchParameters([row({ name: 'Mine', codes: '400' })]),
        items: [{ id: 'A1' }, { id: 'B2' }],
        node: { onError },
      });
      expect(outputs.slice(0, 3).map((items) => items.length)).toEqual([0, 2, 0]);
      expect(outputs[1]?.[1]?.json).toMatchObject({
        id: 'B2',
        error: { kind: 'invalidInput' },
        errorBranch: 'Other Errors',
      });
      expect(asapp.sandbox.ledger.requests).toEqual([]);
    },
  );

  test.each(['*', 'a*b', '*quota', 'fine, * '])('words such as %j stop it, too', async (words) => {
    const { error } = await runAsapp(asapp, {
      parameters: branchParameters([row({ name: 'Mine', words })]),
      items: [{ id: 'A1' }],
    });
    expect(error?.message).toBe(
      `'Message Words' of the branch 'Mine' has ${JSON.stringify(words.replace('fine,', '').trim())}: write words such as not enabled, or quota* for all that begin with quota`,
    );
    expect(asapp.sandbox.ledger.requests).toEqual([]);
  });
});

describe('an item on a branch', () => {
  test('has its own fields, the whole error, the name of the branch, its binary and its link', async () => {
    const { outputs } = await runAsapp(asapp, {
      parameters: branchParameters(),
      items: [{ id: 'A1' }, { json: { id: 'FAULT404', note: { deep: [1] } }, binary }],
    });
    expect(outputs[4]).toEqual([
      {
        json: {
          id: 'FAULT404',
          note: { deep: [1] },
          error: {
            kind: 'notFound',
            status: 404,
            code: '404-01',
            message: 'Not Found',
            requestId: expect.any(String) as string,
            retryable: false,
            attempts: 1,
            phase: 'answered',
            description: expect.any(String) as string,
          },
          errorBranch: 'Not Found',
        },
        binary,
        pairedItem: { item: 1 },
      },
    ]);
  });

  const odd: Array<[string, IDataObject]> = [
    ['nothing', {}],
    ['an error key of its own', { error: 'mine', other: 1 }],
    ['only an error key', { error: { mine: true } }],
    ['only error, message and details', { error: true, message: 'm', details: { d: 1 } }],
    ['an errorBranch of its own', { errorBranch: 'Elsewhere' }],
    ['a huge text', { text: 'x'.repeat(3_000_000) }],
    ['many keys', Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`key${index}`, index]))],
  ];
  test.each(
    odd.flatMap(([name, json]) =>
      (['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const).map(
        (onError) => [name, onError, json] as const,
      ),
    ),
  )('that has %s stays on its branch with On Error %s', async (_name, onError, json) => {
    const { outputs, error } = await runAsapp(asapp, {
      parameters: branchParameters(ROWS, { conversationId: 'FAULT404' }),
      items: [json, json],
      node: { onError },
    });
    expect(error).toBeUndefined();
    const counts = [0, 0, 0, 0, 2, ...(onError === 'continueErrorOutput' ? [0] : [])];
    expect(outputs.map((items) => items.length)).toEqual(counts);
    expect(outputs[4]?.[1]).toMatchObject({
      json: { ...json, error: { kind: 'notFound' }, errorBranch: 'Not Found' },
      pairedItem: { item: 1 },
    });
  });

  test('loops straight back into the node: a second failure replaces the first, a success leaves nothing of it', async () => {
    const items = ['FAULT404', 'FAULT429', 'FAULT503TIMES1'].map((id) => ({ id }));
    const first = await runAsapp(asapp, { parameters: branchParameters(), items });
    expect(first.outputs[2]?.map(({ json }) => (json.error as IDataObject).status)).toEqual([429, 503]);
    asapp.sandbox.faults.set({ fault: 'status', status: 404, conversationId: 'FAULT429' });
    const again = await runAsapp(asapp, {
      parameters: branchParameters(),
      items: (first.outputs[2] ?? []).map(({ json }) => json),
    });
    expect(again.outputs.map((output) => output.map(({ json }) => json))).toEqual([
      [{ conversationId: 'FAULT503TIMES1', messageId: expect.any(String) as string }],
      [],
      [],
      [],
      [
        expect.objectContaining({
          id: 'FAULT429',
          error: expect.objectContaining({ status: 404 }) as object,
          errorBranch: 'Not Found',
        }),
      ],
    ]);
  });
});

describe('the hint', () => {
  test('counts the items on the branches', async () => {
    const ids = ['A1', 'FAULT429', 'FAULT404', 'FAULT404', 'FAULT503', 'FAULT500', 'B2'];
    const { task } = await runAsapp(asapp, {
      parameters: branchParameters(),
      items: ids.map((id) => ({ id })),
    });
    expect(task.hints?.map(({ message }) => message)).toEqual([
      '5 of 7 items took an error branch: Other Errors 1, Retry Later 2, Not Found 2',
      expect.stringMatching(/^7 items, \d+\.\d s$/),
    ]);
  });

  test('is absent when every item succeeded', async () => {
    const { task } = await runAsapp(asapp, { parameters: branchParameters(), items: [{ id: 'A1' }] });
    expect(task.hints).toEqual([]);
  });
});

test('a credential that cannot be used leaves on Check Key of the prefilled rows', async () => {
  const { outputs, error } = await runAsapp(asapp, {
    parameters: analyzeParameters({ errorHandling: 'branches' }),
    items: [{ id: 'A1' }],
    credential: asapp.credential({ apiSecret: '' }),
  });
  expect(error).toBeUndefined();
  expect(outputs.map((output) => output.length)).toEqual([0, 0, 0, 0, 0, 0, 1]);
  expect(outputs[6]).toMatchObject([
    {
      json: {
        id: 'A1',
        errorBranch: 'Check Key',
        error: { kind: 'credentialUnusable', retryable: false, attempts: 0, phase: 'notSent' },
      },
    },
  ]);
});
