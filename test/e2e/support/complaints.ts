import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ConsoleMessage, Page } from 'playwright-core';

import type { E2eN8n } from './n8n';

/** Collects from now on; the result lists what came so far. */
export function watch(page: Page, n8n: E2eN8n): () => string[] {
  const ofPage: string[] = [];
  const known = linesOfLog(n8n).length;
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type()) || isNoiseOfN8n(message, n8n.url)) return;
    ofPage.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => ofPage.push(error.stack ?? String(error)));
  return () => [...ofPage, ...linesOfLog(n8n).slice(known).filter(namesThePackage(n8n))];
}

/**
 * What n8n's editor says without having anything of ours on its canvas: it asks servers of its makers and npm's
 * registry, which this browser does not reach, and for the output schemas of n8n's own nodes, of which not all have one.
 */
function isNoiseOfN8n(message: ConsoleMessage, url: string): boolean {
  const { url: source } = message.location();
  const text = message.text();
  if (source.startsWith(`${url}/schemas/n8n-nodes-base.`)) return text.includes('status of 404');
  return text.startsWith('Failed to load resource: net::ERR_NAME_NOT_RESOLVED') && !source.startsWith(url);
}

function linesOfLog({ userFolder }: E2eN8n): string[] {
  return readFileSync(join(userFolder, 'n8n.log'), 'utf8').split('\n');
}

/** n8n itself may lie in a folder that is named after the package; its own frames in a stack trace are not ours. */
function namesThePackage({ installation }: E2eN8n): (line: string) => boolean {
  return (line) => line.replaceAll(installation, '').includes('n8n-nodes-asapp');
}
