import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from './testing/chromium';
import { foreignLetters } from './testing/letters';
import { openPanel } from './testing/panel';
import { TestSite } from './testing/site';

let browser: Browser;
let site: TestSite;
beforeAll(async () => {
  browser = await launch();
  site = await TestSite.start();
});
afterAll(async () => {
  await browser.close();
  await site.stop();
});

/** Letters beyond ASCII in the sources of panel and page: they may show any of them. */
function lettersOfSources(): string {
  const letters = ['src', 'host/src'].flatMap((folder) => {
    const root = path.join(import.meta.dirname, '..', folder);
    return readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !/\.test/.test(name))
      .flatMap((name) => readFileSync(path.join(root, name), 'utf8').match(/[^\p{ASCII}\p{C}\p{Z}]/gu) ?? []);
  });
  return [...new Set(letters)].sort().join('');
}

const write = (page: Page, text: string, weight: number) =>
  page.evaluate(
    ([written, thickness]) => {
      const line = document.createElement('p');
      line.style.fontWeight = String(thickness);
      line.textContent = written;
      document.body.append(line);
    },
    [text, weight] as const,
  );

test('the fonts of the page have every letter that panel and page may show', async () => {
  const letters = lettersOfSources();
  for (const letter of 'ρ←→≤µ') expect(letters).toContain(letter);
  const { page } = await openPanel(browser, site, { frames: [] });
  for (const weight of [400, 500]) await write(page, letters, weight);
  expect(await foreignLetters(page)).toEqual([]);
});

test('a text in another font is found, on the page and on a canvas', async () => {
  const { page } = await openPanel(browser, site, { frames: [] });
  await page.evaluate(() => {
    const line = document.createElement('p');
    line.style.fontFamily = 'monospace';
    line.textContent = 'written';
    document.body.append(line);
    const context = document.createElement('canvas').getContext('2d')!;
    context.font = '12px serif';
    context.fillText('drawn', 0, 0);
  });
  expect((await foreignLetters(page)).map((text) => text.replace(/ \(.*/, ''))).toEqual(['written', 'drawn']);
});
