import { readExamples } from '../../scripts/n8n/examples';
import {
  canvasNode,
  choose,
  closePanel,
  field,
  itemCounts,
  messagesGone,
  openWorkflow,
  outputLabels,
} from './support/editor';
import { eventually } from './support/eventually';
import { documentCanvas } from './support/images';
import { sharedN8n } from './support/n8n';
import { importWorkflows } from './support/runs';
import { useEditor } from './support/suite';

const n8n = sharedN8n();
const BRANCHES = ['Check First', 'Retry Later', 'Fix Request', 'Not Found', 'Check Key'];
const editor = useEditor(n8n);
beforeAll(async () => {
  await importWorkflows(n8n, readExamples());
});

test('own branches become labelled outputs', async () => {
  const { page } = editor;
  await openWorkflow(page, 'authenticate-and-analyze');
  await canvasNode(page, 'Analyze Conversation').dblclick();
  await choose(page, 'errorHandling', 'Own Branches');
  await closePanel(page);
  // The node's On Error is the error output, which n8n adds below; it stays empty.
  await expectLabels('Analyze Conversation', ['Success', 'Other Errors', ...BRANCHES, 'Error']);
});

test('a branch that is renamed and one that is added change the outputs', async () => {
  const { page } = editor;
  await canvasNode(page, 'Analyze Conversation').dblclick();
  const names = field(page, 'name').locator('input');
  await names.nth(0).fill('Try Tomorrow');
  await page.getByTestId('fixed-collection-add').filter({ hasText: 'Add Branch' }).click();
  await names.nth(5).fill('Too Long');
  await closePanel(page);
  const [, ...others] = BRANCHES;
  await expectLabels('Analyze Conversation', [
    'Success',
    'Other Errors',
    'Try Tomorrow',
    ...others,
    'Too Long',
    'Error',
  ]);
});

test('the connections say how many items took which branch, and a failed item shows what happened', async () => {
  const { page } = editor;
  await openWorkflow(page, 'error-branches');
  await page.getByTestId('zoom-to-fit').click();
  await page.getByTestId('execute-workflow-button').click();
  await canvasNode(page, 'Summary').getByTestId('canvas-node-status-success').waitFor({ timeout: 60_000 });
  // The editor shows the last of the four rounds a moment after the run's end.
  const counts = await eventually('the count of the last round', async () => {
    const shown = await itemCounts(page, 'Analyze');
    return shown['Count Failures'] === '8 items total' ? shown : undefined;
  });
  expect(counts).toEqual({
    Analyzed: '10 items total',
    'Count Failures': '8 items total',
    'Fix Data': '2 items total',
    'Post to Team': '2 items total',
    'Look It Up': '2 items total',
    'Page Operations': '1 item total',
    'Open a Ticket': '1 item total',
  });
  await messagesGone(page);
  await documentCanvas(page, 'error-branches.png');
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
