import fc from 'fast-check';
import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import type { Fault } from '../../../sandbox';
import { runAsapp, useAsapp, type AsappRun } from '../../support/asapp';
import { branchParameters, type BranchRow } from '../../support/branches';
import { analyzeParameters } from '../../support/parameters';
import { CASES, CASES_TIMEOUT } from './cases';
import { expectInputOrder } from './promises';

const asapp = useAsapp();

/** Scenarios that run at the same time, so that their looks after doubts overlap. */
const AT_ONCE = 100;

/** How an item ends, and how the sandbox is made to end it so. */
interface End {
  kind: string | undefined;
  code?: string;
  isInDoubt?: true;
  fault?: Fault;
}

const KIND_OF_STATUS: Record<number, string> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'notFound',
  409: 'conflict',
  413: 'requestEntityTooLarge',
  418: 'unexpectedResponse',
  422: 'unprocessableEntity',
  429: 'tooManyRequests',
  500: 'internalServerError',
  503: 'serviceUnavailable',
  504: 'internalServerError',
};
const KINDS = [...new Set([...Object.values(KIND_OF_STATUS), 'invalidInput', 'connectionFailed', 'timeout'])];
const STATUSES = Object.keys(KIND_OF_STATUS).map(Number);

const subcode = fc.constantFrom('01', '02', '203');
const end: fc.Arbitrary<End> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: undefined }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'invalidInput' }) },
  {
    weight: 5,
    arbitrary: fc.tuple(fc.constantFrom(...STATUSES), subcode).map(([status, sub]): End => {
      const code = `${status}-${sub}`;
      return { kind: KIND_OF_STATUS[status], code, fault: { fault: 'status', status, code, retryAfter: 0 } };
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<End>(
      { kind: 'connectionFailed', isInDoubt: true, fault: { fault: 'resetAfterReading', accepted: false } },
      { kind: 'unexpectedResponse', isInDoubt: true, fault: { fault: 'emptyBody', accepted: false } },
      { kind: 'unexpectedResponse', isInDoubt: true, fault: { fault: 'html', status: 200 } },
      { kind: 'internalServerError', isInDoubt: true, fault: { fault: 'html', status: 502 } },
    ),
  },
);

/** Fields that other nodes may have left on an item, among them those that n8n or this node gives a meaning. */
const fields: fc.Arbitrary<IDataObject> = fc.dictionary(
  fc.constantFrom('error', 'message', 'details', 'errorBranch', 'pairedItem', 'json', 'note'),
  fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.constant(null), fc.constant({ message: 'nested' })),
  { maxKeys: 4 },
);

const row: fc.Arbitrary<BranchRow> = fc.record({
  name: fc.constantFrom('', 'Retry Later', 'Not Found', 'Success', 'Other Errors', 'x'),
  errors: fc.subarray([...KINDS, 'inDoubt'], { maxLength: 5 }),
  codes: fc
    .array(
      fc.oneof(
        fc.tuple(fc.constantFrom(...STATUSES), subcode).map(([status, sub]) => `${status}-${sub}`),
        fc.constantFrom('4*', '429-*', '404-0*', '5*'),
      ),
      { maxLength: 2 },
    )
    .map((codes) => codes.join(', ')),
});

const settings = fc.record({
  onError: fc.constantFrom('stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'),
  retryOnFail: fc.boolean(),
  alwaysOutputData: fc.boolean(),
  executeOnce: fc.boolean(),
});

const scenario = fc.record({
  items: fc.array(fc.record({ end, fields }), { minLength: 1, maxLength: 8 }),
  rows: fc.option(fc.array(row, { maxLength: 5 })),
  settings,
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** Runs a scenario; its conversations are its own. */
async function run({ items, rows, settings: node }: Scenario, name: string): Promise<AsappRun> {
  items.forEach(({ end: { fault } }, index) => {
    if (fault !== undefined) {
      asapp.sandbox.faults.set({ ...fault, conversationId: `${name}C${index}`, operation: 'postAnalyze' });
    }
  });
  const changes = { conversationId: '={{ $json.id }}' };
  return await runAsapp(asapp, {
    parameters: rows === null ? analyzeParameters(changes) : branchParameters(rows, changes),
    items: items.map(({ end: { kind }, fields: own }, index) => ({
      ...own,
      id: kind === 'invalidInput' ? `${name}c${index}` : `${name}C${index}`,
    })),
    node: { ...(node as Partial<INode>), maxTries: 2, waitBetweenTries: 1 },
  });
}

/** The output that an item must leave on. */
function oracle({ kind, code, isInDoubt }: End, rows: BranchRow[] | null, onError: string): number {
  if (kind === undefined) return 0;
  if (rows === null) return onError === 'continueErrorOutput' ? 1 : 0;
  const matches = ({ errors, codes }: BranchRow) =>
    errors.includes(kind) ||
    codes
      .split(', ')
      .some((wanted) => (wanted.endsWith('*') ? code?.startsWith(wanted.slice(0, -1)) : wanted === code));
  const doubtful = isInDoubt ? rows.findIndex(({ errors }) => errors.includes('inDoubt')) : -1;
  return 2 + (doubtful === -1 ? rows.findIndex(matches) : doubtful);
}

/** n8n's own addition to a node that put nothing on its first output; no item of ours. */
function isAlwaysOutputData({ json, pairedItem }: INodeExecutionData): boolean {
  return Object.keys(json).length === 0 && Array.isArray(pairedItem);
}

test(
  `items in are items out, each on one output with its own link, on the output that its end names (${CASES} cases)`,
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(scenario, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (all) => {
        asapp.sandbox.faults.clear();
        await Promise.all(all.map(holds));
      }),
      // Timing decides much here, so a smaller case would often be another one.
      { numRuns: Math.ceil(CASES / AT_ONCE), endOnFailure: true },
    );
  },
  CASES_TIMEOUT * 4,
);

let scenarios = 0;

async function holds(given: Scenario): Promise<void> {
  const name = `S${++scenarios}`;
  const { outputs, error } = await run(given, name);
  const { onError, executeOnce } = given.settings;
  const sent = executeOnce ? given.items.slice(0, 1) : given.items;
  const failed = sent.flatMap(({ end: { kind } }, index) => (kind === undefined ? [] : [index]));
  if (given.rows === null && onError === 'stopWorkflow' && failed.length > 0) {
    // Items go side by side, so the one that fails first need not be the first of them.
    const named = Number(/\[item (\d+)\]/.exec(error?.message ?? '')?.[1]);
    expect(failed).toContain(named);
    return;
  }
  expect(error).toBeUndefined();
  const left = outputs.flatMap((items, output) =>
    items
      .filter((item) => !isAlwaysOutputData(item))
      .map(({ json, pairedItem }) => ({ json, output, item: (pairedItem as { item: number }).item })),
  );
  expectEachItemOnce(left, sent.length);
  expectInputOrderOnEachOutput(left);
  for (const one of left) {
    const expected = sent[one.item]?.end ?? { kind: undefined };
    expect(one.output).toBe(oracle(expected, given.rows, onError));
    expectItsOwnEnd(one, expected, name);
  }
}

/** An item that left the node: on which output, and the number of the input item that it is linked to. */
interface LeftItem {
  json: IDataObject;
  output: number;
  item: number;
}

/** Every item that came in left, and left once. */
function expectEachItemOnce(left: LeftItem[], count: number): void {
  const items = left.map(({ item }) => item).sort((one, other) => one - other);
  expect(items).toEqual(Array.from({ length: count }, (_, index) => index));
}

function expectInputOrderOnEachOutput(left: LeftItem[]): void {
  for (const output of new Set(left.map((one) => one.output)))
    expectInputOrder(left.filter((one) => one.output === output).map(({ item }) => item));
}

/** A success is about its own conversation; a failed item keeps its fields and says why it failed. */
function expectItsOwnEnd({ json, item }: LeftItem, { kind }: End, name: string): void {
  if (kind === undefined) expect(json.conversationId).toBe(`${name}C${item}`);
  else {
    const id = expect.stringMatching(new RegExp(`^${name}c${item}$`, 'i')) as string;
    expect(json).toMatchObject({ id, error: { kind } });
  }
}
