import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { applyPalette, GIFEncoder, quantize } from 'gifenc';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';

const FOLDER = resolve(__dirname, '../../../docs/images');
/** The README's first picture is loaded by everyone who looks at it. */
const LARGEST_BYTES = 1.5 * 1024 * 1024;
/** Flat colors: more would only make it larger. */
const COLORS = 64;

interface Frame {
  image: PNG;
  /** For how long it is shown, in ms. */
  delay: number;
}

/** Pictures of a page, one after another, as one GIF; only if UPDATE_IMAGES is set, as for other images. */
export class Animation {
  private readonly frames: Frame[] = [];

  constructor(private readonly page: Page) {}

  /** Takes the page as it is now, to be shown for `delay` ms. */
  async frame(delay: number): Promise<void> {
    if (!process.env.UPDATE_IMAGES) return;
    this.frames.push({ image: PNG.sync.read(await this.page.screenshot({ animations: 'disabled' })), delay });
  }

  /** Writes the GIF to docs/images. */
  save(name: string): void {
    const [first] = this.frames;
    if (first === undefined) return;
    const gif = GIFEncoder();
    for (const { image, delay } of this.frames) {
      const palette = quantize(image.data, COLORS);
      const index = applyPalette(image.data, palette);
      gif.writeFrame(index, image.width, image.height, { palette, delay });
    }
    gif.finish();
    const bytes = gif.bytes();
    if (bytes.length > LARGEST_BYTES) throw new Error(`${name} has ${bytes.length} bytes: take fewer frames`);
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(resolve(FOLDER, name), bytes);
  }
}
