import type { INode } from 'n8n-workflow';

import type { NodePackage } from '../../scripts/engine/nodePackage';
import { n8nPeer } from './n8nPeer';
import type { Peer } from './peer';

/** The node of this package with Analyze, its fields filled from an item. */
export function analyzeNode(
  options: Record<string, number>,
  waitForReply = false,
): Pick<INode, 'type' | 'parameters'> & Partial<INode> {
  return {
    type: 'n8n-nodes-asapp.asapp',
    parameters: {
      resource: 'generativeAgent',
      operation: 'analyze',
      conversationId: '={{ $json.conversationId }}',
      text: '={{ $json.text }}',
      customerExternalId: '={{ $json.customer }}',
      waitForReply,
      options,
    },
  };
}

/** The node of this package, as built, with Analyze; `waiting` waits for the replies. */
export function ours(nodePackage: NodePackage, options: 'tuned' | 'defaults' | 'waiting' = 'tuned'): Peer {
  return n8nPeer('this node', nodePackage, ({ concurrency, requestsPerSecond }) =>
    analyzeNode(
      options === 'defaults' ? {} : { maxConcurrency: concurrency, maxRequestsPerSecond: requestsPerSecond },
      options === 'waiting',
    ),
  );
}
