import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';

/** A server of our own on 127.0.0.1. */
export interface TestServer {
  port: number;
  close(): Promise<void>;
}

/** What arrived at a {@link startHttpServer}. */
export interface ArrivedRequest {
  method: string;
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
    const { method = '', url: path = '', headers } = request;
    const arrived: ArrivedRequest = { method, path, headers, body: '' };
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
