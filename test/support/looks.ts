import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import type { RequestRecord } from '../../sandbox';
import type { Asapp } from './asapp';
import { startHttpServer, type ArrivedRequest } from './servers';

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

/** What a look is refused with: it ends the search at once, half a second after the doubt. */
export const REFUSED = 'You may not read messages';

/** Lets the sandbox refuse every look. */
export function refuseLooks({ sandbox }: Asapp): void {
  sandbox.faults.set({ fault: 'status', status: 403, operation: 'getMessages', message: REFUSED });
}

const REFUSAL = JSON.stringify({ error: { requestId: 'r-look', code: '403-01', message: REFUSED } });

/** What goes back over the wire to what came over it: `answer`, unless it is a look, which is refused. */
export function onWire(arrived: Buffer, answer: string): string {
  const [method, url] = arrived.toString().split(' ', 2);
  if (!isLook(method, url)) return answer;
  const headers = [
    'content-type: application/json',
    `content-length: ${REFUSAL.length}`,
    'connection: close',
  ];
  return ['HTTP/1.1 403 Forbidden', ...headers, '', REFUSAL].join('\r\n');
}

/** Refuses the request if it is a look, as ASAPP would; whether it was one. */
export function refusesLook(request: IncomingMessage, response: ServerResponse): boolean {
  if (!isLook(request.method, request.url)) return false;
  response.writeHead(403, { 'content-type': 'application/json' }).end(REFUSAL);
  return true;
}

/** A server of our own in place of ASAPP, which refuses every look; `sent` is what else arrived. */
export async function startStandIn(
  answer: RequestListener,
): Promise<Awaited<ReturnType<typeof startHttpServer>> & { sent(): ArrivedRequest[] }> {
  const server = await startHttpServer((request, response) => {
    if (!refusesLook(request, response)) answer(request, response);
  });
  return { ...server, sent: () => server.requests.filter(({ method, path }) => !isLook(method, path)) };
}

function isLook(method = '', url = ''): boolean {
  return method === 'GET' && /\/messages$/.test(url);
}
