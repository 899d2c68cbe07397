/**
 * The local ASAPP in a process of its own, so that its work takes no time of those that are measured. Ends when its
 * parent does.
 */
import { readFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { createServer } from 'node:tls';

import { startSandbox } from '../../sandbox';
import type { Answer, AsappAddress, AsappOptions, Question } from './messages';
import { summarize } from './summary';

/** Ends TLS and hands the bytes on. */
async function startTlsProxy(
  { key, certificate }: NonNullable<AsappOptions['tls']>,
  port: number,
): Promise<string> {
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (client) => {
    const upstream = connect({ host: '127.0.0.1', port, noDelay: true });
    client.setNoDelay(true);
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen({ host: 'localhost', port: 0, backlog: 4096 }, resolve));
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? '{}') as AsappOptions;
  const sandbox = await startSandbox(options);
  const port = Number(new URL(sandbox.url).port);
  const secureUrl = options.tls === undefined ? undefined : await startTlsProxy(options.tls, port);
  process.on('message', (question: Question) => {
    const answer: Answer = question === 'summary' ? summarize(sandbox.ledger) : 'done';
    if (question === 'reset') {
      sandbox.ledger.clear();
      sandbox.faults.clear();
    }
    process.send?.(answer);
  });
  process.on('disconnect', () => process.exit());
  const { url, apiId, apiSecret } = sandbox;
  const address: AsappAddress = { url, secureUrl, apiId, apiSecret };
  process.send?.(address);
}

void main();
