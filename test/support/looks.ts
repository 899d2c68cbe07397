import type { RequestRecord } from '../../sandbox';
import type { Asapp } from './asapp';

/** What the node reads to find out what became of an item. */
const LOOKS = ['getMessages', 'state'];

/** How often the messages of a conversation were read; of one or of all. */
export function looks({ sandbox }: Asapp, conversationId?: string): number {
  return sandbox.ledger.requests.filter(
    (request) =>
      request.operation === 'getMessages' && [undefined, request.conversationId].includes(conversationId),
  ).length;
}

/** The requests that arrived, but for those that look for what became of one; of one conversation or of all. */
export function sentRequests({ sandbox }: Asapp, conversationId?: string): RequestRecord[] {
  return sandbox.ledger.requests.filter(
    (request) =>
      !LOOKS.includes(request.operation) && [undefined, request.conversationId].includes(conversationId),
  );
}

/** Lets every look of the sandbox end the search at once: it is refused, half a second after the doubt. */
export function refuseLooks({ sandbox }: Asapp): void {
  sandbox.faults.set({ fault: 'status', status: 403, operation: 'getMessages', message: REFUSED });
}

/** What {@link refuseLooks} answers. */
export const REFUSED = 'You may not read messages';
