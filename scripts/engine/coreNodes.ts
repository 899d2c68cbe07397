import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeProperties,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';

/**
 * Stand-ins for the few nodes of n8n-nodes-base that the example workflows use: the whole package is too large for a
 * development dependency. They cover what the examples need of them; a whole n8n runs the same files with its own.
 */
export const CORE_NODES: Record<string, INodeType> = {
  'n8n-nodes-base.manualTrigger': triggerNode('manualTrigger', 'Manual Trigger'),
  'n8n-nodes-base.noOp': regularNode('noOp', 'No Operation, do nothing', [], (context) => [
    context.getInputData(),
  ]),
  'n8n-nodes-base.code': regularNode(
    'code',
    'Code',
    [{ displayName: 'JavaScript', name: 'jsCode', type: 'string', default: '', noDataExpression: true }],
    async (context) => [context.helpers.normalizeItems(await runCode(context))],
  ),
};

type Execute = (context: IExecuteFunctions) => INodeExecutionData[][] | Promise<INodeExecutionData[][]>;

function describe(name: string, displayName: string, properties: INodeProperties[]): INodeTypeDescription {
  return {
    displayName,
    name,
    group: ['transform'],
    version: [1, 2],
    description: displayName,
    defaults: { name: displayName },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    properties,
  };
}

function regularNode(
  name: string,
  displayName: string,
  properties: INodeProperties[],
  execute: Execute,
): INodeType {
  return {
    description: describe(name, displayName, properties),
    async execute(this: IExecuteFunctions) {
      return await execute(this);
    },
  };
}

function triggerNode(name: string, displayName: string): INodeType {
  const node = regularNode(name, displayName, [], (context) => [
    context.getInputData().length === 0 ? [{ json: {} }] : context.getInputData(),
  ]);
  node.description.group = ['trigger'];
  node.description.inputs = [];
  return node;
}

/** Runs a Code node in its mode "Run Once for All Items". */
async function runCode(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const items = context.getInputData();
  const input = { all: () => items, first: () => items[0], last: () => items.at(-1) };
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => ($input: typeof input, items: INodeExecutionData[]) => Promise<INodeExecutionData[]>;
  return await new AsyncFunction('$input', 'items', context.getNodeParameter('jsCode', 0) as string)(
    input,
    items,
  );
}
