import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';

import type { ICredentialDataDecryptedObject, IDataObject, INodeParameters } from 'n8n-workflow';

import { runAsapp, type Asapp, type AsappRunOptions } from '../support/asapp';
import { analyzeParameters, authenticateParameters } from '../support/parameters';

/** What can be asked of ASAPP; `repeatable` tells whether the same request may arrive twice without harm. */
export interface OperationCase {
  operation: string;
  parameters(changes?: INodeParameters): INodeParameters;
  repeatable: boolean;
}

export const OPERATIONS: OperationCase[] = [
  { operation: 'Analyze with a message', parameters: analyzeParameters, repeatable: false },
  {
    operation: 'Analyze without a message',
    parameters: (changes = {}) => analyzeParameters({ sendMessage: false, ...changes }),
    repeatable: true,
  },
  { operation: 'Authenticate', parameters: authenticateParameters, repeatable: true },
];

/** The fields of the item that {@link failedItem} sends through the node; they must come out with the error. */
export const FIELDS: IDataObject = { ticket: 4711, customer: { tier: 'gold', tags: ['a', 'b'] } };

/** The request ID of the sandbox, a new one for each answer. */
export const REQUEST_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One sentence that ends as one. */
export const ADVICE = /^\S.*\.$/;

/** Runs one item that must fail, and returns its error after checking that its fields came with it. */
export async function failedItem(
  asapp: Asapp,
  options: { parameters: INodeParameters; credential?: ICredentialDataDecryptedObject },
): Promise<IDataObject> {
  const run: AsappRunOptions = { ...options, items: [FIELDS], node: { onError: 'continueErrorOutput' } };
  const { outputs, error: stopped } = await runAsapp(asapp, run);
  expect(stopped).toBeUndefined();
  expect(outputs).toHaveLength(2);
  expect(outputs[0]).toEqual([]);
  expect(outputs[1]).toHaveLength(1);
  const { error, ...fields } = outputs[1]?.[0]?.json ?? {};
  expect(fields).toEqual(FIELDS);
  return error as IDataObject;
}

/** A server of our own on 127.0.0.1. */
export interface TestServer {
  port: number;
  close(): Promise<void>;
}

/** What arrived at a {@link startHttpServer}. */
export interface ArrivedRequest {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Starts an HTTP server that records what arrives before `answer` answers it. */
export async function startHttpServer(
  answer: RequestListener,
): Promise<TestServer & { url: string; requests: ArrivedRequest[] }> {
  const requests: ArrivedRequest[] = [];
  const server = createServer((request, response) => {
    const arrived: ArrivedRequest = { path: request.url ?? '', headers: request.headers, body: '' };
    requests.push(arrived);
    request.on('data', (chunk: Buffer) => (arrived.body += chunk.toString()));
    request.on('end', () => answer(request, response));
  });
  const listening = await listen(server);
  return { ...listening, url: `http://127.0.0.1:${listening.port}`, requests };
}

/** Starts a TCP server that counts connections and hands each one to `serve`. */
export async function startTcpServer(
  serve: (socket: Socket) => void,
): Promise<TestServer & { connections(): number }> {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections += 1;
    socket.on('error', () => {});
    serve(socket);
  });
  return { ...(await listen(server)), connections: () => connections };
}

/** A port of 127.0.0.1 on which nobody listens. */
export async function closedPort(): Promise<number> {
  const { port, close } = await startTcpServer(() => {});
  await close();
  const refused = await new Promise<boolean>((resolve) => {
    connect(port, '127.0.0.1')
      .once('connect', () => resolve(false))
      .once('error', () => resolve(true));
  });
  expect(refused).toBe(true);
  return port;
}

async function listen(server: Server): Promise<TestServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
