import type { NodePackage } from '../../scripts/engine/nodePackage';
import { n8nPeer, type PeerNode } from './n8nPeer';
import type { Job, Peer } from './peer';
import { ANALYZE } from './request';

/** The version that n8n gives to a new HTTP Request node. */
const TYPE_VERSION = 4.5;

const BODY = `={{ JSON.stringify({
  conversationId: $json.conversationId,
  message: {
    text: $json.text,
    sender: { role: 'customer', externalId: $json.customer },
    timestamp: new Date().toISOString(),
  },
}) }}`;

/** n8n's own HTTP Request node, in the settings that its users reach for. */
export function httpRequestPeers(nodePackage: NodePackage): Peer[] {
  const peer = (name: string, node: Partial<PeerNode>, options = {}) =>
    n8nPeer(`HTTP Request, ${name}`, nodePackage, (job) => ({ ...httpRequest(job, options), ...node }));
  return [
    peer('default', {}),
    peer('error output', { onError: 'continueErrorOutput' }),
    peer(
      'batching',
      { onError: 'continueErrorOutput' },
      { batching: { batch: { batchSize: 100, batchInterval: 1_000 } } },
    ),
    peer('Retry On Fail', { retryOnFail: true, maxTries: 5, waitBetweenTries: 1_000 }),
  ];
}

function httpRequest({ url, apiId, apiSecret }: Job, options: object): PeerNode {
  return {
    type: 'n8n-nodes-base.httpRequest',
    typeVersion: TYPE_VERSION,
    parameters: {
      method: 'POST',
      url: url + ANALYZE,
      sendHeaders: true,
      headerParameters: {
        parameters: [
          { name: 'asapp-api-id', value: apiId },
          { name: 'asapp-api-secret', value: apiSecret },
        ],
      },
      sendBody: true,
      specifyBody: 'json',
      jsonBody: BODY,
      options: { ...options },
    },
  };
}
