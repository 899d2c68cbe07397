import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';

import { deliver } from './delivery/deliver';
import { memoryOf } from './delivery/memory';
import { joinPace } from './delivery/pace';
import type { AsappErrorDetails } from './errors/asappError';
import { branchFields } from './errors/branchFields';
import { configuredOutputs } from './errors/branches';
import { pauseAfter, repeatAfter } from './errors/repeat';
import { branchSummary, errorRouting, type ErrorRouting } from './errors/routing';
import { fields, operationOf, options } from './resources';
import { itemSender, type ItemSender, type Outcome } from './resources/itemSender';

/** ASAPP's GenerativeAgent in a workflow: one request an item, one output item an input item. */
export class Asapp implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'ASAPP',
    name: 'asapp',
    icon: { light: 'file:../../icons/asapp.svg', dark: 'file:../../icons/asapp.dark.svg' },
    group: ['output'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
    description: "Let ASAPP's GenerativeAgent read and answer customer conversations",
    defaults: { name: 'ASAPP' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: `={{(${configuredOutputs.toString()})($parameter)}}`,
    credentials: [{ name: 'asappApi', required: true }],
    properties: [...fields, ...branchFields, ...options],
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const items = this.getInputData();
    if (items.length === 0) return [[]];
    const resource = this.getNodeParameter('resource', 0);
    const operation = operationOf(resource, this.getNodeParameter('operation', 0));
    const routing = errorRouting(this);
    const sender = routing.flaw === undefined ? await itemSender(this, operation) : { flaw: routing.flaw };
    const outcomes =
      'flaw' in sender
        ? items.map(() => unsent(sender.flaw))
        : await deliverItems(this, sender, items.length, routing);
    return routeItems(this, items, outcomes, routing);
  }
}

function unsent(error: AsappErrorDetails): Outcome {
  return { error, circumstances: { mayHaveArrived: false } };
}

/** Sends the items; the outcome of one that was not sent, as the run was stopped or cancelled, is undefined. */
async function deliverItems(
  context: IExecuteFunctions,
  sender: ItemSender,
  count: number,
  { stopsAtFailure }: ErrorRouting,
): Promise<Array<Outcome | undefined>> {
  const { receiver, options } = sender;
  const { maxConcurrency, maxRequestsPerSecond, maxRetries } = options;
  const { pace, leave } = joinPace(sender.paceKey, maxRequestsPerSecond);
  const rules = {
    repeatAfter: (outcome: Outcome, attempts: number) =>
      'json' in outcome ? undefined : repeatAfter(outcome.error, outcome.circumstances, attempts, maxRetries),
    pauseAfter: (outcome: Outcome, attempts: number) =>
      'json' in outcome ? undefined : pauseAfter(outcome.error, outcome.circumstances, attempts),
    isSettled: (outcome: Outcome) => 'json' in outcome || outcome.circumstances.mayHaveArrived,
    maxConcurrency,
    pace,
    signal: context.getExecutionCancelSignal(),
  };
  try {
    if (receiver !== undefined) {
      // As patient as with an item, and within the same pace.
      const [opened] = await deliver<Outcome>({
        ...rules,
        count: 1,
        laneOf: () => undefined,
        prepare: () => ({ send: () => receiver.open() }),
        stopsAt: () => false,
        memory: new Map(),
      });
      if (opened === undefined || 'error' in opened) return Array.from({ length: count }, () => opened);
    }
    return await deliver<Outcome>({
      ...rules,
      count,
      laneOf: (item) => sender.conversationOf(item),
      prepare: (item) => sender.prepare(item),
      stopsAt: (outcome) => stopsAtFailure && 'error' in outcome,
      memory: memoryOf<Outcome>(context.getExecuteData()),
      ...(receiver === undefined ? {} : { ready: () => receiver.ready() }),
    });
  } finally {
    receiver?.close();
    leave();
  }
}

/** Puts each outcome on its output, in input order, and tells in a hint what is not plain from the outputs. */
function routeItems(
  context: IExecuteFunctions,
  items: INodeExecutionData[],
  outcomes: Array<Outcome | undefined>,
  { branchNames, route, stopsAtFailure }: ErrorRouting,
): INodeExecutionData[][] {
  const isCancelled = context.getExecutionCancelSignal()?.aborted === true;
  const delivered = outcomes.filter((outcome) => outcome !== undefined && 'json' in outcome).length;
  const outputs: INodeExecutionData[][] = [[], ...branchNames.map(() => [])];
  for (const [itemIndex, item] of items.entries()) {
    const outcome = outcomes[itemIndex];
    // A cancelled execution has no use for the first failure, but for what was delivered.
    if (outcome === undefined || ('error' in outcome && isCancelled && stopsAtFailure)) continue;
    const routed =
      'json' in outcome
        ? { output: 0, item: { json: outcome.json, pairedItem: { item: itemIndex } } }
        : route({ item, itemIndex, error: outcome.error, delivered, total: items.length });
    outputs[routed.output]?.push(routed.item);
  }
  const hints = [
    isCancelled
      ? `The execution was cancelled: ${delivered} of ${items.length} items had been delivered`
      : undefined,
    branchSummary(branchNames, outputs),
  ];
  for (const message of hints) {
    if (message !== undefined)
      context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
  }
  return outputs;
}
