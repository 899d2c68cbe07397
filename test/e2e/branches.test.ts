import { startSandbox, type Sandbox } from '../../sandbox';
import { connectSandbox, readExamples } from '../../scripts/n8n/examples';
import { openBrowser, type EditorBrowser } from './support/browser';
import { canvasNode, choose, closePanel, messagesGone, openWorkflow, outputLabels } from './support/editor';
import { documentImage } from './support/images';
import { sharedN8n } from './support/n8n';
import { importWorkflows } from './support/runs';

const n8n = sharedN8n();
const BRANCHES = ['Retry Later', 'Fix Request', 'Not Found', 'Conflict', 'Check Credentials', 'Other Errors'];

let sandbox: Sandbox;
let editor: EditorBrowser;
beforeAll(async () => {
  sandbox = await startSandbox();
  await connectSandbox(n8n.api, sandbox);
  await importWorkflows(n8n, readExamples());
  editor = await openBrowser(n8n);
});
afterAll(async () => {
  await editor?.browser.close();
  await sandbox?.close();
});

test('own branches become labelled outputs', async () => {
  const { page } = editor;
  await openWorkflow(page, 'authenticate-and-analyze');
  await canvasNode(page, 'Analyze Conversation').dblclick();
  await choose(page, 'errorHandling', 'Own Branches');
  await closePanel(page);
  // The node's On Error is the error output, which n8n adds below; it stays empty.
  await expectLabels('Analyze Conversation', ['Success', ...BRANCHES, 'Error']);
});

test('a failed item shows its input, the words of ASAPP and the request ID on its branch', async () => {
  const { page } = editor;
  await openWorkflow(page, 'error-branches');
  await page.getByTestId('zoom-to-fit').click();
  await page.getByTestId('execute-workflow-button').click();
  await canvasNode(page, 'Summary').getByTestId('canvas-node-status-success').waitFor({ timeout: 60_000 });
  await messagesGone(page);
  await documentImage(page, 'error-branches.png');
  await canvasNode(page, 'Post to Team').dblclick();
  const output = page.getByTestId('output-panel');
  await output.getByText('FAULT404IDA').first().waitFor();
  const text = await output.innerText();
  for (const word of ['notFound', 'requestId', 'errorBranch', 'Where is my order?'])
    expect(text).toContain(word);
});

test('nothing is complained about', () => {
  expect(editor.complaints()).toEqual([]);
});

async function expectLabels(name: string, labels: string[]): Promise<void> {
  await canvasNode(editor.page, name)
    .getByText(labels.at(-1) ?? '', { exact: true })
    .waitFor();
  expect(await outputLabels(editor.page, name)).toEqual(labels);
}
