import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

import axios from 'axios';

import type { Peer } from './peer';
import { ANALYZE, analyzeBody, inPool } from './request';

/** What the machine can do without n8n: axios with connections that stay open, in a pool. */
export const axiosPool: Peer = {
  name: 'raw axios, keep-alive, pool',
  async deliver({ work, url, apiId, apiSecret, concurrency }) {
    const agentOptions = { keepAlive: true, maxSockets: concurrency };
    const httpAgent = new HttpAgent(agentOptions);
    const httpsAgent = new HttpsAgent(agentOptions);
    const client = axios.create({
      baseURL: url,
      httpAgent,
      httpsAgent,
      proxy: false,
      validateStatus: () => true,
      headers: { 'asapp-api-id': apiId, 'asapp-api-secret': apiSecret },
    });
    try {
      const statuses = await inPool(
        work,
        concurrency,
        async (message) => (await client.post(ANALYZE, analyzeBody(message))).status,
      );
      return statuses.every((status) => status === 200);
    } finally {
      httpAgent.destroy();
      httpsAgent.destroy();
    }
  },
};
