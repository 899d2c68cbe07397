import { join } from 'node:path';

import type { INodeType, IVersionedNodeType } from 'n8n-workflow';

import { loadNodePackage, type NodePackage } from '../../scripts/engine/nodePackage';
import { axiosPool } from './axiosPool';
import { declarativeNode } from './declarative';
import { helperPoolNode } from './helperPool';
import { httpRequestPeers } from './httpRequest';
import { loadHttpRequest } from './httpRequestPackage';
import { n8nPeer } from './n8nPeer';
import { ours } from './ours';
import type { Peer } from './peer';
import { sequentialNode } from './sequential';

export type { Job, Peer } from './peer';

/** All ways to send messages that are compared. */
export interface Peers {
  readonly ours: Peer;
  readonly oursWithDefaults: Peer;
  readonly oursWaiting: Peer;
  readonly helperPool: Peer;
  readonly declarative: Peer;
  readonly sequential: Peer;
  readonly axiosPool: Peer;
  /** Empty, with the reason, when n8n-nodes-base cannot be had. */
  readonly httpRequest: readonly Peer[];
  readonly missing: string | undefined;
}

const ROOT = join(__dirname, '../..');

/** The fields of the simple peers, filled from an item. */
const FIELDS = {
  conversationId: '={{ $json.conversationId }}',
  text: '={{ $json.text }}',
  customer: '={{ $json.customer }}',
};

/** Loads this package as built, and everything it is compared with. */
export async function loadPeers(say: (line: string) => void): Promise<Peers> {
  const { httpRequest, missing } = await tryHttpRequest(say);
  const nodePackage = withNodes(await loadNodePackage(ROOT), {
    'bench.helperPool': helperPoolNode,
    'bench.sequential': sequentialNode,
    'bench.declarative': declarativeNode,
    ...(httpRequest === undefined ? {} : { 'n8n-nodes-base.httpRequest': httpRequest }),
  });
  return {
    ours: ours(nodePackage),
    oursWithDefaults: ours(nodePackage, 'defaults'),
    oursWaiting: ours(nodePackage, 'waiting'),
    helperPool: n8nPeer("n8n's bare helper, pool", nodePackage, ({ concurrency }) => ({
      type: 'bench.helperPool',
      parameters: { concurrency },
    })),
    declarative: n8nPeer('declarative twin', nodePackage, () => ({
      type: 'bench.declarative',
      parameters: FIELDS,
    })),
    sequential: n8nPeer('sequential node', nodePackage, () => ({
      type: 'bench.sequential',
      parameters: FIELDS,
    })),
    axiosPool,
    httpRequest: httpRequest === undefined ? [] : httpRequestPeers(nodePackage),
    missing,
  };
}

async function tryHttpRequest(
  say: (line: string) => void,
): Promise<{ httpRequest?: INodeType | IVersionedNodeType; missing?: string }> {
  try {
    return { httpRequest: await loadHttpRequest(say) };
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    return { missing: `The HTTP Request node could not be loaded: ${reason}` };
  }
}

/** A package whose node types are joined by others. */
function withNodes(
  nodePackage: NodePackage,
  others: Record<string, INodeType | IVersionedNodeType>,
): NodePackage {
  const { nodeTypes } = nodePackage;
  return {
    ...nodePackage,
    nodeTypes: {
      ...nodeTypes,
      getByName: (name) => others[name] ?? nodeTypes.getByName(name),
      getByNameAndVersion: (name, version) => {
        const type = others[name];
        if (type === undefined) return nodeTypes.getByNameAndVersion(name, version);
        return 'nodeVersions' in type ? type.getNodeType(version) : type;
      },
    },
  };
}
