import type { IDataObject, INode, IRun } from 'n8n-workflow';

import type { NodePackage } from '../../scripts/engine/nodePackage';
import { runWorkflow } from '../../scripts/engine/runWorkflow';
import type { Job, Peer } from './peer';

/** With a value, the credential makes no request of its own before those of the peer; this node's never get one. */
const reachability = 'notChecked';

/** The parts of a node that differ between peers. */
export type PeerNode = Pick<INode, 'type' | 'parameters'> & Partial<INode>;

/** Runs a node, called Peer, in n8n's engine; the messages of the job are the items before it. */
export async function runNode(nodePackage: NodePackage, node: PeerNode, job: Job): Promise<IRun> {
  const { url: baseUrl, apiId, apiSecret } = job;
  return await runWorkflow(
    nodePackage,
    {
      name: 'Bench',
      nodes: [
        {
          id: 'items',
          name: 'Items',
          type: 'n8n-nodes-base.manualTrigger',
          typeVersion: 1,
          position: [0, 0],
          parameters: {},
        },
        {
          id: 'peer',
          name: 'Peer',
          typeVersion: 1,
          position: [200, 0],
          credentials: { asappApi: { id: 'asapp', name: 'ASAPP API' } },
          ...node,
        },
      ],
      connections: { Items: { main: [[{ node: 'Peer', type: 'main', index: 0 }]] } },
      pinData: { Items: job.work.map((work) => ({ json: { ...work } as IDataObject })) },
    },
    { credentials: { asappApi: { environment: 'custom', baseUrl, apiId, apiSecret, reachability } } },
  );
}

/** A peer that is a node. */
export function n8nPeer(name: string, nodePackage: NodePackage, nodeOf: (job: Job) => PeerNode): Peer {
  return {
    name,
    async deliver(job) {
      const run = await runNode(nodePackage, nodeOf(job), job);
      return run.data.resultData.error === undefined;
    },
  };
}
