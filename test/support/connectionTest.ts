import { ExecuteContext, ExecutionLifecycleHooks, RoutingNode } from 'n8n-core';
import {
  createEmptyRunExecutionData,
  NodeConnectionTypes,
  Workflow,
  type ICredentialDataDecryptedObject,
  type INode,
  type INodeType,
  type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import { InMemoryCredentials } from '../../scripts/engine/credentialsHelper';
import type { NodePackage } from '../../scripts/engine/nodePackage';

/**
 * Runs a credential's connection test through n8n's RoutingNode on a temporary node, and reads the outcome as n8n's
 * CredentialsTester does (packages/cli/src/services/credentials-tester.service.ts, which is not published for use).
 */
export async function testConnection(
  nodePackage: NodePackage,
  type: string,
  data: ICredentialDataDecryptedObject,
): Promise<{ status: 'OK' | 'Error'; message?: string }> {
  const { test } = nodePackage.credentialType(type);
  if (test === undefined) throw new Error(`The credential type "${type}" has no connection test`);
  const nodeType: INodeType = {
    description: {
      displayName: 'Temp',
      name: 'noOp',
      group: ['transform'],
      version: 1,
      description: '',
      defaults: {},
      inputs: [NodeConnectionTypes.Main],
      outputs: [NodeConnectionTypes.Main],
      credentials: [{ name: type, required: true }],
      properties: [
        {
          displayName: 'Temp',
          name: 'temp',
          type: 'string',
          default: '',
          routing: { request: test.request },
        },
      ],
    },
  };
  const node: INode = {
    id: 'temp',
    name: 'Temp-Node',
    // As in the description: n8n does not say which package it is from.
    type: 'noOp',
    typeVersion: 1,
    position: [0, 0],
    parameters: {},
    credentials: { [type]: { id: 'id', name: 'name' } },
  };
  const workflow = new Workflow({
    nodes: [node],
    connections: {},
    active: false,
    nodeTypes: { getByName: () => nodeType, getByNameAndVersion: () => nodeType, getKnownTypes: () => ({}) },
  });
  const credentialsHelper = new InMemoryCredentials((name) => nodePackage.credentialType(name), {
    [type]: data,
  });
  const workflowData = {
    id: '',
    name: '',
    active: false,
    activeVersionId: null,
    isArchived: false,
    createdAt: new Date(),
    updatedAt: new Date(),
    nodes: [node],
    connections: {},
  };
  const additionalData = {
    credentialsHelper,
    hooks: new ExecutionLifecycleHooks('internal', '1', workflowData),
  } as Partial<IWorkflowExecuteAdditionalData> as IWorkflowExecuteAdditionalData;
  const input = { main: [[{ json: {} }]] };
  const context = new ExecuteContext(
    workflow,
    node,
    additionalData,
    'internal',
    createEmptyRunExecutionData(),
    0,
    [],
    input,
    { node, data: {}, source: null },
    [],
  );
  const decrypted = await credentialsHelper.getDecrypted(additionalData, { id: 'id', name: 'name' }, type);
  try {
    await new RoutingNode(context, nodeType, { id: 'id', name: 'name', type, data: decrypted }).runNode();
    return { status: 'OK' };
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string; response?: { status: number } } };
    const rule = test.rules?.find(
      ({ type: kind, properties }) =>
        kind === 'responseCode' && 'value' in properties && properties.value === cause?.response?.status,
    );
    return { status: 'Error', message: rule?.properties.message ?? cause?.code ?? message };
  }
}
