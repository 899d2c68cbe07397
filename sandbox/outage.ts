import type { Server } from 'node:http';

import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

import { AsappError } from './errors';
import { htmlPage, resetConnection } from './misbehave';

const definition = z
  .object({
    how: z.enum(['status', 'html', 'reset', 'refused']),
    status: z.number().int().min(500).max(599).optional(),
    seconds: z.number().positive().max(3_600).optional(),
  })
  .strict();

/**
 * How nothing of ASAPP works for a while. `status`: each request is answered with it (503), in ASAPP's form. `html`: by a
 * gateway's page (502). `reset`: connections break, those with a request on its way as well. `refused`: nobody listens.
 * `seconds`: when it ends by itself; absent: never.
 */
export type OutageDefinition = z.infer<typeof definition>;

/** Checks what came from outside. @throws ZodError */
export function parseOutage(value: unknown): OutageDefinition {
  return definition
    .refine(({ how, seconds }) => how !== 'refused' || seconds !== undefined, {
      message: 'is needed, as nobody could end the outage',
      path: ['seconds'],
    })
    .parse(value);
}

/** Whether ASAPP is down; only its endpoints are, not those of the sandbox, unless nobody listens. */
export class Outage {
  #present: OutageDefinition | undefined;
  #timer: NodeJS.Timeout | undefined;
  #listening: { readonly server: Server; readonly host: string; readonly port: number } | undefined;

  /** Told once, when the server listens. */
  listens(server: Server, host: string, port: number): void {
    this.#listening = { server, host, port };
  }

  get present(): OutageDefinition | undefined {
    return this.#present;
  }

  /** Begins an outage, in place of one that goes on. */
  start(outage: OutageDefinition): void {
    this.end();
    this.#present = outage;
    const { how, seconds } = outage;
    const server = this.#listening?.server;
    if (how === 'reset') server?.closeAllConnections();
    if (how === 'refused') server?.close();
    if (seconds !== undefined) this.#timer = setTimeout(() => this.end(), seconds * 1_000);
  }

  end(): void {
    clearTimeout(this.#timer);
    const wasRefused = this.#present?.how === 'refused';
    this.#present = undefined;
    if (wasRefused && this.#listening !== undefined) {
      const { server, host, port } = this.#listening;
      server.listen({ host, port });
    }
  }

  /** Whether the request was dealt with. @throws AsappError for an answer in ASAPP's form. */
  meets(request: FastifyRequest, reply: FastifyReply): boolean {
    const outage = this.#present;
    if (outage === undefined) return false;
    const { how, status } = outage;
    if (how === 'status') throw new AsappError(status ?? 503, 'ERROR - Out of service');
    if (how === 'html')
      void reply
        .code(status ?? 502)
        .type('text/html')
        .send(htmlPage(status ?? 502));
    else resetConnection(request, reply);
    return true;
  }

  /** The sandbox closes: nothing is to listen again. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#listening = undefined;
  }
}
