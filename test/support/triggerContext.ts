import { ExecutionLifecycleHooks, TriggerContext } from 'n8n-core';
import {
  Workflow,
  type ICredentialDataDecryptedObject,
  type INode,
  type ITriggerFunctions,
  type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import { InMemoryCredentials } from '../../scripts/engine/credentialsHelper';
import type { NodePackage } from '../../scripts/engine/nodePackage';

/** What n8n hands to a trigger of an active workflow, for a node of `nodePackage` with a credential of the type asappApi. */
export function triggerContext(
  nodePackage: NodePackage,
  credential: ICredentialDataDecryptedObject,
): ITriggerFunctions {
  const node: INode = {
    id: 'trigger',
    name: 'ASAPP Stream Trigger',
    type: 'n8n-nodes-asapp.asapp',
    typeVersion: 1,
    position: [0, 0],
    parameters: {},
    credentials: { asappApi: { id: 'asapp', name: 'ASAPP API' } },
  };
  const { nodeTypes } = nodePackage;
  const workflow = new Workflow({ id: 'w', nodes: [node], connections: {}, active: true, nodeTypes });
  const additionalData = additionalDataFor(nodePackage, { asappApi: credential }, node);
  // n8n types a workflow's name less strictly in one of the two places.
  return new TriggerContext(workflow, node, additionalData, 'trigger', 'activate') as ITriggerFunctions;
}

/** n8n's data around an execution, as far as triggers use it. */
export function additionalDataFor(
  nodePackage: NodePackage,
  credentials: Record<string, ICredentialDataDecryptedObject>,
  node: INode,
): IWorkflowExecuteAdditionalData {
  const workflowData = {
    id: 'w',
    name: 'Test',
    active: true,
    activeVersionId: null,
    isArchived: false,
    createdAt: new Date(),
    updatedAt: new Date(),
    nodes: [node],
    connections: {},
  };
  return {
    executionId: '1',
    currentNodeExecutionIndex: 0,
    credentialsHelper: new InMemoryCredentials((name) => nodePackage.credentialType(name), credentials),
    hooks: new ExecutionLifecycleHooks('trigger', '1', workflowData),
    variables: {},
    setExecutionStatus: () => {},
  } as Partial<IWorkflowExecuteAdditionalData> as IWorkflowExecuteAdditionalData;
}
