import { createServer, type AddressInfo } from 'node:net';

const HOST = '127.0.0.1';

/** A port of 127.0.0.1 that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  return await listenOnce(0);
}

/** Rejects with a line for people if nobody may listen on `port` of 127.0.0.1. */
export async function requireFreePort(port: number): Promise<void> {
  try {
    await listenOnce(port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new Error(`Port ${port} of ${HOST} is already in use`);
    throw new Error(`Port ${port} of ${HOST} may not be used (${code ?? String(error)})`);
  }
}

async function listenOnce(port: number): Promise<number> {
  const server = createServer();
  return await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: HOST, port }, () => {
      const address = server.address() as AddressInfo;
      server.close(() => resolve(address.port));
    });
  });
}
