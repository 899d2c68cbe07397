import type { NodePackage } from '../../scripts/engine/nodePackage';
import { n8nPeer } from './n8nPeer';
import type { Peer } from './peer';

/** The node of this package, as built, with Analyze. */
export function ours(nodePackage: NodePackage, options: 'tuned' | 'defaults' = 'tuned'): Peer {
  return n8nPeer('this node', nodePackage, ({ concurrency, requestsPerSecond }) => ({
    type: 'n8n-nodes-asapp.asapp',
    parameters: {
      resource: 'generativeAgent',
      operation: 'analyze',
      conversationId: '={{ $json.conversationId }}',
      text: '={{ $json.text }}',
      customerExternalId: '={{ $json.customer }}',
      options:
        options === 'defaults'
          ? {}
          : { maxConcurrency: concurrency, maxRequestsPerSecond: requestsPerSecond },
    },
  }));
}
