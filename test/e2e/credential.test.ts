import { startSandbox, type Sandbox } from '../../sandbox';
import { closedPort } from '../support/servers';
import { openBrowser, type EditorBrowser } from './support/browser';
import { choose, fill, messagesGone } from './support/editor';
import { documentImage } from './support/images';
import { sharedN8n } from './support/n8n';

const n8n = sharedN8n();

let sandbox: Sandbox;
let editor: EditorBrowser;
beforeAll(async () => {
  sandbox = await startSandbox();
  editor = await openBrowser(n8n);
});
afterAll(async () => {
  await editor?.browser.close();
  await sandbox?.close();
});

/** Saves the open dialog, which tests the connection, and returns what it then says about it. */
async function save(): Promise<string> {
  const { page } = editor;
  const tested = page.waitForResponse((response) => response.url().endsWith('/rest/credentials/test'));
  await page.getByTestId('credential-save-button').click();
  await tested;
  const dialog = page.getByTestId('credential-edit-dialog');
  const success = dialog.getByTestId('credentials-config-container-test-success');
  const failure = dialog.getByText('Couldn’t connect with these settings');
  await success.or(failure).first().waitFor();
  const more = dialog.getByText('More details');
  if (await more.isVisible()) await more.click();
  return await dialog.innerText();
}

// Each test goes on with the dialog as the one before left it.
test('a person makes a credential, and its connection is tested', async () => {
  const { page } = editor;
  await page.goto('/home/credentials');
  await page.getByTestId('add-resource-credential').click({ timeout: 60_000 });
  await page.getByTestId('new-credential-type-select').locator('input').fill('ASAPP');
  await page.getByRole('option', { name: 'ASAPP API', exact: true }).click();
  await page.getByTestId('new-credential-type-button').click();
  await choose(page, 'environment', 'Custom');
  await fill(page, 'baseUrl', sandbox.url);
  await fill(page, 'apiId', sandbox.apiId);
  await fill(page, 'apiSecret', sandbox.apiSecret);
  expect(await save()).toContain('Connection tested successfully');
  expect(sandbox.ledger.requests.at(-1)).toMatchObject({ path: '/v1/health', credentialsRight: true });
  await messagesGone(page);
  const dialog = await page.getByTestId('editCredential-modal').boundingBox();
  const lastField = await page.getByTestId('parameter-input-apiSecret').boundingBox();
  if (dialog === null || lastField === null) throw new Error('The dialog is not there');
  const height = lastField.y + lastField.height + 24 - dialog.y;
  await documentImage(page, 'credential.png', { ...dialog, height });
});

test('a wrong secret is named', async () => {
  await fill(editor.page, 'apiSecret', 'wrong');
  expect(await save()).toContain(
    "ASAPP does not accept this key. Check 'API ID', 'API Secret' and that 'Environment' is the key's own.",
  );
});

test('a host that cannot be reached is named', async () => {
  const port = await closedPort();
  await fill(editor.page, 'baseUrl', `http://127.0.0.1:${port}`);
  expect(await save()).toContain(
    `Could not reach 127.0.0.1:${port}. Check 'Environment' and 'Base URL', and that this n8n may connect to it.`,
  );
});

test('nothing else is complained about', () => {
  // n8n logs every failed test of a connection with its stack; the last one failed in the credential.
  expect(editor.complaints()).toEqual([expect.stringContaining(' at Object.preAuthentication ')]);
});
