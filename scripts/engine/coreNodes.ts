import { setTimeout as sleep } from 'node:timers/promises';

import {
  jsonParse,
  NodeConnectionTypes,
  type AssignmentCollectionValue,
  type IDataObject,
  type IExecuteFunctions,
  type IN8nHttpFullResponse,
  type INodeExecutionData,
  type INodeProperties,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
} from 'n8n-workflow';

import { SWITCH_NODE } from './switchNode';

/** The units of Wait. */
const SECONDS_IN = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

/**
 * Stand-ins for the few nodes of n8n-nodes-base that the example workflows use: the whole package is too large for a
 * development dependency. They cover what the examples need of them; a whole n8n runs the same files with its own.
 */
export const CORE_NODES: Record<string, INodeType> = {
  'n8n-nodes-base.manualTrigger': triggerNode('manualTrigger', 'Manual Trigger'),
  'n8n-nodes-base.scheduleTrigger': {
    ...triggerNode('scheduleTrigger', 'Schedule Trigger'),
    // The engine looks for it when it chooses where to start. It is never called: a run here starts at once.
    trigger: async () => ({}),
  },
  'n8n-nodes-base.noOp': regularNode('noOp', 'No Operation, do nothing', [], (context) => [
    context.getInputData(),
  ]),
  'n8n-nodes-base.code': regularNode(
    'code',
    'Code',
    [{ displayName: 'JavaScript', name: 'jsCode', type: 'string', default: '', noDataExpression: true }],
    async (context) => [context.helpers.normalizeItems(await runCode(context))],
  ),
  'n8n-nodes-base.set': regularNode(
    'set',
    'Edit Fields (Set)',
    [
      { displayName: 'Fields to Set', name: 'assignments', type: 'assignmentCollection', default: {} },
      {
        displayName: 'Include Other Input Fields',
        name: 'includeOtherFields',
        type: 'boolean',
        default: false,
      },
    ],
    (context) => [context.getInputData().map((item, index) => editFields(context, item, index))],
  ),
  'n8n-nodes-base.if': regularNode(
    'if',
    'If',
    [
      {
        displayName: 'Conditions',
        name: 'conditions',
        type: 'filter',
        default: {},
        typeOptions: { filter: { version: 2, caseSensitive: true, typeValidation: 'strict' } },
      },
    ],
    splitByConditions,
    ['true', 'false'],
  ),
  'n8n-nodes-base.switch': SWITCH_NODE,
  'n8n-nodes-base.wait': regularNode(
    'wait',
    'Wait',
    [
      { displayName: 'Wait Amount', name: 'amount', type: 'number', default: 5 },
      {
        displayName: 'Wait Unit',
        name: 'unit',
        type: 'options',
        default: 'seconds',
        options: Object.keys(SECONDS_IN).map((unit) => ({ name: unit, value: unit })),
      },
    ],
    async (context) => {
      const amount = context.getNodeParameter('amount', 0) as number;
      const unit = context.getNodeParameter('unit', 0) as keyof typeof SECONDS_IN;
      await sleep(amount * SECONDS_IN[unit] * 1000, undefined, {
        signal: context.getExecutionCancelSignal(),
      });
      return [context.getInputData()];
    },
  ),
  'n8n-nodes-base.splitOut': regularNode(
    'splitOut',
    'Split Out',
    [{ displayName: 'Fields To Split Out', name: 'fieldToSplitOut', type: 'string', default: '' }],
    (context) => [context.getInputData().flatMap((item, index) => splitOut(context, item, index))],
  ),
  'n8n-nodes-base.aggregate': regularNode(
    'aggregate',
    'Aggregate',
    [
      {
        displayName: 'Fields To Aggregate',
        name: 'fieldsToAggregate',
        type: 'fixedCollection',
        typeOptions: { multipleValues: true },
        default: {},
        options: [
          {
            displayName: 'Field',
            name: 'fieldToAggregate',
            values: [
              { displayName: 'Input Field Name', name: 'fieldToAggregate', type: 'string', default: '' },
            ],
          },
        ],
      },
    ],
    (context) => [[aggregate(context)]],
  ),
  'n8n-nodes-base.convertToFile': regularNode(
    'convertToFile',
    'Convert to File',
    [
      { displayName: 'Text Input Field', name: 'sourceProperty', type: 'string', default: '' },
      {
        displayName: 'Options',
        name: 'options',
        type: 'collection',
        default: {},
        options: [{ displayName: 'File Name', name: 'fileName', type: 'string', default: '' }],
      },
    ],
    async (context) => [
      await Promise.all(
        context.getInputData().map(async (item, index) => await textFile(context, item, index)),
      ),
    ],
  ),
  'n8n-nodes-base.webhook': webhookNode(),
  'n8n-nodes-base.respondToWebhook': regularNode(
    'respondToWebhook',
    'Respond to Webhook',
    [
      { displayName: 'Response Body', name: 'responseBody', type: 'json', default: '' },
      {
        displayName: 'Options',
        name: 'options',
        type: 'collection',
        default: {},
        options: [{ displayName: 'Response Code', name: 'responseCode', type: 'number', default: 200 }],
      },
    ],
    async (context) => {
      await context.sendResponse(responseOf(context));
      return [context.getInputData()];
    },
  ),
  'n8n-nodes-base.stickyNote': regularNode('stickyNote', 'Sticky Note', [], () => []),
};

type Execute = (context: IExecuteFunctions) => INodeExecutionData[][] | Promise<INodeExecutionData[][]>;

function describe(
  name: string,
  displayName: string,
  properties: INodeProperties[],
  outputNames: string[],
): INodeTypeDescription {
  return {
    displayName,
    name,
    group: ['transform'],
    version: [1, 1.1, 1.2, 1.4, 2, 2.1, 2.2, 3.4],
    description: displayName,
    defaults: { name: displayName },
    inputs: [NodeConnectionTypes.Main],
    outputs: outputNames.map((outputName) => ({
      type: NodeConnectionTypes.Main,
      ...(outputName === '' ? {} : { displayName: outputName }),
    })),
    properties,
  };
}

/** `outputNames`: one for each output, empty where n8n shows none. */
function regularNode(
  name: string,
  displayName: string,
  properties: INodeProperties[],
  execute: Execute,
  outputNames = [''],
): INodeType {
  return {
    description: describe(name, displayName, properties, outputNames),
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

/** Webhook, called with JSON: the item that a call becomes. The engine itself passes that on. */
function webhookNode(): INodeType {
  const { description } = triggerNode('webhook', 'Webhook');
  return {
    description,
    async webhook(this: IWebhookFunctions) {
      const { headers, params, query, body } = this.getRequestObject();
      const json = { headers, params, query, body: body as IDataObject } as IDataObject;
      return { workflowData: [[{ json }]] };
    },
  };
}

/** What Respond to Webhook answers when it responds with JSON: by the first item alone. */
function responseOf(context: IExecuteFunctions): IN8nHttpFullResponse {
  const body = context.getNodeParameter('responseBody', 0) as string | IDataObject;
  const { responseCode } = context.getNodeParameter('options', 0, {}) as { responseCode?: number };
  return {
    body: typeof body === 'string' ? jsonParse<IDataObject>(body) : body,
    headers: {},
    statusCode: responseCode ?? 200,
  };
}

/** Runs a Code node in its mode "Run Once for All Items", with everything that an expression can use: `$input`, `$`, … */
async function runCode(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const scope: Record<string, unknown> = {
    ...context.getWorkflowDataProxy(0),
    items: context.getInputData(),
  };
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...values: unknown[]) => Promise<INodeExecutionData[]>;
  const code = new AsyncFunction(...Object.keys(scope), context.getNodeParameter('jsCode', 0) as string);
  return await code(...Object.values(scope));
}

/** Edit Fields in its mode "Manual Mapping", without conversion of types and without dots in names. */
function editFields(context: IExecuteFunctions, item: INodeExecutionData, index: number): INodeExecutionData {
  const { assignments } = context.getNodeParameter('assignments', index) as AssignmentCollectionValue;
  const fields = Object.fromEntries(assignments.map(({ name, value }) => [name, value]));
  const kept = context.getNodeParameter('includeOtherFields', index) === true ? item.json : {};
  return { ...item, json: { ...kept, ...fields }, pairedItem: { item: index } };
}

function splitByConditions(context: IExecuteFunctions): INodeExecutionData[][] {
  const outputs: [INodeExecutionData[], INodeExecutionData[]] = [[], []];
  context.getInputData().forEach((item, index) => {
    const holds = context.getNodeParameter('conditions', index, false, { extractValue: true });
    outputs[holds === true ? 0 : 1].push({ ...item, pairedItem: { item: index } });
  });
  return outputs;
}

/** Each entry of a list of objects becomes an item. */
function splitOut(context: IExecuteFunctions, { json }: INodeExecutionData, index: number) {
  const list = json[context.getNodeParameter('fieldToSplitOut', index) as string];
  const entries = Array.isArray(list) ? (list as IDataObject[]) : [];
  return entries.map((entry) => ({ json: entry, pairedItem: { item: index } }));
}

/** Each of the chosen fields as a list of its values. */
function aggregate(context: IExecuteFunctions): INodeExecutionData {
  const items = context.getInputData();
  const { fieldToAggregate: rows } = context.getNodeParameter('fieldsToAggregate', 0) as {
    fieldToAggregate: Array<{ fieldToAggregate: string }>;
  };
  const fields = rows.map(({ fieldToAggregate: name }) => [name, items.map(({ json }) => json[name])]);
  return {
    json: Object.fromEntries(fields) as IDataObject,
    pairedItem: items.map((_, item) => ({ item })),
  };
}

/** The text of a field as a file. */
async function textFile(context: IExecuteFunctions, { json }: INodeExecutionData, index: number) {
  const text = json[context.getNodeParameter('sourceProperty', index) as string];
  const { fileName } = context.getNodeParameter('options', index, {}) as { fileName?: string };
  const data = Buffer.from(String(text)).toString('base64');
  const binary = { data: { data, fileName: fileName ?? 'file.txt', mimeType: 'text/plain' } };
  return { json: {}, binary, pairedItem: { item: index } };
}
