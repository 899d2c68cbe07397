import {
  NodeOperationError,
  type IDataObject,
  type IExecuteFunctions,
  type INode,
  type INodeExecutionData,
} from 'n8n-workflow';

import { invalidInput, type AsappErrorDetails } from '../errors/asappError';
import { shown } from '../errors/quoted';
import { branchFor, OTHER_ERRORS, readBranches, type ErrorBranch } from './branches';
import { toNodeApiError } from '../errors/nodeApiError';

/** An input item that failed; of `total` items of the run, those of `delivered` reached ASAPP. */
export interface FailedItem {
  item: INodeExecutionData;
  itemIndex: number;
  error: AsappErrorDetails;
  delivered: readonly number[];
  total: number;
  conversationId?: string | undefined;
}

/** Where the failed items of one run leave, and in which shape. */
export interface ErrorRouting {
  /** The names of the outputs beside the first, in their order; none when the engine makes the error output. */
  branchNames: string[];
  /**
   * Index of the output and the item that leaves on it.
   *
   * @throws NodeApiError when the workflow is to stop at a failed item.
   */
  route(failed: FailedItem): { output: number; item: INodeExecutionData };
  /** Whether the workflow stops at the first failed item, so that nothing more may be sent after it. */
  stopsAtFailure: boolean;
  /** A flaw of the node's own settings, because of which no item may be sent: every item fails with it. */
  flaw?: AsappErrorDetails;
}

/**
 * How this node run treats failed items: `errorHandling`, then On Error. `node` is what errors are stored with: without secrets.
 *
 * @throws NodeOperationError when the branches cannot be read and On Error is to stop; when it is to continue they
 * are a {@link ErrorRouting.flaw}, as n8n would send the items of a node that throws to its first output.
 */
export function errorRouting(context: IExecuteFunctions, node: INode): ErrorRouting {
  const { onError } = node;
  const ownBranches = context.getNodeParameter('errorHandling', 0, 'onError') === 'branches';
  if (isAgentTool(node)) {
    keepFirstOutput(context.getExecuteData().node, node.name);
    return { branchNames: [], route: toAgent, stopsAtFailure: false };
  }
  if (ownBranches) return branchRouting(context, node);
  if (!context.continueOnFail()) return { branchNames: [], route: stopping(node), stopsAtFailure: true };
  const toErrorOutput = onError === 'continueErrorOutput';
  return {
    branchNames: [],
    route: toErrorOutput ? toEngineErrorOutput : toFirstOutput,
    stopsAtFailure: false,
  };
}

/**
 * With the error output, n8n would empty the only output that an agent sees, whatever is on it: it takes it for the error
 * output, as a tool has no other main output. `executed` is the agent itself where that calls its tools on its own.
 */
function keepFirstOutput(executed: INode, tool: string): void {
  if (executed.name === tool && executed.onError === 'continueErrorOutput') {
    executed.onError = 'continueRegularOutput';
  }
}

/** Whether the node runs as the tool of an AI agent: n8n appends "Tool" to its type, and nothing else shows it. */
export function isAgentTool({ type }: Pick<INode, 'type'>): boolean {
  return type.endsWith('Tool');
}

/** One sentence on the items that left on error branches, beside those that were delivered; undefined when none did. */
export function branchSummary(
  branchNames: string[],
  branches: INodeExecutionData[][],
  delivered: number,
): string | undefined {
  const counts = branchNames.map((name, index) => ({ name, count: branches[index]?.length ?? 0 }));
  const failed = counts.reduce((sum, { count }) => sum + count, 0);
  if (failed === 0) return undefined;
  const total = failed + delivered;
  const list = counts.filter(({ count }) => count > 0).map(({ name, count }) => `${shown(name)} ${count}`);
  return `${failed} of ${total} item${total === 1 ? '' : 's'} took an error branch: ${list.join(', ')}`;
}

function branchRouting(context: IExecuteFunctions, node: INode): ErrorRouting {
  const rows = context.getNodeParameter('errorBranches.branch', 0, []) as IDataObject[];
  const { branches, flaw } = tryReadBranches(rows);
  if (flaw !== undefined && !context.continueOnFail()) throw new NodeOperationError(node, flaw.message);
  const branchNames = [OTHER_ERRORS, ...branches.map(({ name }) => name)];
  return {
    branchNames,
    route: ({ item, itemIndex, error }) => {
      const index = branchFor(branches, error) + 1;
      const json = { ...item.json, error: { ...error }, errorBranch: branchNames[index] };
      return { output: index + 1, item: derivedFrom(item, itemIndex, json) };
    },
    stopsAtFailure: false,
    ...(flaw === undefined ? {} : { flaw }),
  };
}

/** The branches of the rows; if one is flawed, branches with the same names that take nothing. */
function tryReadBranches(rows: IDataObject[]): { branches: ErrorBranch[]; flaw?: AsappErrorDetails } {
  try {
    return { branches: readBranches(rows) };
  } catch (error) {
    const branches = readBranches(rows.map(({ name }) => ({ name })));
    return { branches, flaw: invalidInput(error instanceof Error ? error.message : String(error)).details };
  }
}

function stopping(node: INode): ErrorRouting['route'] {
  return ({ error, itemIndex, delivered, total, conversationId }) => {
    const words = [error.description];
    if (total > 1) {
      if (conversationId !== undefined) words.push(`The item is of conversation ${conversationId}.`);
      words.push(`${listOf(delivered)}${delivered.length} of ${total} items had been delivered.`);
    }
    throw toNodeApiError(node, { ...error, description: words.join(' ') }, itemIndex);
  };
}

/** The most ranges of items in a sentence. */
const MOST_RANGES = 20;

/** The items by their index, as n8n counts them. */
function listOf(indexes: readonly number[]): string {
  const ranges: Array<[number, number]> = [];
  for (const index of indexes) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  if (ranges.length === 0) return '';
  const shownRanges = ranges
    .slice(0, MOST_RANGES)
    .map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
  const more = ranges.length > MOST_RANGES ? ' and more' : '';
  return `ASAPP has item${indexes.length === 1 ? '' : 's'} ${shownRanges.join(', ')}${more}: `;
}

function toFirstOutput({ item, itemIndex, error }: FailedItem) {
  return { output: 0, item: derivedFrom(item, itemIndex, { ...item.json, error: { ...error } }) };
}

/** An AI agent sees nothing but the first output. What its model reads: the error and nothing of the agent's own input. */
function toAgent({ itemIndex, error }: FailedItem) {
  return { output: 0, item: { json: { error: { ...error } }, pairedItem: { item: itemIndex } } };
}

/** n8n moves items whose json has nothing but `error` to its error output, and adds the input's fields itself. */
function toEngineErrorOutput({ item, itemIndex, error }: FailedItem) {
  return { output: 0, item: derivedFrom(item, itemIndex, { error: { ...error } }) };
}

function derivedFrom(
  { binary }: INodeExecutionData,
  itemIndex: number,
  json: IDataObject,
): INodeExecutionData {
  return { json, pairedItem: { item: itemIndex }, ...(binary === undefined ? {} : { binary }) };
}
