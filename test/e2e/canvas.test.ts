import { readExamples } from '../../scripts/n8n/examples';
import { openBrowser, type EditorBrowser } from './support/browser';
import { canvasNode, openWorkflow } from './support/editor';
import { sharedN8n } from './support/n8n';
import { importWorkflows } from './support/runs';

const n8n = sharedN8n();
const examples = readExamples();

let editor: EditorBrowser;
beforeAll(async () => {
  await importWorkflows(n8n, examples);
  editor = await openBrowser(n8n);
});
afterAll(async () => {
  await editor?.browser.close();
});

test.each(examples.map(({ id }) => id))('the canvas shows every node of %s', async (id) => {
  const { page } = editor;
  await openWorkflow(page, id);
  const nodes = page.getByTestId('canvas-node');
  const names = await nodes.evaluateAll((all) => all.map((node) => node.getAttribute('data-node-name')));
  const nodesOfExample = examples.find((example) => example.id === id)?.nodes ?? [];
  const expected = nodesOfExample.filter(({ type }) => type !== 'n8n-nodes-base.stickyNote');
  expect(names.sort()).toEqual(expected.map(({ name }) => name).sort());
});

test.each([
  ['light', 'asapp.svg'],
  ['dark', 'asapp.dark.svg'],
] as const)('the icon suits the %s theme', async (colorScheme, file) => {
  const { page } = editor;
  await page.emulateMedia({ colorScheme });
  await openWorkflow(page, 'authenticate-and-analyze');
  const icon = canvasNode(page, 'Analyze Conversation').locator(`img[src$="/${file}"]`);
  await icon.waitFor();
  const width = await icon.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth);
  expect(width).toBeGreaterThan(0);
});

test('nothing is complained about', () => {
  expect(editor.complaints()).toEqual([]);
});
