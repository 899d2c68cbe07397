// Generated from spec/asapp.openapi.yaml by npm run contract. Do not edit.

/** Every call of the specification by its operationId, with the status and the body of its success. */
export const ENDPOINTS = {
  getHealth: {
    method: 'GET',
    path: '/v1/health',
    success: 200,
    answer: { types: { healthCheck: 'string' }, required: [] },
  },
  getConversations: {
    method: 'GET',
    path: '/conversation/v1/conversations',
    success: 200,
    answer: { types: { items: 'array' }, required: [] },
  },
  createOrUpdateConversation: {
    method: 'POST',
    path: '/conversation/v1/conversations',
    success: 200,
    answer: { types: { id: 'string' }, required: [] },
  },
  getConversation: {
    method: 'GET',
    path: '/conversation/v1/conversations/{conversationId}',
    success: 200,
    answer: {
      types: { id: 'string', externalId: 'string', agent: 'object', customer: 'object', metadata: 'object' },
      required: ['externalId', 'customer'],
    },
  },
  postAuthenticate: {
    method: 'POST',
    path: '/conversation/v1/conversations/{conversationId}/authenticate',
    success: 204,
  },
  getMessages: {
    method: 'GET',
    path: '/conversation/v1/conversations/{conversationId}/messages',
    success: 200,
    answer: { types: { items: 'array' }, required: [] },
  },
  createMessage: {
    method: 'POST',
    path: '/conversation/v1/conversations/{conversationId}/messages',
    success: 200,
    answer: { types: { id: 'string' }, required: [] },
  },
  createBatchMessages: {
    method: 'POST',
    path: '/conversation/v1/conversations/{conversationId}/messages/batch',
    success: 200,
    answer: { types: {}, required: [] },
  },
  getMessage: {
    method: 'GET',
    path: '/conversation/v1/conversations/{conversationId}/messages/{messageId}',
    success: 200,
    answer: {
      types: {
        text: 'string',
        sender: 'object',
        messageId: 'string',
        createdTimestamp: 'string',
        clientTimestamp: 'string',
      },
      required: ['text', 'sender', 'messageId', 'createdTimestamp', 'clientTimestamp'],
    },
  },
  getMessagesByExternalId: {
    method: 'GET',
    path: '/conversation/v1/conversation/messages',
    success: 200,
    answer: { types: { items: 'array' }, required: [] },
  },
  postAnalyze: {
    method: 'POST',
    path: '/generativeagent/v1/analyze',
    success: 200,
    answer: { types: { conversationId: 'string', messageId: 'string' }, required: [] },
  },
  postStreams: {
    method: 'POST',
    path: '/generativeagent/v1/streams',
    success: 200,
    answer: {
      types: { streamId: 'string', streamingUrl: 'string', messageTypes: 'array' },
      required: ['streamId', 'streamingUrl', 'messageTypes'],
    },
  },
  getState: {
    method: 'GET',
    path: '/generativeagent/v1/state',
    success: 200,
    answer: {
      types: {
        state: 'string',
        lastGenerativeAgentMessageId: 'string',
        currentTaskName: 'string',
        inputVariables: 'object',
      },
      required: [],
    },
  },
  createCallTransfer: {
    method: 'POST',
    path: '/generativeagent/v1/call-transfers',
    success: 200,
    answer: {
      types: {
        id: 'string',
        externalConversationId: 'string',
        status: 'string',
        type: 'string',
        phoneNumber: 'object',
        sip: 'object',
        inputContext: 'object',
      },
      required: ['id', 'externalConversationId', 'type'],
    },
  },
  getCallTransfer: {
    method: 'GET',
    path: '/generativeagent/v1/call-transfers/{callTransferId}',
    success: 200,
    answer: {
      types: {
        id: 'string',
        externalConversationId: 'string',
        status: 'string',
        createdAt: 'string',
        callReceivedAt: 'string',
        completedAt: 'string',
        inputContext: 'object',
        outputContext: 'object',
        type: 'string',
        phoneNumber: 'object',
        sip: 'object',
      },
      required: ['id', 'externalConversationId', 'status', 'createdAt', 'type'],
    },
  },
  createFreeTextSummary: {
    method: 'POST',
    path: '/autosummary/v1/free-text-summaries',
    success: 200,
    answer: { types: { conversationId: 'string', summaryId: 'string', summaryText: 'string' }, required: [] },
  },
  createStructuredData: {
    method: 'POST',
    path: '/autosummary/v1/structured-data',
    success: 200,
    answer: {
      types: { conversationId: 'string', id: 'string', structuredDataMetrics: 'array' },
      required: [],
    },
  },
  createIntent: {
    method: 'POST',
    path: '/autosummary/v1/intent',
    success: 200,
    answer: { types: { intent: 'object' }, required: [] },
  },
  createFeedbackEvent: {
    method: 'POST',
    path: '/autosummary/v1/feedback/free-text-summaries/{conversationId}',
    success: 202,
  },
} as const;
