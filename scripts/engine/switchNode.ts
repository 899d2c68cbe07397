import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeProperties,
  type INodeType,
} from 'n8n-workflow';

/** What is read of the parameters as saved. */
interface SwitchParameters {
  rules: { values: Array<{ outputKey?: string }> };
  options?: { fallbackOutput?: string; renameFallbackOutput?: string };
}

/** The outputs on the canvas. n8n evaluates the source text of this function, so it may use nothing from outside. */
const configuredOutputs = ({ rules, options }: SwitchParameters) => {
  const names = rules.values.map(({ outputKey }, index) => outputKey || String(index));
  if (options?.fallbackOutput === 'extra') names.push(options.renameFallbackOutput || 'Fallback');
  return names.map((displayName) => ({ type: 'main', displayName }));
};

const properties: INodeProperties[] = [
  {
    displayName: 'Routing Rules',
    name: 'rules',
    type: 'fixedCollection',
    default: {},
    typeOptions: { multipleValues: true },
    options: [
      {
        displayName: 'Routing Rule',
        name: 'values',
        values: [
          {
            displayName: 'Conditions',
            name: 'conditions',
            type: 'filter',
            default: {},
            typeOptions: { filter: { version: 2, caseSensitive: true, typeValidation: 'strict' } },
          },
          { displayName: 'Output Name', name: 'outputKey', type: 'string', default: '' },
        ],
      },
    ],
  },
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    default: {},
    options: [
      { displayName: 'Fallback Output', name: 'fallbackOutput', type: 'string', default: 'none' },
      { displayName: 'Rename Fallback Output', name: 'renameFallbackOutput', type: 'string', default: '' },
    ],
  },
];

/**
 * Stand-in for Switch of n8n-nodes-base in its mode "Rules": an item leaves on the output of the first rule that holds;
 * if none does, on the extra output, where there is one.
 */
export const SWITCH_NODE: INodeType = {
  description: {
    displayName: 'Switch',
    name: 'switch',
    group: ['transform'],
    version: 3.2,
    description: 'Switch',
    defaults: { name: 'Switch' },
    inputs: [NodeConnectionTypes.Main],
    outputs: `={{(${configuredOutputs.toString()})($parameter)}}`,
    properties,
  },
  async execute(this: IExecuteFunctions) {
    const parameters = this.getNode().parameters as unknown as SwitchParameters;
    const outputs = configuredOutputs(parameters).map((): INodeExecutionData[] => []);
    const rules = parameters.rules.values;
    this.getInputData().forEach((item, index) => {
      const place = rules.findIndex((_rule, rule) =>
        this.getNodeParameter(`rules.values[${rule}].conditions`, index, false, { extractValue: true }),
      );
      outputs[place === -1 ? rules.length : place]?.push({ ...item, pairedItem: { item: index } });
    });
    return outputs;
  },
};
