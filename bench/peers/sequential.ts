import {
  NodeConnectionTypes,
  type IDataObject,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
} from 'n8n-workflow';

import { ANALYZE, analyzeBody } from './request';

const FIELDS = ['conversationId', 'text', 'customer'] as const;

/** A programmatic node as most are written: one item after the other. */
export const sequentialNode: INodeType = {
  description: {
    displayName: 'Sequential',
    name: 'sequential',
    group: ['output'],
    version: 1,
    description: 'One item after the other',
    defaults: { name: 'Sequential' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'asappApi', required: true }],
    properties: FIELDS.map((name) => ({ displayName: name, name, type: 'string', default: '' })),
  },
  async execute(this: IExecuteFunctions) {
    const { baseUrl } = await this.getCredentials('asappApi');
    const results: INodeExecutionData[] = [];
    for (const item of this.getInputData().keys()) {
      const json = (await this.helpers.httpRequestWithAuthentication.call(this, 'asappApi', {
        method: 'POST',
        url: String(baseUrl) + ANALYZE,
        body: analyzeBody({
          conversationId: this.getNodeParameter('conversationId', item) as string,
          text: this.getNodeParameter('text', item) as string,
          customer: this.getNodeParameter('customer', item) as string,
        }),
        json: true,
      })) as IDataObject;
      results.push({ json, pairedItem: { item } });
    }
    return [results];
  },
};
