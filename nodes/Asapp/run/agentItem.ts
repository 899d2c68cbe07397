import type {
  IDataObject,
  IExecuteFunctions,
  INodeExecutionData,
  IPairedItemData,
  IWorkflowDataProxyData,
} from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';

/** What n8n adds to the item of a call that it runs as a node of its own. */
const CALL_ID = 'toolCallId';
/** What of an expression depends on the item at hand. */
const NAMES_ITEM = /\$(?:json|input|item|binary|node)\b|\$\(/;
const FROM_MODEL = /\$fromAI\b/i;

/**
 * Makes the item of a tool's call the agent's own, as a person who maps a field means it. n8n lays the arguments of the
 * model over it, also those that the tool does not have: a model, or a customer who talks it into it, could choose the
 * conversation. And it links each call to the first item that came before the agent, so that `$('Name').item` would be
 * another customer's. The arguments stay where `$fromAI` finds them.
 *
 * @throws AsappError `invalidInput` when the agent has several items and n8n does not tell which one the call is for.
 */
export function useAgentItem(context: IExecuteFunctions): void {
  const { node, data } = context.getExecuteData();
  const [item] = context.getInputData();
  if (node.name !== context.getNode().name) refuseToGuess(context, data.main?.[0]?.length ?? 0);
  else if (item !== undefined) restore(context, item);
}

/** Where it cannot be told which item of the agent it is, the fields that the model gave and the link are taken away. */
function restore(context: IExecuteFunctions, item: INodeExecutionData): void {
  const given = argumentsOf(context, item.json);
  if (given === undefined) return;
  const { [CALL_ID]: callId, ...merged } = item.json;
  const all = itemsOfAgent(context);
  const found = all.filter(({ json }) =>
    Object.keys(json).every((key) => given(key) || same(json[key], merged[key])),
  );
  const [first, ...others] = found;
  const json =
    first !== undefined && others.every((other) => same(first.json, other.json))
      ? first.json
      : Object.fromEntries(Object.entries(merged).filter(([key]) => !given(key)));
  item.json = { ...json, [CALL_ID]: callId };
  if (first !== undefined && others.length === 0) item.pairedItem = first.pairedItem;
  else if (all.length > 1) delete item.pairedItem;
}

/** Whether the model gave, or may have given, an argument of a name; undefined in n8n 1, which keeps no list of them. */
function argumentsOf(
  context: IExecuteFunctions,
  merged: IDataObject,
): ((name: string) => boolean) | undefined {
  const { $fromAI } = context.getWorkflowDataProxy(0) as IWorkflowDataProxyData & {
    $fromAI: (name: string) => unknown;
  };
  // The model does not know the ID of its call.
  if ($fromAI(CALL_ID) === merged[CALL_ID]) return undefined;
  return (name) => {
    try {
      return $fromAI(name) !== undefined;
    } catch {
      // n8n tells nothing about names that no tool may declare, such as those with a space.
      return true;
    }
  };
}

interface AgentItem {
  json: IDataObject;
  pairedItem: IPairedItemData;
}

/** What the agent may have been given: the latest of all outputs of the nodes before it. */
function itemsOfAgent(context: IExecuteFunctions): AgentItem[] {
  const agent = context.getExecuteData().source?.main?.[0]?.previousNode;
  if (agent === undefined) return [];
  const proxy = context.getWorkflowDataProxy(0);
  const runs = proxy.$node as Record<string, { runIndex: number }>;
  const found: AgentItem[] = [];
  for (const { name: previousNode } of context.getParentNodes(agent, { depth: 1 })) {
    const previousNodeRun = runs[previousNode]?.runIndex ?? 0;
    try {
      for (let previousNodeOutput = 0; ; previousNodeOutput++) {
        const sourceOverwrite = { previousNode, previousNodeOutput, previousNodeRun };
        for (const [item, { json }] of proxy.$items(previousNode, previousNodeOutput).entries()) {
          found.push({ json, pairedItem: { item, sourceOverwrite } });
        }
      }
    } catch {
      // The node has no more outputs, or did not run.
    }
  }
  return found;
}

/** An agent that calls its tools itself has the expressions evaluated for its first item, whichever it is at work on. */
function refuseToGuess(context: IExecuteFunctions, items: number): void {
  for (const [name, saved] of Object.entries(context.getNode().parameters)) {
    const text = JSON.stringify(saved);
    if (!NAMES_ITEM.test(text) || FROM_MODEL.test(text)) continue;
    const [first, ...others] = Array.from({ length: items }, (_, index) =>
      context.getNodeParameter(name, index),
    );
    if (others.every((other) => same(first, other))) continue;
    throw invalidInput(
      `The agent has ${items} items, and n8n does not tell its tool which one a call is for. Use AI Agent 3, or give the agent one item at a time`,
    );
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
