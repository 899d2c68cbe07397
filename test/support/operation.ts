import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { runAsapp, type Asapp, type AsappRun, type AsappRunOptions } from './asapp';
import { parametersOf } from './parameters';

type RunOperation = (
  name: string,
  changes?: INodeParameters,
  options?: Partial<AsappRunOptions>,
) => Promise<AsappRun>;

/** Runs an operation, such as `message.create`, with anything of its valid parameters replaced; a failed item is data. */
export function operationRunner(asapp: Asapp): RunOperation {
  return async (name, changes, options) =>
    await runAsapp(asapp, {
      parameters: parametersOf(name, changes),
      node: { onError: 'continueRegularOutput' },
      ...options,
    });
}

/** The message of a failed item. */
export function messageOf({ error }: IDataObject): string | undefined {
  return (error as { message: string } | undefined)?.message;
}
