import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
  createRunExecutionData,
  Workflow,
  type ICredentialDataDecryptedObject,
  type IConnections,
  type IN8nHttpFullResponse,
  type INode,
  type INodeExecutionData,
  type IPinData,
  type IRun,
  type IRunExecutionData,
  type IWorkflowExecuteAdditionalData,
  type IWorkflowSettings,
  type WorkflowExecuteMode,
} from 'n8n-workflow';

import { InMemoryCredentials } from './credentialsHelper';
import type { NodePackage } from './nodePackage';

/** A workflow as n8n exports it to a file. */
export interface WorkflowFile {
  name: string;
  nodes: INode[];
  connections: IConnections;
  settings?: IWorkflowSettings;
  /** Items that stand in for a node's own output, by node name. */
  pinData?: IPinData;
}

/** `credentials`: decrypted data by credential type, e.g. `{asappApi: {...}}`. */
export interface RunOptions {
  credentials: Record<string, ICredentialDataDecryptedObject>;
  mode?: WorkflowExecuteMode;
  /** The call of a webhook that starts the workflow: the node that received it, what it made of it, and who answers. */
  call?: {
    node: string;
    items: INodeExecutionData[];
    onResponse(response: IN8nHttpFullResponse): void;
  };
  /** The execution data of a run that failed or was cancelled, to be run again as n8n's Retry does. */
  retryOf?: IRunExecutionData;
}

/** A run that was started: `finished` resolves with n8n's run data, `cancel` stops it as n8n's Stop button does. */
export interface StartedRun {
  finished: Promise<IRun>;
  cancel(): void;
}

let executions = 0;

/** Starts a workflow in n8n's own engine, from its trigger or from the call of a webhook. */
export function startWorkflow(nodePackage: NodePackage, file: WorkflowFile, options: RunOptions): StartedRun {
  const { call, retryOf } = options;
  const { mode = retryOf !== undefined ? 'retry' : call === undefined ? 'manual' : 'webhook' } = options;
  const id = String(++executions);
  const workflow = new Workflow({
    id: 'workflow',
    name: file.name,
    nodes: file.nodes,
    connections: file.connections,
    active: false,
    nodeTypes: nodePackage.nodeTypes,
    settings: { executionOrder: 'v1', ...file.settings },
  });
  const workflowData = {
    id: 'workflow',
    name: file.name,
    active: false,
    activeVersionId: null,
    isArchived: false,
    createdAt: new Date(),
    updatedAt: new Date(),
    nodes: file.nodes,
    connections: file.connections,
  };
  const hooks = new ExecutionLifecycleHooks(mode, id, workflowData);
  const additionalData = {
    executionId: id,
    currentNodeExecutionIndex: 0,
    credentialsHelper: new InMemoryCredentials(
      (name) => nodePackage.credentialType(name),
      options.credentials,
    ),
    hooks,
    variables: {},
    setExecutionStatus: () => {},
    ...INSTANCE_URLS,
    // The rest of n8n's additional data belongs to features that no workflow here uses.
  } as Partial<IWorkflowExecuteAdditionalData> as IWorkflowExecuteAdditionalData;
  if (call !== undefined) {
    hooks.addHandler('sendResponse', (response) => call.onResponse(response as IN8nHttpFullResponse));
  }
  const data =
    retryOf !== undefined
      ? retried(workflow, retryOf)
      : call === undefined
        ? undefined
        : calledAt(workflow, call);
  const run =
    data === undefined
      ? runFrom(new WorkflowExecute(additionalData, mode), workflow, startNodeOf(workflow), file.pinData)
      : new WorkflowExecute(additionalData, mode, data).processRunExecutionData(workflow);
  return { finished: run, cancel: () => run.cancel() };
}

function startNodeOf(workflow: Workflow): INode {
  const startNode = workflow.getStartNode();
  if (startNode !== undefined) return startNode;
  const isCalled = Object.values(workflow.nodes).some(({ type, typeVersion }) => {
    return workflow.nodeTypes.getByNameAndVersion(type, typeVersion).webhook !== undefined;
  });
  throw new Error(
    isCalled
      ? `The workflow "${workflow.name}" starts when its webhook is called, and only a whole n8n receives calls`
      : `The workflow "${workflow.name}" has no trigger to start from`,
  );
}

/** What n8n hands to the engine when a webhook was called (packages/cli/src/webhooks/webhook-helpers.ts of n8n). */
function calledAt(workflow: Workflow, { node: name, items }: NonNullable<RunOptions['call']>) {
  const node = workflow.getNode(name);
  if (node === null) throw new Error(`The workflow "${workflow.name}" has no node "${name}"`);
  return createRunExecutionData({
    executionData: { nodeExecutionStack: [{ node, data: { main: [items] }, source: null }] },
  });
}

/**
 * What n8n hands to the engine when an execution is retried (packages/cli/src/executions/execution.service.ts of n8n): the
 * stored data without the failed run, and the nodes of the workflow as it is now.
 */
function retried(workflow: Workflow, stored: IRunExecutionData): IRunExecutionData {
  const data = JSON.parse(JSON.stringify(stored)) as IRunExecutionData;
  const { resultData, executionData } = data;
  const { lastNodeExecuted = '' } = resultData;
  delete resultData.error;
  const runs = resultData.runData[lastNodeExecuted] ?? [];
  if (runs.at(-1)?.error !== undefined) runs.pop();
  for (const entry of executionData?.nodeExecutionStack ?? []) {
    entry.node = workflow.getNode(entry.node.name) ?? entry.node;
  }
  return data;
}

/** The engine of n8n 1 takes its arguments one by one. */
function runFrom(
  engine: WorkflowExecute,
  workflow: Workflow,
  startNode: INode,
  pinData?: IPinData,
): ReturnType<WorkflowExecute['run']> {
  if (engine.run.length === 1) {
    return engine.run({ workflow, startNode, ...(pinData === undefined ? {} : { pinData }) });
  }
  const run = engine.run.bind(engine) as unknown as RunOfVersion1;
  return run(workflow, startNode, undefined, pinData);
}

type RunOfVersion1 = (
  workflow: Workflow,
  startNode: INode,
  destinationNode: undefined,
  pinData: IPinData | undefined,
) => ReturnType<WorkflowExecute['run']>;

/** Runs a workflow to its end. */
export async function runWorkflow(
  nodePackage: NodePackage,
  file: WorkflowFile,
  options: RunOptions,
): Promise<IRun> {
  return await startWorkflow(nodePackage, file, options).finished;
}

/** Addresses that n8n hands to nodes; nothing in a run calls them. */
export const INSTANCE_URLS = {
  restApiUrl: 'http://127.0.0.1/rest',
  instanceBaseUrl: 'http://127.0.0.1/',
  formBaseUrl: 'http://127.0.0.1/form',
  formWaitingBaseUrl: 'http://127.0.0.1/form-waiting',
  formTestBaseUrl: 'http://127.0.0.1/form-test',
  webhookBaseUrl: 'http://127.0.0.1/webhook',
  webhookWaitingBaseUrl: 'http://127.0.0.1/webhook-waiting',
  webhookTestBaseUrl: 'http://127.0.0.1/webhook-test',
};
