import { connectWebhook, readExamples, webhookUrl } from '../../scripts/n8n/examples';
import { ANALYZE, analysis, clientOf } from '../unit/sandbox/client';
import {
  canvasNode,
  choose,
  chooseAlso,
  closePanel,
  fill,
  messagesGone,
  newWorkflow,
  openWorkflow,
  outputLabels,
  searchNode,
} from './support/editor';
import { eventually } from './support/eventually';
import { documentCanvas, documentImage } from './support/images';
import { sharedN8n } from './support/n8n';
import { importWorkflows } from './support/runs';
import { useEditor } from './support/suite';

const n8n = sharedN8n();
const editor = useEditor(n8n);
beforeAll(async () => {
  await connectWebhook(n8n.api, editor.sandbox, webhookUrl(n8n.url));
  await importWorkflows(n8n, readExamples());
});

/** Adds a trigger to a new workflow by one of its events, as the list of nodes offers it. */
async function addTrigger(name: string, event: string): Promise<void> {
  const { page } = editor;
  await newWorkflow(page);
  const found = await searchNode(page, 'ASAPP');
  await found.filter({ has: page.getByText(name, { exact: true }) }).click();
  await page.getByTestId('node-creator-item-name').filter({ hasText: event }).click();
  await page.getByTestId('ndv').waitFor();
}

/** Chooses one more event and an output for each. */
async function giveEachEventAnOutput(): Promise<void> {
  const { page } = editor;
  await chooseAlso(page, 'events', 'Transfer to System');
  await choose(page, 'outputMode', 'One Output per Event');
}

/** A customer asks for a refund, with which GenerativeAgent hands over to the system. */
async function askForRefund(conversationId: string, streamId?: string): Promise<void> {
  const body = { ...analysis(conversationId, 'I want a refund'), streamId };
  expect((await clientOf(editor.sandbox).post(ANALYZE, body)).status).toBe(200);
}

describe('ASAPP Trigger', () => {
  test('a test event arrives', async () => {
    const { page } = editor;
    await addTrigger('ASAPP', 'On transfer to agent');
    await giveEachEventAnOutput();
    await page.getByText('Webhook URLs').click();
    const url = await page.locator('.webhook-url').innerText();
    await connectWebhook(n8n.api, editor.sandbox, url.trim());
    await page.getByTestId('trigger-execute-button').click();
    await page.getByTestId('trigger-listening').waitFor();
    await askForRefund('WEBHOOKEVENT');
    const output = page.getByTestId('output-panel');
    await output.getByText('To System Branch (1 item)').click();
    await output.getByText('WEBHOOKEVENT').first().waitFor();
    expect(await output.innerText()).toContain('handle_refund_requests');
  });

  test('each event has an output on the canvas', async () => {
    const { page } = editor;
    await closePanel(page);
    expect(await outputLabels(page, 'ASAPP Trigger')).toEqual(['Other Events', 'To Agent', 'To System']);
  });
});

describe('ASAPP Stream Trigger', () => {
  test('a test event arrives', async () => {
    const { page } = editor;
    await addTrigger('ASAPP Stream', 'On reply');
    await fill(page, 'streamId', 'n8n-support');
    await giveEachEventAnOutput();
    await page.getByTestId('node-execute-button').click();
    await eventually('the stream', () => editor.sandbox.streams.isConnected('n8n-support') || undefined);
    await askForRefund('STREAMEVENT', 'n8n-support');
    const output = page.getByTestId('output-panel');
    await output.getByText('Reply Branch (1 item)').click();
    await output.getByText('STREAMEVENT').first().waitFor();
    expect(await output.innerText()).toContain('I am handing you over to our refund desk.');
    await eventually(
      'the end of the stream',
      () => !editor.sandbox.streams.isConnected('n8n-support') || undefined,
    );
    await messagesGone(page);
    await output.getByText('Schema', { exact: true }).click();
    await output.getByText('externalConversationId').first().waitFor();
    await documentImage(page, 'stream-trigger.png');
  });

  test('each event has an output on the canvas', async () => {
    const { page } = editor;
    await closePanel(page);
    expect(await outputLabels(page, 'ASAPP Stream Trigger')).toEqual(['Other Events', 'Reply', 'To System']);
    expect(await canvasNode(page, 'ASAPP Stream Trigger').getByTestId('node-issues').count()).toBe(0);
  });
});

test('an example connects each event to what follows', async () => {
  const { page } = editor;
  await openWorkflow(page, 'events-by-webhook');
  expect(await outputLabels(page, 'ASAPP Trigger')).toEqual([
    'Other Events',
    'Reply',
    'Auth Request',
    'To Agent',
    'To System',
  ]);
  await documentCanvas(page, 'event-outputs.png');
});

test('nothing is complained about', () => {
  expect(editor.complaints()).toEqual([]);
});
