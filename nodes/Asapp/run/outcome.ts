import type { IDataObject } from 'n8n-workflow';

import type { RepeatRules } from '../delivery/attempts';
import { AsappError, invalidInput } from '../errors/asappError';
import type { Failure } from '../errors/doubt';

export type { Failure } from '../errors/doubt';

/** How an item ended: with its output items, or with the reason why not. */
export type Outcome = { items: IDataObject[] } | Failure;

/** When what is sent in a run is sent again, whatever comes of a success. */
export interface RunRules extends RepeatRules<object | undefined> {
  givenUp(cause: unknown): Failure;
}

/** Whether an item, or what has to be there before it is sent, failed. */
export function isFailure(outcome: object | undefined): outcome is Failure {
  return outcome !== undefined && 'error' in outcome;
}

/** What a throw before the sending means for its item; throwing on would send every input item to the success output. */
export function unsent(error: unknown): Failure {
  if (error instanceof AsappError) return { error: error.details, circumstances: error.circumstances };
  const reason = error instanceof Error ? error.message : String(error);
  return unsent(invalidInput(`This item could not be read: ${reason}`));
}

/** Whether ASAPP is known to have accepted the item. */
export function isDelivered(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && !isFailure(outcome);
}
