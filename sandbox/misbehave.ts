import { STATUS_CODES } from 'node:http';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { AsappError } from './errors';
import type { Fault } from './faultDefinition';

/** What a well sandbox would answer. */
export interface Answer {
  readonly status: number;
  readonly body?: object;
}

const ACCEPTED_BY_DEFAULT: Readonly<Record<Fault['fault'], boolean>> = {
  status: false,
  resetBeforeReading: false,
  resetAfterReading: true,
  noAnswer: true,
  truncatedBody: true,
  html: false,
  emptyBody: true,
  malformedBody: true,
  redirect: false,
  latency: true,
};

/** Well-formed JSON in which nothing has the type that the contract promises. */
function malformed({ body }: Answer): unknown {
  const entries = Object.entries(body ?? { conversationId: '' });
  if (entries.length === 0) return [42];
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === 'string' ? 42 : 'none']));
}

/** Whether a request that this fault hits counts as accepted. */
export function isAccepted(fault: Fault): boolean {
  return fault.accepted ?? ACCEPTED_BY_DEFAULT[fault.fault];
}

/** Sends the regular answer. */
export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  return reply.code(answer.status).send(answer.body);
}

/** Breaks the connection with a TCP reset; the client gets no answer. */
export function resetConnection(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  request.raw.socket.resetAndDestroy();
  return reply;
}

/** Announces the whole answer, sends half of it, and closes the connection. */
function sendTruncated(reply: FastifyReply, answer: Answer): FastifyReply {
  const bytes = Buffer.from(JSON.stringify(answer.body ?? { status: 'authenticated' }));
  reply.hijack();
  // The client may have gone during a delay; writing to it then would be an uncaught error.
  if (reply.raw.destroyed) return reply;
  reply.raw.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
  reply.raw.write(bytes.subarray(0, bytes.length / 2), () => reply.raw.destroy());
  return reply;
}

/** What a gateway shows. */
export function htmlPage(status: number): string {
  const title = `${status} ${STATUS_CODES[status] ?? 'Unknown'}`;
  return `<html>
<head><title>${title}</title></head>
<body>
<center><h1>${title}</h1></center>
<hr><center>proxy</center>
</body>
</html>
`;
}

/** By default the same address on another loopback host, where nobody listens. */
function redirectLocation(request: FastifyRequest, location: string | undefined): string {
  return location ?? `http://127.0.0.2:${request.raw.socket.localPort ?? 80}${request.url}`;
}

/** Answers a request the way its fault wants it. Booking and delay are up to the caller. */
export function misbehave(
  fault: Fault,
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer,
): FastifyReply {
  switch (fault.fault) {
    case 'status':
      if (fault.retryAfter !== undefined) void reply.header('retry-after', fault.retryAfter);
      throw new AsappError(fault.status, fault.message, fault.code);
    case 'resetBeforeReading':
    case 'resetAfterReading':
      return resetConnection(request, reply);
    case 'noAnswer':
      reply.hijack();
      return reply;
    case 'truncatedBody':
      return sendTruncated(reply, answer);
    case 'html':
      return reply.code(fault.status).type('text/html').send(htmlPage(fault.status));
    case 'emptyBody':
      return reply
        .code(fault.status ?? 200)
        .type('application/json')
        .send('');
    case 'malformedBody':
      return reply.code(fault.status ?? 200).send(malformed(answer));
    case 'redirect':
      return reply
        .code(fault.status ?? 302)
        .header('location', redirectLocation(request, fault.location))
        .send();
    case 'latency':
      return sendAnswer(reply, answer);
  }
}
