/**
 * The local ASAPP in a process of its own, so that its work takes no time of those that are measured. Ends when its
 * parent does.
 */
import { readFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { createServer } from 'node:tls';

import axios from 'axios';

import { startSandbox, type Sandbox } from '../../sandbox';
import type { Answer, AsappAddress, AsappOptions, PlannedOutage, Question } from './messages';
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

/** A server's first answers are slow; whoever is measured first would pay for them. */
async function warmUp({ url, apiId, apiSecret, ledger }: Sandbox): Promise<void> {
  const headers = { 'asapp-api-id': apiId, 'asapp-api-secret': apiSecret };
  const sender = { role: 'customer', externalId: 'customer-xyz' };
  for (let number = 0; number < 50; number++) {
    const message = { text: `Hello ${number}`, sender, timestamp: new Date().toISOString() };
    const body = { conversationId: 'WARMUP', message };
    await axios.post(`${url}/generativeagent/v1/analyze`, body, { headers, validateStatus: () => true });
  }
  ledger.clear();
}

/** When the planned outage was, in ms since the epoch. */
let outageTimes: { from: number; to: number } | undefined;

function plan(sandbox: Sandbox, { outage, afterMessages }: PlannedOutage): void {
  const timer = setInterval(() => {
    if (sandbox.ledger.messages.length < afterMessages) return;
    clearInterval(timer);
    const from = performance.timeOrigin + performance.now();
    outageTimes = { from, to: from + outage.seconds * 1_000 };
    sandbox.outage.start(outage);
  }, 5);
}

async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? '{}') as AsappOptions;
  const { generativeAgent, ...rest } = options;
  const sandbox = await startSandbox({
    ...rest,
    generativeAgent: generativeAgent !== undefined,
    ...generativeAgent,
  });
  await warmUp(sandbox);
  const port = Number(new URL(sandbox.url).port);
  const secureUrl = options.tls === undefined ? undefined : await startTlsProxy(options.tls, port);
  process.on('message', (question: Question) => {
    const answer: Answer =
      question === 'summary'
        ? { ...summarize(sandbox.ledger), ...(outageTimes && { outage: outageTimes }) }
        : 'done';
    if (typeof question === 'object') plan(sandbox, question);
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
