import type { IDataObject, IRun } from 'n8n-workflow';

import { connectWebhook, webhookUrl } from '../../scripts/n8n/examples';
import { itemsAt } from '../support/runData';
import { INTERACTIONS, type Interaction } from './support/interactions';
import { byStream, byWebhook, waiting } from './support/interactionWorkflows';
import { sharedN8n } from './support/n8n';
import { publish, triggeredRuns, unpublish } from './support/runs';
import { useSandbox } from './support/suite';

const n8n = sharedN8n();

/** What arrived in the workflow of one conversation. */
interface Heard {
  texts: unknown[];
  requests: unknown[];
  transfers: unknown[];
}

/** One item for each message, with all that was said to it. */
function heardByWaiting(runs: IRun[], conversationId: string): Heard {
  const items = runs
    .flatMap((run) => [...itemsAt(run, 'Analyze'), ...itemsAt(run, 'Authenticate')])
    .filter((item) => item.conversationId === conversationId);
  return {
    texts: items.flatMap(({ replies }) => (replies as IDataObject[]).map(({ text }) => text)),
    requests: items.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'reply'),
    transfers: items.flatMap(({ transfer }) => transfer ?? []),
  };
}

/** One item for each event. */
function heardByTrigger(runs: IRun[], conversationId: string): Heard {
  const at = (node: string) =>
    runs.flatMap((run) => itemsAt(run, node)).filter((item) => item.conversationId === conversationId);
  const authenticated = at('Authenticate').filter((item) => item.authenticated === true);
  return {
    texts: at('Reply').map(({ reply }) => (reply as IDataObject).text),
    requests: [
      ...authenticated.map(() => 'authenticationRequested'),
      ...[...at('Agent'), ...at('System')].map(({ type }) => type),
    ],
    transfers: at('System').map(({ transfer }) => transfer),
  };
}

const MESSAGES = INTERACTIONS.flatMap(({ says }) => says).length;
const EVENT_COUNT = INTERACTIONS.flatMap(({ replies, resumed = [], request = [] }) =>
  [replies, resumed, request].flat(2),
).length;

const suite = useSandbox(n8n);

/** Sends a chat message; resolves with what the workflow answers. */
async function say(path: string, { conversationId, context }: Interaction, text: string): Promise<unknown> {
  const response = await fetch(`${n8n.url}/webhook/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conversationId, text, ...context }),
  });
  expect(response.status).toBe(200);
  return await response.json();
}

describe.each([
  { way: 'Wait for Reply', file: waiting, executions: MESSAGES, heardBy: heardByWaiting },
  { way: 'ASAPP Trigger', file: byWebhook, executions: MESSAGES + EVENT_COUNT, heardBy: heardByTrigger },
  {
    way: 'ASAPP Stream Trigger',
    file: byStream,
    executions: MESSAGES + EVENT_COUNT,
    heardBy: heardByTrigger,
  },
])('$way', ({ file, executions, heardBy }) => {
  const path = String(file.nodes[0]?.parameters.path);
  const answers: Record<string, unknown[]> = {};
  let runs: IRun[];
  beforeAll(async () => {
    suite.sandbox.ledger.clear();
    suite.sandbox.webhook.clear();
    if (file === byWebhook) await connectWebhook(n8n.api, suite.sandbox, webhookUrl(n8n.url, [file]));
    await n8n.api.request('POST', '/workflows', file);
    await publish(n8n, file.id);
    await Promise.all(
      INTERACTIONS.map(async (interaction) => {
        const { conversationId, says } = interaction;
        answers[conversationId] = [];
        for (const text of says) answers[conversationId].push(await say(path, interaction, text));
      }),
    );
    runs = await triggeredRuns(n8n, file.id, executions);
  });
  afterAll(async () => {
    await unpublish(n8n, file.id);
  });

  test('runs every execution to its end', () => {
    expect(runs.map(({ status }) => status)).toEqual(runs.map(() => 'success'));
    expect(suite.sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
  });

  test.each(INTERACTIONS)('carries $name', (interaction) => {
    const { conversationId, replies, resumed = [], request, transfer } = interaction;
    const { texts, requests, transfers } = heardBy(runs, conversationId);
    // Executions that run side by side may end in another order than that of their events.
    expect(texts.sort()).toEqual([...replies.flat(), ...resumed].sort());
    expect(requests).toEqual(request === undefined ? [] : [request]);
    expect(transfers).toEqual(transfer === undefined ? [] : [transfer]);

    const messageIds = suite.sandbox.ledger.messagesOf(conversationId).map(({ messageId }) => messageId);
    expect(suite.sandbox.ledger.conversations.get(conversationId)?.authentications).toBe(
      request === 'authenticationRequested' ? 1 : 0,
    );
    expect(answers[conversationId]).toEqual(
      file === waiting
        ? (resumed.length > 0 ? [resumed] : replies).map((said) =>
            expect.objectContaining({ conversationId, reply: said.join('\n\n') }),
          )
        : messageIds.map((messageId) => ({ conversationId, messageId })),
    );
  });
});
