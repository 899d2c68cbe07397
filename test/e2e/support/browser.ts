import { chromium, selectors, type Browser, type Page } from 'playwright-core';

import type { E2eN8n } from './n8n';

/** Root may not use Chromium's sandbox; the others keep it from calling its makers. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser, and a page in it where the owner has signed in to n8n. Close it with `browser.close()`. */
export async function openBrowser({ url, api }: E2eN8n): Promise<{ browser: Browser; page: Page }> {
  const { CHROMIUM_PATH: executablePath } = process.env;
  if (executablePath === undefined) throw new Error('CHROMIUM_PATH is not set');
  // n8n's spelling of it.
  selectors.setTestIdAttribute('data-test-id');
  const browser = await chromium.launch({ executablePath, args: ARGS });
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 900 } });
  const [name = '', ...value] = api.cookie.split('=');
  await context.addCookies([{ name, value: value.join('='), url }]);
  return { browser, page: await context.newPage() };
}
