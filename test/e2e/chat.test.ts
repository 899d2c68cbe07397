import type { BrowserContext, Locator, Page } from 'playwright-core';

import { numberedExamples } from '../../scripts/n8n/examples';
import { Animation } from './support/animation';
import { messagesGone } from './support/editor';
import { sharedN8n } from './support/n8n';
import { importWorkflows } from './support/runs';
import { useEditor } from './support/suite';

const n8n = sharedN8n();
const editor = useEditor(n8n);

/** Somebody who has read the README, started n8n, and not signed in yet. */
let newcomer: BrowserContext;
let page: Page;
beforeAll(async () => {
  await importWorkflows(n8n, numberedExamples(editor.sandbox.url).reverse());
  const browser = editor.page.context().browser();
  if (browser === null) throw new Error('The page has no browser');
  newcomer = await browser.newContext({ baseURL: n8n.url, viewport: { width: 1100, height: 880 } });
  newcomer.setDefaultTimeout(30_000);
  page = await newcomer.newPage();
});
afterAll(async () => {
  await newcomer?.close();
});

const QUESTION = 'How can I pay my bill?';
const ANSWER = 'You asked "How can I pay my bill?". It is done.';

let clicks = 0;
async function click(what: Locator): Promise<void> {
  clicks += 1;
  await what.click();
}

test('from the address that was printed to an answer of GenerativeAgent in six clicks at most', async () => {
  await page.goto('/', { timeout: 90_000 });
  await page.locator('input[name="emailOrLdapLoginId"]').fill(n8n.email);
  await page.locator('input[type="password"]').fill(n8n.password);
  await click(page.getByRole('button', { name: 'Sign in' }));
  // n8n's own assistant would be there instead.
  await page.waitForURL('**/home/workflows');
  await click(
    page
      .getByTestId('workflow-card-name')
      .filter({ hasText: /^1\. Chat/ })
      .first(),
  );
  await page.getByTestId('canvas-node').first().waitFor();
  await page.waitForTimeout(1_000);
  const animation = new Animation(page);
  await animation.frame(1_800);
  await click(page.getByTestId('workflow-chat-button'));
  const input = page.getByTestId('canvas-chat-body').getByTestId('chat-input');
  await input.waitFor();
  await page.waitForTimeout(1_000);
  await animation.frame(800);
  for (const part of QUESTION.split(/(?<= )/)) {
    await input.pressSequentially(part);
    await animation.frame(180);
  }
  await page.keyboard.press('Enter');
  await page.getByTestId('canvas-chat-body').getByText(QUESTION).waitFor();
  await animation.frame(700);
  await page.getByTestId('canvas-chat-body').getByText(ANSWER).waitFor();
  await messagesGone(page);
  await animation.frame(4_000);
  animation.save('chat.gif');
  expect(clicks).toBeLessThanOrEqual(6);
  const [message] = editor.sandbox.ledger.messages;
  expect(message).toMatchObject({ text: QUESTION, role: 'customer' });
});

test('a second question goes into the same conversation', async () => {
  await page
    .getByTestId('canvas-chat-body')
    .getByTestId('chat-input')
    .fill('Let me talk to a human, please.');
  await page.keyboard.press('Enter');
  await page.getByTestId('canvas-chat-body').getByText('Sure, connecting you with an agent.').waitFor();
  expect(new Set(editor.sandbox.ledger.messages.map(({ conversationId }) => conversationId)).size).toBe(1);
});

test('what ASAPP refuses is said in the chat', async () => {
  editor.sandbox.faults.set({ fault: 'status', status: 404, message: 'There is no such conversation' });
  await page.getByTestId('canvas-chat-body').getByTestId('chat-input').fill('Hello?');
  await page.keyboard.press('Enter');
  await page.getByTestId('canvas-chat-body').getByText('There is no such conversation').waitFor();
  editor.sandbox.faults.clear();
});
