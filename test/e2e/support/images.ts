import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Page } from 'playwright-core';

const FOLDER = resolve(__dirname, '../../../docs/images');
/** README's images are loaded by everyone who looks at it. */
const LARGEST_BYTES = 120 * 1024;

/**
 * Takes an image of the page for the documentation, or of the part of it that `clip` says. It is only written if
 * UPDATE_IMAGES is set, so that a test run leaves the clone as it is.
 */
export async function documentImage(page: Page, name: string, clip?: Clip): Promise<void> {
  const image = await page.screenshot({ ...(clip === undefined ? {} : { clip }), animations: 'disabled' });
  if (image.length > LARGEST_BYTES) throw new Error(`${name} has ${image.length} bytes: clip it`);
  if (!process.env.UPDATE_IMAGES) return;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(resolve(FOLDER, name), image);
}

interface Clip {
  x: number;
  y: number;
  width: number;
  height: number;
}
