import { RESOURCES } from '../../nodes/Asapp/operations';
import {
  canvasNode,
  choose,
  chooseAction,
  closePanel,
  executeStep,
  field,
  fill,
  messagesGone,
  newWorkflow,
  openSettings,
  outputLabels,
  searchNode,
} from './support/editor';
import { eventually } from './support/eventually';
import { documentImage } from './support/images';
import { sharedN8n } from './support/n8n';
import { useEditor } from './support/suite';

const n8n = sharedN8n();
const AUTHENTICATE = 'Authenticate customer in conversation';
const ANALYZE = 'Analyze conversation';
const ACTIONS = RESOURCES.flatMap(({ operations }) => operations.map(({ option }) => option.action));
const CONVERSATION = '01BX5ZZKBKACTAV9WEVGEMMVS0';
const editor = useEditor(n8n);

// Each test goes on with the workflow as the one before left it.
test('the search finds the nodes, their actions and their events', async () => {
  const { page } = editor;
  await newWorkflow(page);
  const found = await searchNode(page, 'ASAPP');
  await found.first().waitFor();
  expect(await found.getByTestId('node-creator-item-name').allInnerTexts()).toEqual([
    'ASAPP',
    'ASAPP Stream',
  ]);
  await found.first().click();
  await page.getByTestId('node-creator-category-item').filter({ hasText: 'Actions' }).click();
  const names = page.getByTestId('node-creator-item-name');
  // The editor adds them a few at a time.
  await names.filter({ hasText: ACTIONS.at(-1) ?? '' }).waitFor();
  expect(await names.allInnerTexts()).toEqual([
    'On authentication requested',
    'On processing end',
    'On processing start',
    'On reply',
    'On transfer to agent',
    'On transfer to system',
    ...ACTIONS,
  ]);
  await chooseAction(page, AUTHENTICATE);
});

test('the node that follows shows the output fields before the first run', async () => {
  const { page } = editor;
  await closePanel(page);
  await canvasNode(page, AUTHENTICATE).getByTestId('canvas-handle-plus').click();
  await (await searchNode(page, 'ASAPP')).first().click();
  await chooseAction(page, ANALYZE);
  const input = page.getByTestId('ndv-input-panel');
  await input.getByText('authenticated', { exact: true }).waitFor();
  for (const name of ['conversationId', 'customerExternalId']) {
    expect(await input.getByText(name, { exact: true }).isVisible()).toBe(true);
  }
});

test('a conversation ID that is none of ASAPP is refused in plain words', async () => {
  const { page } = editor;
  await closePanel(page);
  await canvasNode(page, AUTHENTICATE).dblclick();
  await fill(page, 'conversationId', '01bx5zzk-bkac');
  await fill(page, 'customerExternalId', 'customer-4711');
  await page.getByTestId('collection-parameter-add').first().click();
  await page.getByRole('option', { name: 'Token' }).click();
  await fill(page, 'token', 'c2Vzc2lvbg==');
  const output = await executeStep(page);
  expect(await output.innerText()).toContain(
    `'Conversation ID' must be ASAPP's own ID, in capital letters and digits only (e.g. ${CONVERSATION}); this item has "01bx5zzk-bkac"`,
  );
  expect(await output.innerText()).toContain('Nothing was sent.');
  expect(editor.sandbox.ledger.requests).toEqual([]);
});

test('Authenticate runs', async () => {
  const { page } = editor;
  await fill(page, 'conversationId', CONVERSATION);
  const output = await executeStep(page);
  await output.getByText('customer-4711').waitFor();
  expect(await cells(output)).toEqual([CONVERSATION, 'customer-4711', 'true']);
  expect(editor.sandbox.ledger.requests.at(-1)).toMatchObject({ status: 204 });
  await closePanel(page);
});

test('what Analyze needs is seen without scrolling', async () => {
  const { page } = editor;
  await canvasNode(page, ANALYZE).dblclick();
  const names = ['conversationId', 'sendMessage', 'text', 'customerExternalId', 'waitForReply'];
  const tops: number[] = [];
  for (const name of [...names, 'addInputVariables', 'errorHandling']) {
    const box = await field(page, name).boundingBox();
    expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThan(870);
    tops.push(box?.y ?? 0);
  }
  expect(tops).toEqual([...tops].sort((a, b) => a - b));
});

test('input variables come with a switch, and stay there while JSON is chosen', async () => {
  const { page } = editor;
  await field(page, 'addInputVariables').click();
  await page.getByText('A dot in a name nests: customer_info.current_plan').waitFor();
  await page.getByText('Add Field', { exact: true }).click();
  await page.getByTestId('assignment-name').locator('input').fill('plan');
  await page.getByTestId('assignment-name').locator('input').press('Tab');
  await choose(page, 'inputVariablesInput', 'Using JSON');
  await page.getByText('e.g. {"customer_info": {"current_plan": "SILVER"}}').waitFor();
  expect(await page.getByTestId('assignment-name').count()).toBe(0);
  await choose(page, 'inputVariablesInput', 'Using Fields Below');
  expect(await page.getByTestId('assignment-name').locator('input').inputValue()).toBe('plan');
  await field(page, 'addInputVariables').click();
  await closePanel(page);
});

test('Analyze runs', async () => {
  const { page } = editor;
  await canvasNode(page, ANALYZE).dblclick();
  await fill(page, 'conversationId', CONVERSATION);
  await fill(page, 'text', 'Hello, I would like to upgrade my internet plan.');
  await fill(page, 'customerExternalId', 'customer-4711');
  const output = await executeStep(page);
  await output.getByText('messageId').waitFor();
  const [message] = editor.sandbox.ledger.messagesOf(CONVERSATION);
  expect(await cells(output)).toEqual([CONVERSATION, message?.messageId]);
});

test('Wait for Reply adds what GenerativeAgent said', async () => {
  const { page } = editor;
  await field(page, 'waitForReply').click();
  const output = await executeStep(page);
  await output.getByText('One moment please.').first().waitFor();
  await messagesGone(page);
  await output.getByText('Schema', { exact: true }).click();
  await field(page, 'conversationId').scrollIntoViewIfNeeded();
  await documentImage(page, 'node-panel.png');
  await output.getByText('Table', { exact: true }).click();
});

test.each([
  ['Stop Workflow', ['']],
  ['Continue', ['']],
  ['Continue (using error output)', ['Success', 'Error']],
])('On Error says %s', async (onError, labels) => {
  const { page } = editor;
  await page.getByTestId('tab-params').click();
  await fill(page, 'conversationId', `FAULT404ONANALYZEID${labels.length}${onError.length}`);
  await openSettings(page);
  await choose(page, 'onError', onError);
  const output = await executeStep(page);
  // The failed item is not on the output that is shown first.
  const words = onError === 'Continue (using error output)' ? /^Error/ : /conversation/i;
  await output.getByText(words).first().waitFor();
  await closePanel(page);
  expect(await outputLabels(page, ANALYZE)).toEqual(labels);
  const failed = canvasNode(page, ANALYZE).getByTestId('node-issues');
  const marks = onError === 'Stop Workflow' ? 1 : 0;
  // The mark of the run before goes when the editor has heard of the end of this one.
  await eventually('the mark of a failure', async () => (await failed.count()) === marks || undefined);
  await canvasNode(page, ANALYZE).dblclick();
});

test('fields for rows start with an empty row, and stay there without', async () => {
  const { page } = editor;
  await newWorkflow(page);
  await (await searchNode(page, 'ASAPP')).first().click();
  await chooseAction(page, AUTHENTICATE);
  for (const name of ['Headers', 'Cookies', 'Token']) {
    await page.getByTestId('collection-parameter-add').first().click();
    await page.getByRole('option', { name }).click();
  }
  expect(await field(page, 'name').count()).toBe(2);
  const addHeader = page.getByTestId('fixed-collection-add').filter({ hasText: 'Add Header' });
  await addHeader.click();
  await field(page, 'name').nth(2).waitFor();
  for (const remaining of [2, 1]) {
    await page.getByTestId('fixed-collection-delete').first().click({ force: true });
    await eventually(
      `${remaining} rows`,
      async () => (await field(page, 'name').count()) === remaining || undefined,
    );
  }
  await fill(page, 'customerExternalId', 'customer-4711');
  await addHeader.waitFor();
  await page.getByTestId('collection-parameter-add').last().click();
  await page.getByRole('option', { name: 'Timeout' }).click();
  await page.getByText('Seconds', { exact: true }).waitFor();
});

test('a JSON field starts without a red mark, which is for what is no JSON', async () => {
  const { page } = editor;
  await choose(page, 'authInput', 'Using JSON');
  const mark = page.locator('.cm-lint-marker-error');
  const json = field(page, 'authJson').locator('.cm-content');
  expect(await json.innerText()).toBe('{}');
  await json.fill('{');
  await mark.waitFor();
  await json.fill('{}');
  await mark.waitFor({ state: 'detached' });
});

test('nothing is complained about', () => {
  expect(editor.complaints()).toEqual([]);
});

/** The values of the one item of an output that is shown as a table. */
async function cells(output: Awaited<ReturnType<typeof executeStep>>): Promise<string[]> {
  const texts = await output.locator('tbody td').allInnerTexts();
  return texts.map((text) => text.trim()).filter((text) => text !== '');
}
