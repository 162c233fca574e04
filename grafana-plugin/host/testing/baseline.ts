import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pixelmatch from 'pixelmatch';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { foreignLetters } from './letters';

const FOLDER = path.join(import.meta.dirname, '../baselines');
/** Set to write the pictures instead of comparing with them; then look at what changed. */
const WRITE = process.env['TRAPLINE_BASELINES'] === 'write';
/** Share of the pixels that may differ: another version of the browser draws the edges of letters differently. */
const TOLERANCE = 0.0005;

/**
 * Compares what the page shows with the picture of that name.
 *
 * @throws Error that names the page's picture and the marked differences, where they differ or there is no picture, or
 *   the texts that the machine's fonts have drawn
 */
export async function compareWithBaseline(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  const seen = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  const foreign = await foreignLetters(page);
  if (foreign.length > 0) throw new Error(`${name}: no font of the page has all of ${foreign.join(', ')}`);
  const file = path.join(FOLDER, `${name}.png`);
  if (WRITE) {
    await mkdir(FOLDER, { recursive: true });
    await writeFile(file, seen);
    return;
  }
  const [expected, actual] = [PNG.sync.read(await readFile(file)), PNG.sync.read(seen)];
  const { width, height } = expected;
  if (actual.width !== width || actual.height !== height) {
    throw new Error(`${name} is ${actual.width} × ${actual.height}, the baseline ${width} × ${height}`);
  }
  const marked = new PNG({ width, height });
  const share = pixelmatch(expected.data, actual.data, marked.data, width, height) / (width * height);
  if (share > TOLERANCE) {
    const [shown, differences] = ['seen', 'differences'].map((what) =>
      path.join(tmpdir(), `${name}-${what}.png`),
    );
    await writeFile(shown!, seen);
    await writeFile(differences!, PNG.sync.write(marked));
    throw new Error(
      `${name}: ${(share * 100).toFixed(2)} % of the pixels differ; see ${shown} and ${differences}`,
    );
  }
}
