import type { Page } from 'playwright-core';

import { startSandbox, type Sandbox } from '../../../sandbox';
import { connectSandbox } from '../../../scripts/n8n/examples';
import { openBrowser, type EditorBrowser } from './browser';
import type { E2eN8n } from './n8n';

/** What the tests of a suite in the editor share; it is there once they run. */
export interface EditorSuite {
  /** Where the credential of the examples leads. */
  readonly sandbox: Sandbox;
  /** The owner of n8n has signed in here. */
  readonly page: Page;
  /** See {@link EditorBrowser}. */
  complaints(): string[];
}

/** Gives a suite a sandbox, the credential that leads there, and a browser. Call it outside of the tests. */
export function useEditor(n8n: E2eN8n): EditorSuite {
  let sandbox: Sandbox;
  let editor: EditorBrowser;
  beforeAll(async () => {
    sandbox = await startSandbox();
    await connectSandbox(n8n.api, sandbox);
    editor = await openBrowser(n8n);
  });
  afterAll(async () => {
    await editor?.browser.close();
    await sandbox?.close();
  });
  return {
    get sandbox() {
      return sandbox;
    },
    get page() {
      return editor.page;
    },
    complaints: () => editor.complaints(),
  };
}
