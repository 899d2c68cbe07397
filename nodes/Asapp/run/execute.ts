import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { deliver } from '../delivery/deliver';
import { memoryOf } from '../delivery/memory';
import type { AsappErrorDetails } from '../errors/asappError';
import { pauseAfter, repeatAfter, signOf } from '../errors/repeat';
import { branchSummary, errorRouting, isAgentTool, type ErrorRouting } from '../outputs/routing';
import { NodeParameters } from '../fields/ItemParameters';
import { operationOf, withoutSecrets } from '../operations';
import type { Operation } from '../operations/operation';
import { useAgentItem } from './agentItem';
import { ApiKeys } from './apiKeys';
import { leaveToRetry, restoreOnError } from './cancel';
import { Conversations } from './conversations';
import { EarlierTries } from './earlierTries';
import { MarkedMoments } from './moment';
import { readDeliveryOptions, type DeliveryOptions } from './options';
import { isDelivered, isFailure, unsent, type Failure, type Outcome, type RunRules } from './outcome';
import { outageHint, outlasted } from './outages';
import { ItemPreparer } from './prepareItem';
import type { Run } from './run';
import { closingWords, countInExecution, failureWords, longRunWords } from './summary';

/** One execution of the node: sends the items, and puts each outcome on its output. */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
  const items = context.getInputData();
  if (items.length === 0) return [[]];
  restoreOnError(context);
  const operation = operationOf(
    context.getNodeParameter('resource', 0),
    context.getNodeParameter('operation', 0),
  );
  const routing = errorRouting(context, withoutSecrets(context.getNode()));
  const run = startRun(context, operation);
  const outcomes = await outcomesOf(context, operation, routing, run);
  if (context.getExecutionCancelSignal()?.aborted === true) leaveToRetry(context, outcomes);
  const outputs = routeItems(context, outcomes, routing, run);
  run.earlier?.forget();
  return outputs;
}

/** What the items of this run share, but for the rules of repetition. */
type StartedRun = Omit<Run, 'wantedIn' | 'rules'> & { operation: Operation };

function startRun(context: IExecuteFunctions, operation: Operation): StartedRun {
  const runIndex = Number(context.getWorkflowDataProxy(0).$runIndex);
  const moments = new MarkedMoments(context, runIndex);
  // An agent may hand its own execution to its tools, and a Retry may make it call others.
  const isTool = isAgentTool(context.getNode());
  const keeps = !isTool && operation.effect({}) !== 'read';
  return {
    operation,
    moments,
    conversations: new Conversations(),
    tally: { startedAt: Date.now(), sentAgain: 0 },
    earlier: keeps ? new EarlierTries(context, runIndex) : undefined,
    isTool,
    isRetry: !isTool && context.getMode() === 'retry' && moments.since !== undefined,
  };
}

/** The outcome of each item; of one that was not sent, as the run was stopped or cancelled, it is undefined. */
async function outcomesOf(
  context: IExecuteFunctions,
  operation: Operation,
  routing: ErrorRouting,
  run: StartedRun,
): Promise<Array<Outcome | undefined>> {
  const parameters = new NodeParameters(context);
  const memory = ownMemory(context);
  const options = routing.flaw ?? readOptions(context, parameters);
  if ('kind' in options) {
    // What an earlier try of Retry On Fail settled stays as it is.
    const failure: Failure = { error: options, circumstances: { mayHaveArrived: false } };
    return context.getInputData().map((_, itemIndex) => memory.get(itemIndex) ?? failure);
  }
  const { maxConcurrency, maxRequestsPerSecond, replyTimeout } = options;
  const rules = repeatRules(options);
  const waitsForReply =
    operation.repliesIn !== undefined && context.getNodeParameter('waitForReply', 0, false) === true;
  const apiKeys = new ApiKeys(context, {
    maxRequestsPerSecond,
    replies: waitsForReply ? { rules, replyTimeout } : undefined,
  });
  const preparer = new ItemPreparer(context, operation, parameters, apiKeys, { ...run, rules });
  try {
    return await deliver<Outcome>({
      ...rules,
      count: context.getInputData().length,
      laneOf: (item) => preparer.laneOf(item),
      prepare: async (item, waiting) => await preparer.prepare(item, waiting),
      stopsAt: (outcome) => routing.stopsAtFailure && isFailure(outcome),
      isSettled: (outcome) => !isFailure(outcome) || outcome.circumstances.mayHaveArrived,
      memory,
      maxConcurrency,
      signal: context.getExecutionCancelSignal(),
    });
  } finally {
    for (const times of apiKeys.outages) {
      const message = outageHint(times, context.getTimezone());
      context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
    }
    apiKeys.close();
    run.conversations.close();
  }
}

function readOptions(
  context: IExecuteFunctions,
  parameters: NodeParameters,
): DeliveryOptions | AsappErrorDetails {
  try {
    if (isAgentTool(context.getNode())) useAgentItem(context);
    return readDeliveryOptions(parameters.ofItem(0));
  } catch (error) {
    return unsent(error).error;
  }
}

function repeatRules({ maxRetries, maxOutage }: DeliveryOptions): RunRules {
  return {
    repeatAfter: (outcome, attempts) =>
      isFailure(outcome)
        ? repeatAfter(outcome.error, outcome.circumstances, attempts, maxRetries)
        : undefined,
    pauseAfter: (outcome) =>
      isFailure(outcome) ? pauseAfter(outcome.error, outcome.circumstances) : undefined,
    signOf: (outcome) => (isFailure(outcome) ? signOf(outcome.error) : 'accepted'),
    givenUp: outlasted,
    maxOutage: maxOutage * 1_000,
  };
}

/**
 * What earlier tries of this node settled, by n8n's Retry On Fail. The execute data is the key: each try gets the same.
 * An AI agent may hand its own to its tools, shared by all of their calls; then nothing tells which call it is.
 */
function ownMemory(context: IExecuteFunctions): Map<number, Outcome> {
  const execution = context.getExecuteData();
  return execution.node.name === context.getNode().name
    ? memoryOf<Outcome>(execution)
    : new Map<number, Outcome>();
}

/** Puts each outcome on its output, in input order, and tells in a hint what is not plain from the outputs. */
function routeItems(
  context: IExecuteFunctions,
  outcomes: Array<Outcome | undefined>,
  { branchNames, route, stopsAtFailure }: ErrorRouting,
  { conversations, tally, operation }: StartedRun,
): INodeExecutionData[][] {
  const items = context.getInputData();
  const delivered = [...outcomes.keys()].filter((index) => isDelivered(outcomes[index]));
  countInExecution(context, delivered.length, outcomes.filter(isFailure).length);
  const outputs: INodeExecutionData[][] = [[], ...branchNames.map(() => [])];
  for (const [itemIndex, item] of items.entries()) {
    const outcome = outcomes[itemIndex];
    if (outcome === undefined) continue;
    if (isFailure(outcome)) {
      const { error } = outcome;
      const routed = route({
        item,
        itemIndex,
        error,
        delivered,
        total: items.length,
        // Only the error that stops the workflow names it.
        conversationId: stopsAtFailure ? conversationOf(context, operation, itemIndex) : undefined,
      });
      outputs[routed.output]?.push(routed.item);
    } else {
      for (const json of outcome.items) outputs[0]?.push({ json, pairedItem: { item: itemIndex } });
    }
  }
  const failures = failureWords(context, outcomes);
  const hints = [
    // The names of the branches say why.
    { type: 'warning', message: branchSummary(branchNames, outputs.slice(1), delivered.length) ?? failures },
    { type: 'info', message: closingWords(items.length, tally, conversations.found) },
    { type: 'info', message: longRunWords(tally) },
  ] as const;
  for (const { type, message } of hints) {
    if (message !== undefined) context.addExecutionHints({ message, type, location: 'outputPane' });
  }
  return outputs;
}

/** The conversation of an item for people; undefined if the item names none. */
function conversationOf(
  context: IExecuteFunctions,
  { lane }: Operation,
  itemIndex: number,
): string | undefined {
  if (lane === undefined) return undefined;
  try {
    const id: unknown = context.getNodeParameter(lane, itemIndex);
    return typeof id === 'string' && id.trim() !== '' ? id.trim() : undefined;
  } catch {
    return undefined;
  }
}
