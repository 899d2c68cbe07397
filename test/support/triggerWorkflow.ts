import {
  Workflow,
  type ICredentialDataDecryptedObject,
  type IDataObject,
  type INode,
  type INodeParameters,
} from 'n8n-workflow';

import type { NodePackage } from '../../scripts/engine/nodePackage';

/** A workflow with nothing but a trigger of this package in it. */
export function triggerWorkflow(
  { nodeTypes }: NodePackage,
  type: 'asappTrigger' | 'asappStreamTrigger',
  parameters: INodeParameters,
  { id = 'w', staticData = {} }: { id?: string; staticData?: IDataObject } = {},
): { workflow: Workflow; node: INode } {
  const credential = type === 'asappTrigger' ? 'asappWebhookApi' : 'asappApi';
  const node: INode = {
    id: 'trigger',
    name: 'Trigger',
    type: `n8n-nodes-asapp.${type}`,
    typeVersion: 1,
    position: [0, 0],
    parameters,
    credentials: { [credential]: { id: 'id', name: 'name' } },
    webhookId: 'webhook-id',
  };
  const workflow = new Workflow({
    id,
    staticData,
    name: 'Test',
    nodes: [node],
    connections: {},
    active: true,
    nodeTypes,
  });
  return { workflow, node: workflow.getNode('Trigger') ?? node };
}

/** Decrypted credentials by type. */
export type Credentials = Record<string, ICredentialDataDecryptedObject>;
