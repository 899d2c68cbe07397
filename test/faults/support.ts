import type { ICredentialDataDecryptedObject, IDataObject, INodeParameters } from 'n8n-workflow';

import { runAsapp, type Asapp, type AsappRunOptions } from '../support/asapp';
import { REFUSED } from '../support/looks';
import { analyzeParameters, authenticateParameters } from '../support/parameters';

/**
 * What can be asked of ASAPP; `call` is its operation in the sandbox, and `repeatable` tells whether the same request may
 * arrive twice without harm. What may not is looked for in its conversation when it may have arrived.
 */
export interface OperationCase {
  operation: string;
  call: 'analyze' | 'authenticate';
  parameters(changes?: INodeParameters): INodeParameters;
  repeatable: boolean;
}

export const OPERATIONS: OperationCase[] = [
  {
    operation: 'Analyze with a message',
    call: 'analyze',
    parameters: analyzeParameters,
    repeatable: false,
  },
  {
    operation: 'Analyze without a message',
    call: 'analyze',
    parameters: (changes = {}) => analyzeParameters({ sendMessage: false, ...changes }),
    repeatable: true,
  },
  {
    operation: 'Authenticate',
    call: 'authenticate',
    parameters: authenticateParameters,
    repeatable: true,
  },
];

/** The fields of the item that {@link failedItem} sends through the node; they must come out with the error. */
export const FIELDS: IDataObject = { ticket: 4711, customer: { tier: 'gold', tags: ['a', 'b'] } };

/** The request ID of the sandbox, a new one for each answer. */
export const REQUEST_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One sentence that ends as one. */
export const ADVICE = /^\S.*\.$/;

const LOOK_FIRST = 'Look at the conversation before you send the item again\\.';

/** What an item says that ASAPP refused as a conflict, and whose conversation did not have it. */
export const REFUSED_AS_CONFLICT =
  /^ASAPP refused this item, and its conversation did not have it \d+(\.\d)? s later \(3 looks\): compare the item with what the conversation holds, then run it again\.$/;

/** What an item in doubt says whose conversation could be read and did not have it; then what else helps, if anything. */
export const UNSEEN = new RegExp(
  `^ASAPP may still accept this item: its conversation did not have it \\d+(\\.\\d)? s later \\(3 looks\\)\\. ${LOOK_FIRST}( \\S.*\\.)?$`,
);

/** What an item in doubt says whose conversation may not be read; then what else helps. */
export const UNREADABLE = new RegExp(
  `^ASAPP may have accepted this item, and its conversation could not be looked at \\(1 look\\): ${REFUSED}\\. ${LOOK_FIRST} \\S.*\\.$`,
);

/** Runs one item that must fail, and returns its error after checking that its fields came with it. */
export async function failedItem(
  asapp: Asapp,
  options: { parameters: INodeParameters; credential?: ICredentialDataDecryptedObject },
): Promise<IDataObject> {
  const [error = {}] = await failedItems(asapp, { ...options, items: [FIELDS] });
  return error;
}

/** Runs items that must all fail, and returns their errors after checking that the fields of each came with it. */
export async function failedItems(
  asapp: Asapp,
  options: {
    parameters: INodeParameters;
    credential?: ICredentialDataDecryptedObject;
    items: IDataObject[];
  },
): Promise<IDataObject[]> {
  const run: AsappRunOptions = { ...options, node: { onError: 'continueErrorOutput' } };
  const { outputs, error: stopped } = await runAsapp(asapp, run);
  expect(stopped).toBeUndefined();
  expect(outputs).toHaveLength(2);
  expect(outputs[0]).toEqual([]);
  const failed = outputs[1]?.map(({ json }) => json) ?? [];
  expect(failed.map(({ error: _error, ...fields }) => fields)).toEqual(options.items);
  return failed.map(({ error }) => error as IDataObject);
}
