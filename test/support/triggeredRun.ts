import { WorkflowExecute } from 'n8n-core';
import { createRunExecutionData, Workflow, type INodeExecutionData, type IRun } from 'n8n-workflow';

import type { NodePackage } from '../../scripts/engine/nodePackage';
import { INSTANCE_URLS, type WorkflowFile } from '../../scripts/engine/runWorkflow';
import { additionalDataFor } from './triggerContext';
import type { Credentials } from './triggerWorkflow';

/**
 * Runs a workflow from what its trigger let in, by output, as n8n does with an active workflow
 * (`runWorkflow` in packages/cli/src/workflows/workflow-execution.service.ts of n8n).
 */
export async function runFromTrigger(
  nodePackage: NodePackage,
  file: WorkflowFile,
  trigger: string,
  outputs: INodeExecutionData[][],
  credentials: Credentials,
): Promise<IRun> {
  const workflow = new Workflow({
    id: 'w',
    nodes: file.nodes,
    connections: file.connections,
    active: true,
    nodeTypes: nodePackage.nodeTypes,
    settings: { executionOrder: 'v1', ...file.settings },
  });
  const node = workflow.getNode(trigger);
  if (node === null) throw new Error(`The workflow "${file.name}" has no node "${trigger}"`);
  const data = createRunExecutionData({
    executionData: { nodeExecutionStack: [{ node, data: { main: outputs }, source: null }] },
  });
  const additionalData = { ...additionalDataFor(nodePackage, credentials, node), ...INSTANCE_URLS };
  return await new WorkflowExecute(additionalData, 'trigger', data).processRunExecutionData(workflow);
}
