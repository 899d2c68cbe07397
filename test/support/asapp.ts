import { resolve } from 'node:path';

import type {
  IBinaryKeyData,
  ICredentialDataDecryptedObject,
  IDataObject,
  INode,
  INodeExecutionData,
  INodeParameters,
  IRun,
  ITaskData,
} from 'n8n-workflow';

import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox';
import { loadNodePackage, type NodePackage } from '../../scripts/engine/nodePackage';
import {
  startWorkflow,
  type RunOptions,
  type StartedRun,
  type WorkflowFile,
} from '../../scripts/engine/runWorkflow';

/** The built package as n8n loads it, and a local ASAPP that it talks to. */
export interface Asapp {
  nodePackage: NodePackage;
  sandbox: Sandbox;
  /** A credential for {@link sandbox}, with anything replaced. */
  credential(changes?: ICredentialDataDecryptedObject): ICredentialDataDecryptedObject;
}

/** Loads the package and starts a sandbox; close it with `asapp.sandbox.close()`. */
export async function startAsapp(options: SandboxOptions = {}): Promise<Asapp> {
  const nodePackage = await loadNodePackage(resolve(__dirname, '../..'));
  const sandbox = await startSandbox(options);
  const { apiId, apiSecret, url: baseUrl } = sandbox;
  return {
    nodePackage,
    sandbox,
    credential: (changes = {}) => ({ environment: 'custom', baseUrl, apiId, apiSecret, ...changes }),
  };
}

/**
 * An {@link Asapp} for all tests of a suite: started before them, closed after them, and without faults and memories of
 * the test before at the start of each.
 */
export function useAsapp(options: SandboxOptions = {}): Asapp {
  let started: Asapp | undefined;
  const asapp = (): Asapp => {
    if (started === undefined) throw new Error('The sandbox runs only while tests do');
    return started;
  };
  beforeAll(async () => {
    started = await startAsapp(options);
  });
  afterAll(async () => {
    await started?.sandbox.close();
  });
  beforeEach(() => {
    asapp().sandbox.ledger.clear();
    asapp().sandbox.faults.clear();
    asapp().sandbox.reads.reset();
    asapp().sandbox.streams.behave();
    asapp().sandbox.webhook.clear();
  });
  return {
    get nodePackage() {
      return asapp().nodePackage;
    },
    get sandbox() {
      return asapp().sandbox;
    },
    credential: (changes) => asapp().credential(changes),
  };
}

/** One run of a workflow "Items" -> "ASAPP" in the real engine. */
export interface AsappRun {
  /** The items of each output of the ASAPP node, [] where it has none. */
  outputs: INodeExecutionData[][];
  /** The items of the first output. */
  items: INodeExecutionData[];
  /** Their json. */
  json: IDataObject[];
  /** What stopped the workflow or made the node fail. */
  error: ITaskData['error'];
  task: ITaskData;
  run: IRun;
}

/** What to run: the node's parameters, the items before it, and anything else of the node (`onError`, …). */
export interface AsappRunOptions {
  parameters: INodeParameters;
  items?: Array<IDataObject | { json: IDataObject; binary: IBinaryKeyData }>;
  node?: Partial<INode>;
  credential?: ICredentialDataDecryptedObject;
  settings?: WorkflowFile['settings'];
  mode?: RunOptions['mode'];
  retryOf?: RunOptions['retryOf'];
}

/** The workflow of {@link runAsapp}, for runs that need more than it does. */
export function asappWorkflow({ parameters, items = [{}], node, settings }: AsappRunOptions): WorkflowFile {
  return {
    name: 'Test',
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
        id: 'asapp',
        name: 'ASAPP',
        type: 'n8n-nodes-asapp.asapp',
        typeVersion: 1,
        position: [200, 0],
        parameters,
        credentials: { asappApi: { id: 'asapp', name: 'ASAPP API' } },
        ...node,
      },
    ],
    connections: { Items: { main: [[{ node: 'ASAPP', type: 'main', index: 0 }]] } },
    ...(settings === undefined ? {} : { settings }),
    pinData: { Items: items.map(toItem) },
  };
}

/** Starts {@link asappWorkflow} and leaves it running. */
export function startAsappRun(asapp: Asapp, options: AsappRunOptions): StartedRun {
  return startWorkflow(asapp.nodePackage, asappWorkflow(options), {
    credentials: { asappApi: options.credential ?? asapp.credential() },
    ...(options.mode === undefined ? {} : { mode: options.mode }),
    ...(options.retryOf === undefined ? {} : { retryOf: options.retryOf }),
  });
}

/** Runs the items through the ASAPP node. */
export async function runAsapp(asapp: Asapp, options: AsappRunOptions): Promise<AsappRun> {
  const run = await startAsappRun(asapp, options).finished;
  const task = run.data.resultData.runData.ASAPP?.[0];
  if (task === undefined) throw run.data.resultData.error ?? new Error('The ASAPP node did not run');
  const outputs = (task.data?.main ?? []).map((items) => items ?? []);
  const items = outputs[0] ?? [];
  return { outputs, items, json: items.map(({ json }) => json), error: task.error, task, run };
}

function toItem(item: IDataObject | { json: IDataObject; binary: IBinaryKeyData }): INodeExecutionData {
  return 'json' in item && 'binary' in item
    ? { json: item.json as IDataObject, binary: item.binary as IBinaryKeyData }
    : { json: item };
}
