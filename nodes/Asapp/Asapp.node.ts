import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';

import { branchFields } from './errors/branchFields';
import { configuredOutputs } from './errors/branches';
import { branchSummary, errorRouting } from './errors/routing';
import { fields, operationOf, options } from './resources';
import { itemSender } from './resources/sendItem';

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
    const { branchNames, route, flaw } = errorRouting(this);
    const sendItem = flaw === undefined ? await itemSender(this, operation) : async () => ({ error: flaw });
    const outputs: INodeExecutionData[][] = [[], ...branchNames.map(() => [])];
    for (const [itemIndex, item] of items.entries()) {
      const outcome = await sendItem(itemIndex);
      const routed =
        'json' in outcome
          ? { output: 0, item: { json: outcome.json, pairedItem: { item: itemIndex } } }
          : route({ item, itemIndex, error: outcome.error });
      outputs[routed.output]?.push(routed.item);
    }
    const summary = branchSummary(branchNames, outputs);
    if (summary !== undefined)
      this.addExecutionHints({ message: summary, type: 'warning', location: 'outputPane' });
    return outputs;
  }
}
