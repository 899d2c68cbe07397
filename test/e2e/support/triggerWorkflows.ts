import type { INodeParameters } from 'n8n-workflow';

import type { Example } from '../../../scripts/n8n/examples';

/** A workflow of a trigger of this package, and a node after it that does nothing. */
export function triggerAlone(
  id: string,
  type: 'asappTrigger' | 'asappStreamTrigger',
  parameters: INodeParameters,
): Example {
  return {
    id,
    name: id,
    nodes: [
      {
        id: `${id}-trigger`,
        name: 'Trigger',
        type: `n8n-nodes-asapp.${type}`,
        typeVersion: 1,
        position: [0, 0],
        parameters,
        ...(type === 'asappTrigger'
          ? {
              webhookId: `${id}-events`,
              credentials: { asappWebhookApi: { id: 'asappWebhook', name: 'ASAPP Webhook API' } },
            }
          : { credentials: { asappApi: { id: 'asapp', name: 'ASAPP API' } } }),
      },
      {
        id: `${id}-end`,
        name: 'End',
        type: 'n8n-nodes-base.noOp',
        typeVersion: 1,
        position: [200, 0],
        parameters: {},
      },
    ],
    connections: { Trigger: { main: [[{ node: 'End', type: 'main', index: 0 }]] } },
    settings: { executionOrder: 'v1' },
  };
}
