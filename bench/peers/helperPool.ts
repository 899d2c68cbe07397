import {
  NodeConnectionTypes,
  type IDataObject,
  type IExecuteFunctions,
  type IHttpRequestOptions,
  type IN8nHttpFullResponse,
  type INodeType,
} from 'n8n-workflow';

import type { Work } from '../work';
import { ANALYZE, analyzeBody, inPool } from './request';

/**
 * The least that a node can do: n8n's HTTP helper in a pool, with the request options of nodes/Asapp/transport, and
 * the items taken as they are, without parameters, checks, order, pace or retries.
 */
export const helperPoolNode: INodeType = {
  description: {
    displayName: 'Helper Pool',
    name: 'helperPool',
    group: ['output'],
    version: 1,
    description: 'The bare helper',
    defaults: { name: 'Helper Pool' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'asappApi', required: true }],
    properties: [{ displayName: 'Concurrency', name: 'concurrency', type: 'number', default: 10 }],
  },
  async execute(this: IExecuteFunctions) {
    const items = this.getInputData();
    const concurrency = this.getNodeParameter('concurrency', 0) as number;
    const credentials = await this.getCredentials('asappApi');
    const answers = await inPool(items, concurrency, async ({ json }) => {
      const options: IHttpRequestOptions = {
        method: 'POST',
        url: String(credentials.baseUrl) + ANALYZE,
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify(analyzeBody(json as unknown as Work)),
        encoding: 'text',
        returnFullResponse: true,
        ignoreHttpStatusErrors: true,
        disableFollowRedirect: true,
        timeout: 30_000,
      };
      const { body } = (await this.helpers.httpRequestWithAuthentication.call(this, 'asappApi', options, {
        credentialsDecrypted: { id: '', name: '', type: 'asappApi', data: credentials },
      })) as IN8nHttpFullResponse;
      return JSON.parse(body as string) as IDataObject;
    });
    return [answers.map((json, item) => ({ json, pairedItem: { item } }))];
  },
};
