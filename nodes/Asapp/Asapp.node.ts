import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';

import { branchFields } from './outputs/branchFields';
import { configuredOutputs } from './outputs/branches';
import { fields, options } from './operations';
import { execute } from './run/execute';

/** ASAPP's GenerativeAgent in a workflow: one request an item, one output item an input item. */
export class Asapp implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'ASAPP',
    name: 'asapp',
    icon: { light: 'file:../../icons/asapp.svg', dark: 'file:../../icons/asapp.dark.svg' },
    group: ['output'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
    description:
      "Let ASAPP's GenerativeAgent read and answer customer conversations, and act on what it says",
    defaults: { name: 'ASAPP' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: `={{(${configuredOutputs.toString()})($parameter)}}`,
    credentials: [{ name: 'asappApi', required: true }],
    properties: [...fields, ...branchFields, ...options],
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await execute(this);
  }
}
