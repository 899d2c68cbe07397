import { NodeConnectionTypes, type INodeType } from 'n8n-workflow';

import { ANALYZE } from './request';

/** Analyze as n8n's declarative style has it: no code, n8n's RoutingNode sends all items at once. */
export const declarativeNode: INodeType = {
  description: {
    displayName: 'Declarative',
    name: 'declarative',
    group: ['output'],
    version: 1,
    description: 'Analyze in the declarative style',
    defaults: { name: 'Declarative' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'asappApi', required: true }],
    requestDefaults: { baseURL: '={{ $credentials.baseUrl }}', headers: { accept: 'application/json' } },
    properties: [
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        default: 'analyze',
        options: [
          {
            name: 'Analyze',
            value: 'analyze',
            routing: { request: { method: 'POST', url: ANALYZE } },
          },
        ],
      },
      {
        displayName: 'Conversation ID',
        name: 'conversationId',
        type: 'string',
        default: '',
        routing: { send: { type: 'body', property: 'conversationId' } },
      },
      {
        displayName: 'Message Text',
        name: 'text',
        type: 'string',
        default: '',
        routing: { send: { type: 'body', property: 'message.text' } },
      },
      {
        displayName: 'Customer External ID',
        name: 'customer',
        type: 'string',
        default: '',
        routing: { send: { type: 'body', property: 'message.sender.externalId' } },
      },
      {
        displayName: 'Role',
        name: 'role',
        type: 'hidden',
        default: 'customer',
        routing: { send: { type: 'body', property: 'message.sender.role' } },
      },
      {
        displayName: 'Timestamp',
        name: 'timestamp',
        type: 'hidden',
        default: '={{ new Date().toISOString() }}',
        routing: { send: { type: 'body', property: 'message.timestamp' } },
      },
    ],
  },
};
