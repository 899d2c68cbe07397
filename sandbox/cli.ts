import { parseCommandLine, USAGE } from './cliOptions';
import { startSandbox, type RequestEnd, type Sandbox } from './index';

function logLine({ method, path, conversationId, status, fault }: RequestEnd): string {
  // The id comes from the body of a stranger: encoded, it stays on its line.
  const conversation = conversationId === undefined ? '-' : encodeURIComponent(conversationId);
  const outcome = [status, fault && `fault ${fault}`].filter(Boolean).join(', ');
  return `${method} ${path} ${conversation} ${outcome || 'given up by the client'}`;
}

function banner({ url, apiId, apiSecret, faults, streams, webhook }: Sandbox): string {
  return `ASAPP sandbox at ${url}

In the n8n credential choose the environment Custom:
  Base URL    ${url}
  API ID      ${apiId}
  API Secret  ${apiSecret}

Ledger  ${url}/sandbox/ledger
Talk    ${url}/sandbox/conversations
Faults  ${url}/sandbox/faults (${faults.list().length} set)
Streams ${streams.url} (addresses come from POST /generativeagent/v1/streams)
Webhook ${webhook.origin ?? 'none'}
`;
}

async function main(): Promise<void> {
  const options = parseCommandLine(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(USAGE);
    return;
  }
  const sandbox = await startSandbox({ ...options, onRequestEnd: (end) => console.log(logLine(end)) });
  console.log(banner(sandbox));
  const stop = (): void => void sandbox.close();
  // The terminal and the script that started this process may both send the signal.
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

main().catch((error: unknown) => {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  console.error(line);
  process.exitCode = 1;
});
