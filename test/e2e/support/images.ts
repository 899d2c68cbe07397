import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Page } from 'playwright-core';

const FOLDER = resolve(__dirname, '../../../docs/images');
/** README's images are loaded by everyone who looks at it. */
const LARGEST_BYTES = 150 * 1024;
/** Around the nodes of a canvas, in px: room for their names below and for what an open output shows. */
const MARGIN = { around: 24, right: 120, bottom: 24 };

/**
 * Takes an image of the page for the documentation, or of the part of it that `clip` says; only if UPDATE_IMAGES is set,
 * so that a test run leaves the clone as it is.
 */
export async function documentImage(page: Page, name: string, clip?: Clip): Promise<void> {
  if (!isUpdating()) return;
  const image = await page.screenshot({ ...(clip === undefined ? {} : { clip }), animations: 'disabled' });
  if (image.length > LARGEST_BYTES) throw new Error(`${name} has ${image.length} bytes: clip it`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(resolve(FOLDER, name), image);
}

/**
 * Takes an image of all nodes of the open workflow, without the tools around them, in a window that is high enough for
 * them to be read; see {@link documentImage}.
 */
export async function documentCanvas(page: Page, name: string): Promise<void> {
  if (!isUpdating()) return;
  await page.setViewportSize({ width: 1280, height: 1080 });
  await page.getByTestId('zoom-to-fit').click();
  const tools =
    '[class*="nodeButtonsWrapper"], .vue-flow__panel, :has(> [data-test-id="execute-workflow-button"]) > *';
  await page.addStyleTag({ content: `${tools} { visibility: hidden; }` });
  // The canvas glides there.
  await page.waitForTimeout(1_000);
  await documentImage(page, name, await partOfCanvas(page));
}

function isUpdating(): boolean {
  return Boolean(process.env.UPDATE_IMAGES);
}

async function partOfCanvas(page: Page): Promise<Clip> {
  const nodes = await page.locator('.vue-flow__node').all();
  const boxes = (await Promise.all(nodes.map(async (node) => await node.boundingBox()))).filter(
    (box) => box !== null,
  );
  const x = Math.min(...boxes.map((box) => box.x)) - MARGIN.around;
  const y = Math.min(...boxes.map((box) => box.y)) - MARGIN.around;
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + MARGIN.right;
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + MARGIN.bottom;
  return { x, y, width: right - x, height: bottom - y };
}

interface Clip {
  x: number;
  y: number;
  width: number;
  height: number;
}
