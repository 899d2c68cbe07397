import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';

import type { AsappErrorDetails } from './errors/asappError';
import { toNodeApiError } from './errors/nodeApiError';
import { operationOf, properties } from './resources';
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
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'asappApi', required: true }],
    properties,
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const items = this.getInputData();
    if (items.length === 0) return [[]];
    const resource = this.getNodeParameter('resource', 0);
    const operation = operationOf(resource, this.getNodeParameter('operation', 0));
    const sendItem = await itemSender(this, operation);
    const output: INodeExecutionData[] = [];
    for (const [itemIndex, item] of items.entries()) {
      const outcome = await sendItem(itemIndex);
      if ('json' in outcome) output.push({ json: outcome.json, pairedItem: { item: itemIndex } });
      else if (this.continueOnFail()) output.push(failedItem(this, item, itemIndex, outcome.error));
      else throw toNodeApiError(this.getNode(), outcome.error, itemIndex);
    }
    return [output];
  }
}

/**
 * A failed item for On Error's two continue modes. For the error output n8n wants a json with nothing but `error` and
 * adds the input's fields itself; the regular output carries them from here.
 */
function failedItem(
  context: IExecuteFunctions,
  { json, binary }: INodeExecutionData,
  itemIndex: number,
  { ...error }: AsappErrorDetails,
): INodeExecutionData {
  const fields = context.getNode().onError === 'continueErrorOutput' ? {} : json;
  return {
    json: { ...fields, error },
    pairedItem: { item: itemIndex },
    ...(binary === undefined ? {} : { binary }),
  };
}
