import { NodeOperationError, type ITriggerFunctions, type NodeApiError } from 'n8n-workflow';

import { AsappError, invalidInput } from '../Asapp/errors/asappError';
import { ERROR_KINDS } from '../Asapp/errors/errorKinds';
import { toNodeApiError } from '../Asapp/errors/nodeApiError';
import type { GenerativeAgentEvent } from '../Asapp/events/event';
import { keepEventStream, WAITS } from '../Asapp/events/keepEventStream';
import { outputsFor } from '../Asapp/events/triggerFields';
import { readConnection } from '../Asapp/transport/exchange';
import { ExecutionQueue } from './executionQueue';
import type { StreamOptions } from './streamOptions';

/** The stream of a trigger node. */
export interface Receiver {
  /**
   * Opens the stream.
   *
   * @throws NodeApiError when it cannot be opened and a person is there to read why.
   */
  open(): Promise<void>;
  /** Ends everything at once. */
  close(): Promise<void>;
}

/** After so many attempts in a row, half a minute, an outage is worth telling somebody. */
const ATTEMPTS_BEFORE_REPORT = WAITS.length;

/** Starts the workflow with each event of the stream, or in a manual test with the first one. */
export function receiveEvents(
  context: ITriggerFunctions,
  streamId: string,
  { maxExecutions, silenceLimit }: StreamOptions,
): Receiver {
  const { name } = context.getNode();
  const isManual = context.getMode() === 'manual';
  const ending = new AbortController();
  let isReported = false;
  const failed = (error: unknown) => {
    const words = error instanceof Error ? error.message : String(error);
    const message = `An event of "${name}" could not start the workflow: ${words}`;
    context.logger.error(message);
    if (!isManual) saveFailure(context, new NodeOperationError(context.getNode(), message));
  };
  const executions = new ExecutionQueue(context, isManual ? 0 : maxExecutions, failed);

  const onEvent = (event: GenerativeAgentEvent) => {
    const outputs = outputsFor(context, [event]);
    if (outputs === undefined) return;
    executions.push(outputs);
    if (isManual) ending.abort();
  };

  const onLost = (reason: AsappError, failures: number) => {
    // It had been connected for good, so that this is another outage.
    if (failures === 1) isReported = false;
    const words = `The event stream of "${name}" is not connected: ${reason.message}`;
    if (failures === 1) context.logger.warn(words);
    else context.logger.debug(words);
    if (isReported || (reason.details.retryable && failures < ATTEMPTS_BEFORE_REPORT)) return;
    isReported = true;
    report(context, reason);
  };

  const open = async () => {
    try {
      await keepEventStream({
        context,
        connect: async () => await readConnection(context),
        streamId,
        silenceLimit: silenceLimit === undefined ? undefined : silenceLimit * 1_000,
        isPatient: !isPersonThere(context),
        signal: ending.signal,
        onEvent,
        onLost,
        onConnected: () => context.logger.info(`The event stream of "${name}" is connected`),
      });
    } catch (error) {
      const described = errorOf(context, error, 'Set that right, then start the workflow again.');
      // n8n shows nothing but the message of what stops an activation.
      if (!isManual) described.message += `. ${described.description}`;
      throw described;
    }
  };

  const close = async () => {
    ending.abort();
    executions.close();
    // A manual test that is stopped waits for a first event that will not come; this ends the wait.
    if (isManual) context.emit([]);
  };

  return { open, close };
}

/** When n8n starts or another instance takes over, nobody reads why the stream cannot be opened, and it is to come back. */
function isPersonThere(context: ITriggerFunctions): boolean {
  return !['init', 'leadershipChange'].includes(context.getActivationMode());
}

/** Leaves a failed execution and starts the error workflow; the workflow stays active and the attempts go on. */
function report(context: ITriggerFunctions, reason: AsappError): void {
  saveFailure(
    context,
    errorOf(context, reason, 'The trigger keeps trying; events that come meanwhile are lost.'),
  );
}

function saveFailure(context: ITriggerFunctions, error: NodeApiError | NodeOperationError): void {
  try {
    // An n8n that does not know it yet has only a way that deactivates the workflow.
    if (typeof context.saveFailedExecution === 'function') context.saveFailedExecution(error);
    else context.logger.error(error.message);
  } catch {
    // Whoever cannot be told must not end the attempts.
    context.logger.error(error.message);
  }
}

/** The advice of an error is for an item; a trigger has none, but its key can be wrong as well. */
function errorOf(
  context: ITriggerFunctions,
  error: unknown,
  outlook: string,
): ReturnType<typeof toNodeApiError> {
  const { details } = error instanceof AsappError ? error : invalidInput(String(error));
  const isKeyRefused = details.kind === 'unauthorized' || details.kind === 'forbidden';
  const advice = isKeyRefused ? `${ERROR_KINDS[details.kind].advice} ` : '';
  return toNodeApiError(context.getNode(), { ...details, description: advice + outlook });
}
