import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
  Workflow,
  type ICredentialDataDecryptedObject,
  type IConnections,
  type INode,
  type IPinData,
  type IRun,
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
}

/** A run that was started: `finished` resolves with n8n's run data, `cancel` stops it as n8n's Stop button does. */
export interface StartedRun {
  finished: Promise<IRun>;
  cancel(): void;
}

let executions = 0;

/** Starts a workflow from its trigger in n8n's own engine. */
export function startWorkflow(nodePackage: NodePackage, file: WorkflowFile, options: RunOptions): StartedRun {
  const mode = options.mode ?? 'manual';
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
  const additionalData = {
    executionId: id,
    currentNodeExecutionIndex: 0,
    credentialsHelper: new InMemoryCredentials(
      (name) => nodePackage.credentialType(name),
      options.credentials,
    ),
    hooks: new ExecutionLifecycleHooks(mode, id, workflowData),
    variables: {},
    setExecutionStatus: () => {},
    ...INSTANCE_URLS,
    // The rest of n8n's additional data belongs to features that no workflow here uses.
  } as Partial<IWorkflowExecuteAdditionalData> as IWorkflowExecuteAdditionalData;
  const startNode = workflow.getStartNode();
  if (startNode === undefined) throw new Error(`The workflow "${file.name}" has no trigger to start from`);
  const run = runFrom(new WorkflowExecute(additionalData, mode), workflow, startNode, file.pinData);
  return { finished: run, cancel: () => run.cancel() };
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
const INSTANCE_URLS = {
  restApiUrl: 'http://127.0.0.1/rest',
  instanceBaseUrl: 'http://127.0.0.1/',
  formBaseUrl: 'http://127.0.0.1/form',
  formWaitingBaseUrl: 'http://127.0.0.1/form-waiting',
  formTestBaseUrl: 'http://127.0.0.1/form-test',
  webhookBaseUrl: 'http://127.0.0.1/webhook',
  webhookWaitingBaseUrl: 'http://127.0.0.1/webhook-waiting',
  webhookTestBaseUrl: 'http://127.0.0.1/webhook-test',
};
