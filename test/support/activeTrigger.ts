import { createRequire } from 'node:module';

import * as engine from 'n8n-core';
import type { ActiveWorkflowTriggers } from 'n8n-core';
import type {
  ICredentialDataDecryptedObject,
  INodeExecutionData,
  INodeParameters,
  ITriggerFunctions,
  WorkflowActivateMode,
} from 'n8n-workflow';

import type { NodePackage } from '../../scripts/engine/nodePackage';
import { additionalDataFor } from './triggerContext';
import { triggerWorkflow } from './triggerWorkflow';

/** An active workflow with an ASAPP Stream Trigger in it. */
export interface ActiveTrigger {
  /** What started the workflow, by execution and output. */
  emitted: INodeExecutionData[][][];
  /** What n8n would store as failed executions and start the error workflow with. */
  failures: Error[];
  /** Ends the oldest execution that is running, where {@link Activation.keepsRunning}. */
  endOne(): void;
  deactivate(): Promise<void>;
}

/** How to activate; `credential` is read anew whenever the node asks for it. */
export interface Activation {
  parameters: INodeParameters;
  credential: ICredentialDataDecryptedObject;
  mode?: WorkflowActivateMode;
  /** Whether the executions that the trigger starts run until they are ended; else they end at once. */
  keepsRunning?: boolean;
  /** Called with what would start an execution; a throw is n8n's own. */
  onEmit?(data: INodeExecutionData[][]): void;
}

/** The container in which n8n-core itself keeps its services; it does not hand it out. */
const { Container } = createRequire(require.resolve('n8n-core'))('@n8n/di') as {
  Container: { get<Service>(service: new (...parts: never[]) => Service): Service };
};

let workflows = 0;

/** What activates workflows in the engine at hand: its `ActiveWorkflowTriggers`, or what older ones have instead. */
function engineTriggers(): EngineTriggers {
  const older = (engine as { ActiveWorkflows?: new () => EngineTriggers }).ActiveWorkflows;
  if (older !== undefined) {
    const triggers = Container.get(older);
    return { add: triggers.add.bind(triggers), remove: triggers.remove.bind(triggers) };
  }
  const triggers = Container.get(engine.ActiveWorkflowTriggers);
  return { add: triggers.addAllTriggers.bind(triggers), remove: triggers.remove.bind(triggers) };
}

interface EngineTriggers {
  add: ActiveWorkflowTriggers['addAllTriggers'];
  remove: ActiveWorkflowTriggers['remove'];
}

/**
 * Activates the built node with what activates workflows in n8n. Rejects with what
 * the person would read who activates the workflow.
 */
export async function activateTrigger(
  nodePackage: NodePackage,
  { parameters, credential, mode = 'activate', keepsRunning = false, onEmit }: Activation,
): Promise<ActiveTrigger> {
  const { workflow, node } = triggerWorkflow(nodePackage, 'asappStreamTrigger', parameters);
  const triggers = engineTriggers();
  const id = `workflow-${++workflows}`;
  const emitted: INodeExecutionData[][][] = [];
  const failures: Error[] = [];
  const running: Array<() => void> = [];
  await triggers.add(
    id,
    workflow,
    additionalDataFor(nodePackage, { asappApi: credential }, node),
    'trigger',
    mode,
    (_workflow, triggerNode, additionalData, executionMode, activation) =>
      new engine.TriggerContext(
        workflow,
        triggerNode,
        additionalData,
        executionMode,
        activation,
        (data, _response, done) => {
          onEmit?.(data);
          emitted.push(data);
          // Nobody here looks at what an execution came to.
          const end = () => done?.resolve(undefined as never);
          if (keepsRunning) running.push(end);
          else end();
        },
        (error) => failures.push(new Error(`The workflow was deactivated: ${error.message}`)),
        (error) => failures.push(error),
      ) as ITriggerFunctions,
    () => {
      throw new Error('The node polls nothing');
    },
  );
  return {
    emitted,
    failures,
    endOne: () => running.shift()?.(),
    deactivate: async () => {
      await triggers.remove(id);
    },
  };
}
