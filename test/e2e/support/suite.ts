import type { Page } from 'playwright-core';

import { startSandbox, type Sandbox } from '../../../sandbox';
import { connectSandbox } from '../../../scripts/n8n/examples';
import { openBrowser, type EditorBrowser } from './browser';
import type { E2eN8n } from './n8n';

/** What the tests of a suite share; it is there once they run. */
export interface Suite {
  /** Where the credential of the examples leads. */
  readonly sandbox: Sandbox;
}

/** What the tests of a suite in the editor share. */
export interface EditorSuite extends Suite {
  /** The owner of n8n has signed in here. */
  readonly page: Page;
  /** See {@link EditorBrowser}. */
  complaints(): string[];
}

/** Gives a suite a sandbox, and the credential that leads there. Call it outside of the tests. */
export function useSandbox(n8n: E2eN8n): Suite {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
    await connectSandbox(n8n.api, sandbox);
  });
  afterAll(async () => {
    await sandbox?.close();
  });
  return {
    get sandbox() {
      return sandbox;
    },
  };
}

/** As {@link useSandbox}, with a browser. */
export function useEditor(n8n: E2eN8n): EditorSuite {
  const suite = useSandbox(n8n);
  let editor: EditorBrowser;
  beforeAll(async () => {
    editor = await openBrowser(n8n);
  });
  afterAll(async () => {
    await editor?.browser.close();
  });
  return {
    get sandbox() {
      return suite.sandbox;
    },
    get page() {
      return editor.page;
    },
    complaints: () => editor.complaints(),
  };
}
