import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { FixedData } from '../src/FixedPage';
import { watchCanvases } from './letters';
import type { TestSite } from './site';

let files = 0;

/** A page with its troubles: what it logged as an error and which other origins it asked. */
export interface Watched {
  readonly page: Page;
  readonly errors: readonly string[];
  readonly foreign: readonly string[];
}

/** Opens a path of the site and listens to everything that goes wrong there. */
export async function open(
  browser: Browser,
  site: TestSite,
  path: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: 1100, height: 620 },
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  const foreign: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:' && origin !== site.origin) {
      foreign.push(request.url());
    }
  });
  await watchCanvases(page);
  await page.goto(`${site.origin}/${path}`);
  return { page, errors, foreign };
}

/** Waits until the letters have their font and what depends on their size is drawn. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    for (let frames = 0; frames < 3; frames++) {
      await new Promise(requestAnimationFrame);
    }
  });
}

/** Where a value lies on the page, in CSS pixels, through the ranges of the drawing's axes (which are linear). */
export async function placeOf(page: Page, x: number, y: number): Promise<{ x: number; y: number }> {
  const svg = page.locator('svg[data-fit]');
  const box = (await svg.boundingBox())!;
  const [left, right, bottom, top] = (await svg.getAttribute('data-scales'))!.split(' ').map(Number) as [
    number,
    number,
    number,
    number,
  ];
  return {
    x: box.x + (box.width * (x - left)) / (right - left),
    y: box.y + (box.height * (top - y)) / (top - bottom),
  };
}

/** Opens the panel with fixed frames and waits until it says something. */
export async function openPanel(
  browser: Browser,
  site: TestSite,
  data: FixedData,
  query: Readonly<Record<string, string>> = {},
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const url = site.put(`data-${++files}.json`, data);
  const search = new URLSearchParams({ theme: 'dark', ...query, data: url });
  const watched = await open(browser, site, `?${search}`, options);
  const said = watched.page.getByTestId(/^capturecost-(statement|message)$/);
  await said.waitFor({ timeout: 10_000 }).catch(async () => {
    throw new Error(`The panel says nothing: ${watched.errors.join('; ')} ${await watched.page.content()}`);
  });
  await settle(watched.page);
  return watched;
}

/** The text of the sentence above the picture, with plain spaces. */
export async function statement(page: Page): Promise<string> {
  return ((await page.getByTestId('capturecost-statement').textContent()) ?? '').replaceAll('\u202f', ' ');
}

/** A fitted line as drawn, in pixels and in the units of the axes. */
export interface Drawn {
  readonly name: string;
  readonly from: { readonly x: number; readonly y: number };
  readonly to: { readonly x: number; readonly y: number };
}

/** Reads the lines of the drawing back into values, through the ranges of its axes. */
export function drawnLines(page: Page): Promise<Drawn[]> {
  return page.evaluate(() => {
    const svg = document.querySelector<SVGSVGElement>('svg[data-fit]')!;
    const { width, height } = svg.getBoundingClientRect();
    const [left, right, bottom, top] = svg.dataset['scales']!.split(' ').map(Number) as [
      number,
      number,
      number,
      number,
    ];
    const x = (pixels: number) => left + (pixels / width) * (right - left);
    const y = (pixels: number) => top + (pixels / height) * (bottom - top);
    return [...svg.querySelectorAll<SVGPathElement>('path[data-line]')].map((line) => {
      const [begin, end] = [line.getPointAtLength(0), line.getPointAtLength(line.getTotalLength())];
      return {
        name: line.dataset['line']!,
        from: { x: x(begin.x), y: y(begin.y) },
        to: { x: x(end.x), y: y(end.y) },
      };
    });
  });
}
