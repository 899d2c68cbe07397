import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import {
  AsappError,
  fromAnswer,
  fromFailure,
  fromUnexpectedBody,
  invalidInput,
  type AsappErrorDetails,
} from '../errors/asappError';
import { leavesOf } from '../errors/redact';
import { ItemParameters } from '../input/ItemParameters';
import { seconds } from '../input/seconds';
import { exchange, isFailure, openConnection, type Connection } from '../transport/exchange';
import { TIMEOUT } from './commonFields';
import type { Operation } from './operation';

/** How an item ended: with its output json, or with the reason why not. */
export type Outcome = { json: IDataObject } | { error: AsappErrorDetails };

/**
 * Returns a function that does one operation for one item: reads and checks its parameters, sends one request, and
 * reads the answer. It does not throw for anything that can go wrong with an item; a credential that cannot be used
 * is every item's `invalidInput`.
 */
export async function itemSender(
  context: IExecuteFunctions,
  operation: Operation,
): Promise<(itemIndex: number) => Promise<Outcome>> {
  const connection = await openConnection(context).catch(
    (error: unknown) => new Error(error instanceof Error ? error.message : String(error)),
  );
  return async (itemIndex) => {
    try {
      return { json: await send(context, connection, operation, itemIndex) };
    } catch (error) {
      return { error: detailsOf(error) };
    }
  };
}

async function send(
  context: IExecuteFunctions,
  connection: Connection | Error,
  operation: Operation,
  itemIndex: number,
): Promise<IDataObject> {
  if (connection instanceof Error)
    throw invalidInput(`The ASAPP credential cannot be used: ${connection.message}`);
  const parameters = new ItemParameters(context, itemIndex);
  const request = operation.toRequest(parameters);
  const timeout = seconds(parameters, 'options.timeout', { displayName: 'Timeout' }, TIMEOUT);
  const secrets = leavesOf([request.secret, connection.credentials.apiSecret, connection.credentials.apiId]);
  const answer = await exchange(context, connection, request, timeout);
  if (isFailure(answer)) throw fromFailure(answer, request, secrets);
  if (answer.status !== operation.successStatus) throw fromAnswer(answer, secrets);
  const reading = operation.readSuccess(answer, request);
  if ('flaw' in reading) throw fromUnexpectedBody(answer, reading.flaw, secrets);
  return reading.json;
}

/** A failure nobody foresaw is reported on its item too: throwing would send every input item to the success output. */
function detailsOf(error: unknown): AsappErrorDetails {
  if (error instanceof AsappError) return error.details;
  const reason = error instanceof Error ? error.message : String(error);
  return invalidInput(`This item could not be read: ${reason}`).details;
}
