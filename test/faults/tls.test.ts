import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import tls from 'node:tls';

import { generate } from 'selfsigned';

import { useAsapp } from '../support/asapp';
import { refusesLook } from '../support/looks';
import { startTcpServer } from '../support/servers';
import { failedItem, OPERATIONS } from './support';

const asapp = useAsapp();

/** What arrived whole at the server; the relay damages what goes back on the connection on which it came. */
const arrived: string[] = [];
let certificate: string;
let server: Server;
let relay: Awaited<ReturnType<typeof startTcpServer>>;

beforeAll(async () => {
  const { private: key, cert } = generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  certificate = cert;
  server = createServer({ key, cert }, (request, response) => {
    if (refusesLook(request, response)) return;
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      arrived.push(body);
      response.end('{"conversationId": "C1", "messageId": "M1"}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  relay = await startTcpServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const before = arrived.length;
    const close = () => {
      client.destroy();
      upstream.destroy();
    };
    client.on('data', (chunk) => upstream.write(chunk)).on('close', close);
    upstream.on('data', (chunk) => client.write(arrived.length > before ? damaged(chunk) : chunk));
    upstream.on('error', close).on('close', close);
  });
});
afterAll(async () => {
  await relay.close();
  server.close();
});
beforeEach(() => {
  arrived.length = 0;
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** Lets this process trust the server, as NODE_EXTRA_CA_CERTS would from its start. */
function trustServer(): void {
  const { createSecureContext } = tls;
  jest
    .spyOn(tls, 'createSecureContext')
    .mockImplementation((options) => createSecureContext({ ...options, ca: certificate }));
}

/** A record begins with five bytes in the clear; one behind them is changed. */
function damaged(chunk: Buffer): Buffer {
  const copy = Buffer.from(chunk);
  copy[8] = (copy[8] ?? 0) ^ 0xff;
  return copy;
}

const credential = () => asapp.credential({ baseUrl: `https://localhost:${relay.port}` });

describe.each(OPERATIONS)('$operation', ({ parameters, repeatable }) => {
  test('a record that is damaged after the request arrived proves nothing', async () => {
    trustServer();
    const retries = repeatable ? 0 : 3;
    const error = await failedItem(asapp, {
      parameters: parameters({ options: { maxRetries: retries } }),
      credential: credential(),
    });
    expect(arrived).toHaveLength(1);
    expect(error).toMatchObject({
      kind: 'connectionFailed',
      message: expect.stringMatching(/\((ERR_SSL_\w+|EPROTO)\)$/) as string,
      retryable: repeatable,
      attempts: 1,
      phase: 'sent',
      ...(repeatable ? {} : { inDoubt: true, looks: 1 }),
    });
  });

  test('a certificate that is not trusted proves that nothing arrived', async () => {
    const error = await failedItem(asapp, { parameters: parameters(), credential: credential() });
    expect(arrived).toEqual([]);
    expect(error).toMatchObject({
      kind: 'connectionFailed',
      message: expect.stringContaining("the host's certificate is not trusted") as string,
      retryable: true,
      phase: 'notSent',
    });
    expect(error).not.toHaveProperty('inDoubt');
  });
});
