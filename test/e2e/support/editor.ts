import type { Locator, Page } from 'playwright-core';

/** Opens a workflow that nobody has saved yet, and the list of nodes for its first one. */
export async function newWorkflow(page: Page): Promise<void> {
  await page.goto('/workflow/new');
  await page.getByTestId('canvas-plus-button').click({ timeout: 60_000 });
}

/** Opens a stored workflow and waits for its nodes. */
export async function openWorkflow(page: Page, id: string): Promise<void> {
  await page.goto(`/workflow/${id}`);
  await page.getByTestId('canvas-node').first().waitFor({ timeout: 60_000 });
}

/** Types into the search of the list of nodes, which is open. */
export async function searchNode(page: Page, text: string): Promise<Locator> {
  await page.getByTestId('node-creator-search-bar').fill(text);
  return page.getByTestId('item-iterator-item').filter({ hasText: text });
}

/** Chooses an action of the node whose actions are listed. */
export async function chooseAction(page: Page, action: string): Promise<void> {
  const item = page.getByTestId('node-creator-item-name').filter({ hasText: action });
  const actions = page.getByTestId('node-creator-category-item').filter({ hasText: 'Actions' });
  await actions.waitFor();
  if (!(await item.isVisible())) await actions.click();
  await item.click();
  await page.getByTestId('ndv').waitFor();
}

/** A field of the open panel or dialog, by the name of its parameter. */
export function field(page: Page, name: string): Locator {
  return page.getByTestId(`parameter-input-${name}`);
}

/** Fills in a field for text. */
export async function fill(page: Page, name: string, text: string): Promise<void> {
  await field(page, name).locator('input, textarea').fill(text);
}

/** Chooses from a list by the name of the option. */
export async function choose(page: Page, name: string, option: string): Promise<void> {
  await field(page, name).click();
  const items = page.getByTestId('parameter-input-item').filter({ visible: true });
  await items.filter({ has: page.getByText(option, { exact: true }) }).click();
}

/** Chooses one more option of a field that takes several. */
export async function chooseAlso(page: Page, name: string, option: string): Promise<void> {
  await field(page, name).click();
  await page.getByRole('option', { name: option }).filter({ visible: true }).click();
  await page.keyboard.press('Escape');
}

/** Leaves a field of a tool to the model. */
export async function letModelFill(page: Page, name: string): Promise<void> {
  const item = page.getByTestId('parameter-item').filter({ has: field(page, name) });
  await item.getByTestId('from-ai-override-button').click();
}

/** Runs the node of the open panel; the result is the panel's output when it has ended. */
export async function executeStep(page: Page): Promise<Locator> {
  const output = page.getByTestId('output-panel');
  const ended = page.waitForResponse((response) => /\/rest\/workflows\/[^/]+\/run/.test(response.url()));
  await page.getByTestId('node-execute-button').click();
  await ended;
  await output.getByTestId('node-error-message').or(output.getByTestId('node-run-info')).first().waitFor();
  // The button has its words back when the run is over.
  await page.getByTestId('node-execute-button').filter({ hasText: /\w/ }).waitFor();
  return output;
}

/** Closes the panel of a node. */
export async function closePanel(page: Page): Promise<void> {
  await page.getByTestId('ndv-close-button').click();
  await page.getByTestId('ndv').waitFor({ state: 'hidden' });
}

/** A node on the canvas. */
export function canvasNode(page: Page, name: string): Locator {
  return page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
}

/** The labels of a node's outputs on the canvas, from top to bottom; '' for one without. */
export async function outputLabels(page: Page, name: string): Promise<string[]> {
  const handles = canvasNode(page, name).getByTestId('canvas-node-output-handle');
  // After a run, how many items left stands beside the label.
  return (await handles.allInnerTexts()).map((text) => text.replace(/\d+ items?/, '').trim());
}

/** What stands on the connections from a node after a run, by the node they lead to. */
export async function itemCounts(page: Page, source: string): Promise<Record<string, string>> {
  const labels = page.locator(`[data-test-id="edge-label"][data-source-node-name="${source}"]`);
  const counts = await labels.evaluateAll((all) =>
    all.map((label) => [label.getAttribute('data-target-node-name') ?? '', label.textContent ?? '']),
  );
  return Object.fromEntries(counts) as Record<string, string>;
}

/** Turns the open panel to the settings that every node has. */
export async function openSettings(page: Page): Promise<void> {
  await page.getByTestId('tab-settings').click();
}

/** Waits until n8n's messages in the corner have gone, so that they cover nothing. */
export async function messagesGone(page: Page): Promise<void> {
  // The notices of a panel and of a credential have the same role.
  const messages = page.locator('[role="alert"]:not(.notice, .n8n-callout)');
  await messages.first().waitFor({ state: 'hidden' });
  await messages.last().waitFor({ state: 'hidden' });
}
