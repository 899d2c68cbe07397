import type { ICredentialDataDecryptedObject, IDataObject, INodeParameters } from 'n8n-workflow';

import { runAsapp, type Asapp, type AsappRunOptions } from '../support/asapp';
import { analyzeParameters, authenticateParameters } from '../support/parameters';

/** What can be asked of ASAPP; `repeatable` tells whether the same request may arrive twice without harm. */
export interface OperationCase {
  operation: string;
  parameters(changes?: INodeParameters): INodeParameters;
  repeatable: boolean;
}

export const OPERATIONS: OperationCase[] = [
  { operation: 'Analyze with a message', parameters: analyzeParameters, repeatable: false },
  {
    operation: 'Analyze without a message',
    parameters: (changes = {}) => analyzeParameters({ sendMessage: false, ...changes }),
    repeatable: true,
  },
  { operation: 'Authenticate', parameters: authenticateParameters, repeatable: true },
];

/** The fields of the item that {@link failedItem} sends through the node; they must come out with the error. */
export const FIELDS: IDataObject = { ticket: 4711, customer: { tier: 'gold', tags: ['a', 'b'] } };

/** The request ID of the sandbox, a new one for each answer. */
export const REQUEST_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One sentence that ends as one. */
export const ADVICE = /^\S.*\.$/;

/** Runs one item that must fail, and returns its error after checking that its fields came with it. */
export async function failedItem(
  asapp: Asapp,
  options: { parameters: INodeParameters; credential?: ICredentialDataDecryptedObject },
): Promise<IDataObject> {
  const run: AsappRunOptions = { ...options, items: [FIELDS], node: { onError: 'continueErrorOutput' } };
  const { outputs, error: stopped } = await runAsapp(asapp, run);
  expect(stopped).toBeUndefined();
  expect(outputs).toHaveLength(2);
  expect(outputs[0]).toEqual([]);
  expect(outputs[1]).toHaveLength(1);
  const { error, ...fields } = outputs[1]?.[0]?.json ?? {};
  expect(fields).toEqual(FIELDS);
  return error as IDataObject;
}
