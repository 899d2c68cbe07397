import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { runAsapp, type Asapp, type AsappRunOptions } from './asapp';

/** Runs one item that must be refused before anything is sent, and returns what its message says. */
export async function refusal(
  asapp: Asapp,
  parameters: INodeParameters,
  item: IDataObject = {},
  settings: AsappRunOptions['settings'] = {},
): Promise<string> {
  const { json } = await runAsapp(asapp, {
    parameters,
    items: [item],
    node: { onError: 'continueRegularOutput' },
    settings,
  });
  expect(asapp.sandbox.ledger.requests).toEqual([]);
  expect(json[0]).toMatchObject({ error: { kind: 'invalidInput', attempts: 0, retryable: false } });
  return (json[0]?.error as { message: string }).message;
}

/** Runs one item that must be delivered, and returns the body that arrived, as text. */
export async function delivery(
  asapp: Asapp,
  parameters: INodeParameters,
  item: IDataObject = {},
  settings: AsappRunOptions['settings'] = {},
): Promise<string> {
  const { error } = await runAsapp(asapp, { parameters, items: [item], settings });
  expect(error).toBeUndefined();
  expect(asapp.sandbox.ledger.requests).toHaveLength(1);
  return asapp.sandbox.ledger.requests[0]?.rawBody ?? '';
}
