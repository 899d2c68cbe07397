import { chromium, selectors, type Browser, type Page } from 'playwright-core';

import { watch } from './complaints';
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
  '--no-proxy-server',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** A browser with a page where the owner has signed in to n8n. */
export interface EditorBrowser {
  browser: Browser;
  page: Page;
  /** What the page and n8n's log have complained about since the browser was opened, apart from n8n's own noise. */
  complaints(): string[];
}

/** Opens a browser that reaches nothing but n8n. Close it with `browser.close()`. */
export async function openBrowser(n8n: E2eN8n): Promise<EditorBrowser> {
  const { url, api } = n8n;
  const { CHROMIUM_PATH: executablePath } = process.env;
  if (executablePath === undefined) throw new Error('CHROMIUM_PATH is not set');
  // n8n's spelling of it.
  selectors.setTestIdAttribute('data-test-id');
  const browser = await chromium.launch({ executablePath, args: ARGS });
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(30_000);
  // The first page of a run has all of the editor to load.
  context.setDefaultNavigationTimeout(90_000);
  const [name = '', ...value] = api.cookie.split('=');
  await context.addCookies([{ name, value: value.join('='), url }]);
  const page = await context.newPage();
  return { browser, page, complaints: watch(page, n8n) };
}
