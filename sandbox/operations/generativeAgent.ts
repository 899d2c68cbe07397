import { nextId } from '../conversations/conversations';
import { AsappError } from '../errors';
import { EVENT_NAME } from '../streams/framing';
import type { OperationHandlers } from './handler';

export const generativeAgentHandlers: OperationHandlers = {
  postAnalyze: {
    outcome(request, { ledger, conversations, generativeAgent }) {
      const { body: analysis, sequence } = request;
      const { conversationId, message } = analysis;
      const messageId = message && nextId();
      return {
        body: { conversationId, ...(messageId !== undefined && { messageId }) },
        accept: () => {
          if (message) conversations.add(conversationId, message, messageId);
          else conversations.use(conversationId);
          ledger.acceptAnalysis(sequence, analysis, messageId);
          generativeAgent?.analyze(analysis);
        },
      };
    },
  },
  postStreams: {
    outcome({ body }, { streams }) {
      const address = streams.address(body.streamId);
      return {
        body: { ...address, messageTypes: [EVENT_NAME] },
        accept: () => streams.open(address),
      };
    },
  },
  getState: {
    check({ conversationId, query: { externalId } }) {
      if (conversationId !== undefined) return;
      if (externalId === undefined)
        throw new AsappError(400, 'ERROR - externalId or conversationId is required');
      throw new AsappError(404, `ERROR - There is no conversation with the external id ${externalId}`);
    },
    outcome({ conversationId = '' }, { generativeAgent }) {
      return { body: generativeAgent?.stateOf(conversationId) ?? { state: 'ready' } };
    },
  },
};
