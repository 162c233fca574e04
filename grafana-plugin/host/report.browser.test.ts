import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { writeMadeUpRun } from '../../experiment/src/report/madeUp.testing';
import { writeReport } from '../../experiment/src/report/write';
import { barriers, excessWidth } from './testing/barriers';
import { launch } from './testing/chromium';

/** The report of `trapline experiment`, opened from the disk as a reader would. */
let browser: Browser;
let directory: string;
let report: string;
beforeAll(async () => {
  browser = await launch();
  directory = await mkdtemp(path.join(tmpdir(), 'trapline-report-'));
  await writeMadeUpRun(directory, { replications: 2 });
  report = pathToFileURL(await writeReport(directory)).href;
});
afterAll(async () => {
  await browser.close();
  await rm(directory, { recursive: true });
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 360, height: 780 };

async function open(viewport: typeof WIDE, colorScheme: 'light' | 'dark') {
  const page = await browser.newPage({ viewport, colorScheme });
  const said: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(report);
  return { page, said, asked };
}

/** What tooltips say, without narrow spaces. */
const tooltips = async (page: Page, figure: string): Promise<string[]> =>
  (await page.locator(`#${figure} svg title`).allTextContents()).map((text) =>
    text.replaceAll('\u202f', ' '),
  );

describe.each([
  ['wide', 'light', WIDE],
  ['wide', 'dark', WIDE],
  ['narrow', 'light', NARROW],
  ['narrow', 'dark', NARROW],
] as const)('the report, %s and %s', (_, scheme, viewport) => {
  test('fits, and asks nobody for anything', async () => {
    const { page, said, asked } = await open(viewport, scheme);
    expect(asked).toEqual([report]);
    await unfold(page);
    expect(await excessWidth(page)).toBeLessThanOrEqual(0);
    expect(said).toEqual([]);
  });

  test('has ground and letters of its scheme', async () => {
    const { page } = await open(viewport, scheme);
    const ground = await page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
    expect(ground).toBe(scheme === 'dark' ? 'rgb(17, 20, 23)' : 'rgb(255, 255, 255)');
  });
});

/** Shows all tables. */
const unfold = (page: Page) =>
  page.locator('details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));

describe('the report', () => {
  // axe takes its time with so many marks and cells.
  test.each([
    ['wide', 'light', WIDE],
    ['narrow', 'dark', NARROW],
  ] as const)('%s and %s keeps nobody out', async (_, scheme, viewport) => {
    const { page } = await open(viewport, scheme);
    await unfold(page);
    expect(await barriers(page)).toEqual([]);
  });

  test('draws every figure, with its numbers in a table', async () => {
    const { page } = await open(WIDE, 'light');
    const figures = await page
      .locator('figure')
      .evaluateAll((all) =>
        all.map((one) => [
          one.id,
          one.querySelectorAll('svg[role=img]').length,
          one.querySelectorAll('tbody tr').length,
        ]),
      );
    expect(figures).toEqual([
      ['loss-ledger', 4, 32],
      ['throughput-kpps', 4, 32],
      ['throughput-mbit', 4, 32],
      ['rates-by-way', 4, 32],
      ['time-per-packet', 2, 32],
      ['exits-per-packet', 1, 16],
      ['cpu-activity', 2, 32],
      ['guest-share', 2, 14],
    ]);
  });

  test('draws what was measured', async () => {
    const { page } = await open(WIDE, 'light');
    // 44 of 50 thousand offered, and 32 % of these in a guest, of whose loss 83 % is at the tap.
    expect(await tooltips(page, 'loss-ledger')).toEqual(
      expect.arrayContaining([
        'AF_PACKET V3 ring (libpcap), 64 B: captured 88 %',
        'AF_PACKET V3 ring (libpcap), 64 B: captured 28 %',
        'AF_PACKET V3 ring (libpcap), 64 B: lost at the tap 60 %',
      ]),
    );
    expect(await tooltips(page, 'time-per-packet')).toContain(
      'AF_PACKET, no ring, 64 B, null: exits, in the kernel 7.10 µs',
    );
    expect(await tooltips(page, 'exits-per-packet')).toContain(
      'AF_PACKET, no ring, 64 B, null: interrupt 1.10',
    );
  });

  test('a column is as high as its number', async () => {
    const { page } = await open(WIDE, 'light');
    const heights = await page
      .locator('#throughput-kpps svg')
      .first()
      .locator('rect.mark')
      .evaluateAll((all) =>
        all.slice(0, 2).map((one) => [one.textContent, Number(one.getAttribute('height'))] as const),
      );
    const [plain, ring] = heights.map(([text, height]) => Number(/: ([\d.]+)/.exec(text!)![1]) / height);
    expect(heights).toHaveLength(2);
    expect(plain! / ring!).toBeCloseTo(1, 2);
  });

  test('on paper shows its tables, and is light', async () => {
    const { page } = await open(WIDE, 'dark');
    const table = page.getByRole('region', { name: 'At which stage were packets lost?' }).locator('table');
    expect(await table.isVisible()).toBe(false);
    await page.emulateMedia({ media: 'print', colorScheme: 'light' });
    expect(await table.isVisible()).toBe(true);
    expect(await page.locator('nav').isVisible()).toBe(false);
  });
});
