import type { IncomingMessage, ServerResponse } from 'node:http';

import { EventServer } from './eventServer';

/** A message that was accepted; the first is 1. */
interface Accepted {
  number: number;
  conversationId: string;
  text: string;
}

/** What happens with a message instead of a 200. */
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * An ASAPP whose GenerativeAgent says what a test says, event by event: for what the sandbox's, which keeps the order of
 * a conversation, never does.
 */
export class AgentServer extends EventServer {
  readonly accepted: Accepted[] = [];
  /** What follows a message; `answer` is to be given to the request if it is not a 200. */
  onMessage: (message: Accepted) => Answer | undefined = () => undefined;

  constructor() {
    super();
    this.onConnect = (request, response, body) => {
      if (request.method !== 'POST') return false;
      this.analyze(
        request,
        response,
        JSON.parse(body) as { conversationId: string; message: { text: string } },
      );
      return true;
    };
  }

  /** Sends an event of a conversation: its type, and what else is in it. */
  event(conversationId: string, type: string, rest: object = {}): void {
    this.send({ conversationId, type, ...rest });
  }

  /** Sends a text of a conversation; it has a message ID of its own. */
  say(conversationId: string, text: string): void {
    this.event(conversationId, 'reply', { reply: { messageId: `M-${text}`, text } });
  }

  private analyze(
    request: IncomingMessage,
    response: ServerResponse,
    { conversationId, message }: { conversationId: string; message: { text: string } },
  ): void {
    const accepted = { number: this.accepted.length + 1, conversationId, text: message.text };
    this.accepted.push(accepted);
    const answer = this.onMessage(accepted);
    if (answer !== undefined) {
      answer(request, response);
      return;
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ conversationId, messageId: `message-${accepted.number}` }));
  }
}
