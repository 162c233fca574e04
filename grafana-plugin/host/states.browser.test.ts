import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { barriers } from './testing/barriers';
import { launch } from './testing/chromium';
import { pairs, realistic } from './testing/data';
import { open, openPanel, statement } from './testing/panel';
import { TestSite } from './testing/site';

let browser: Browser;
let site: TestSite;
beforeAll(async () => {
  [browser, site] = await Promise.all([launch(), TestSite.start()]);
});
afterAll(async () => {
  await browser.close();
  await site.stop();
});

const message = (page: Page) => page.getByTestId('capturecost-message').innerText();

describe('what stands in the way is said', () => {
  test('no data', async () => {
    const { page } = await openPanel(browser, site, { frames: [] });
    expect(await message(page)).toContain('The query returned no time series.');
    expect(await message(page)).toContain('Choose a longer time range');
  });

  test('no cost', async () => {
    const { frames } = pairs([1, 2, 3], [1, 2, 3]);
    const { page } = await openPanel(browser, site, { frames: frames.slice(0, 1) });
    expect(await message(page)).toContain('No cost among “throughput”.');
    expect(await message(page)).toContain('Name a query “cost”');
    expect(await message(page)).toContain('Throughput (packets delivered per second): 1 series');
  });

  test('a failed query', async () => {
    const { page } = await openPanel(browser, site, { frames: [], error: 'bad_data: parse error' });
    expect(await message(page)).toContain('The query failed: bad_data: parse error');
  });

  test("the user's mapping is obeyed", async () => {
    const { frames } = pairs([1000, 2000, 3000], [0.01, 0.02, 0.03]);
    const renamed = frames.map((frame, i) => ({ ...frame, refId: 'AB'[i]! }));
    const { page } = await openPanel(browser, site, {
      frames: renamed,
      options: { fields: { throughput: 'A', cost: 'B' } },
    });
    expect(await statement(page)).toMatch(/^10 000 ns per packet/);
  });

  test('markup in names stays text', async () => {
    const name = '<img src=x onerror="document.title=1">';
    const { page, errors } = await openPanel(browser, site, pairs([1, 2, 3], [1, 2, 3], name), {
      colorBy: 'vm',
    });
    expect(await page.getByRole('list', { name: 'Legend' }).innerText()).toContain(name);
    expect(await page.locator('img').count()).toBe(0);
    expect(errors).toEqual([]);
  });
});

describe('everyone can use it', () => {
  test.each([
    ['correlation', 'dark'],
    ['correlation', 'light'],
    ['timeline', 'dark'],
    ['timeline', 'light'],
  ])('axe finds no barrier: %s, %s', async (view, theme) => {
    const { page } = await openPanel(browser, site, realistic(['a', 'b'], 10), {
      view,
      theme,
      colorBy: 'vm',
    });
    expect(await barriers(page)).toEqual([]);
  });

  test('axe finds no barrier in a message or in the table', async () => {
    const empty = await openPanel(browser, site, { frames: [] });
    expect(await barriers(empty.page)).toEqual([]);
    const { page } = await openPanel(browser, site, realistic(['a', 'b'], 10));
    await page.getByRole('button', { name: 'Show the numbers as a table' }).click();
    await page.getByRole('table').waitFor();
    expect(await barriers(page)).toEqual([]);
  });

  test('the background follows the theme', async () => {
    const lightness = async (theme: string) => {
      const { page } = await openPanel(browser, site, pairs([1, 2, 3], [1, 2, 3]), { theme });
      return page.evaluate(() => Number(/\d+/.exec(getComputedStyle(document.body).backgroundColor)![0]));
    };
    expect(await lightness('dark')).toBeLessThan(40);
    expect(await lightness('light')).toBeGreaterThan(220);
  });

  test.each(['correlation', 'timeline'])('nothing is wider than a phone: %s', async (view) => {
    const { page } = await openPanel(
      browser,
      site,
      realistic(['a', 'b'], 10),
      { view },
      { viewport: { width: 360, height: 640 } },
    );
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(widths[0]).toBeLessThanOrEqual(widths[1]!);
    const plot = (await page.locator('.u-over').first().boundingBox())!;
    expect(plot.width).toBeGreaterThan(200);
    expect(plot.height).toBeGreaterThan(120);
  });

  test('the keyboard alone changes the view and walks through the points', async () => {
    const { page } = await openPanel(browser, site, pairs([3000, 1000, 2000], [0.03, 0.01, 0.05]));
    const chart = page.getByRole('group', { name: /^Cost against throughput, 3 intervals of one VM/ });
    await chart.focus();
    const tooltip = page.locator('#grafana-portal-container');
    await page.keyboard.press('ArrowRight');
    await tooltip.getByText('09:00:10').waitFor();
    await page.keyboard.press('ArrowRight');
    await tooltip.getByText('09:00:20').waitFor();
    await page.keyboard.press('End');
    await tooltip.getByText('09:00:00').waitFor();
    await page.keyboard.press('Escape');
    await tooltip.getByText('09:00:00').waitFor({ state: 'detached' });
    await page.getByRole('radio', { name: 'Correlation' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('group', { name: /^Throughput and cost in time/ }).waitFor();
  });

  test('the table holds the same numbers', async () => {
    const { page } = await openPanel(browser, site, pairs([1000, 2000, 3000], [0.01, 0.02, 0.06]));
    const toggle = page.getByRole('button', { name: 'Show the numbers as a table' });
    await toggle.focus();
    await page.keyboard.press('Enter');
    const rows = page.getByRole('table').getByRole('row');
    const cells = (await rows.nth(1).allInnerTexts())[0]!.replaceAll('\u202f', ' ').split('\t');
    expect(cells).toEqual([
      '2026-11-22 09:00:20',
      'sensor-1',
      '3 k packets/s',
      '6 % of a core',
      '20 000 ns',
      '–',
    ]);
    expect(await rows.count()).toBe(4);
  });

  test('how the fields were read can be asked', async () => {
    const { page } = await openPanel(browser, site, pairs([1, 2, 3], [1, 2, 3]));
    await page.getByRole('button', { name: 'How the fields were read' }).click();
    await page
      .getByText('Cost (seconds of exit time per second): 1 series, by the name of its query, “cost”.')
      .waitFor();
  });
});

describe('the page keeps to itself', () => {
  test('asks no other origin and misses no file', async () => {
    const { page, foreign, errors } = await openPanel(browser, site, realistic(['a'], 10));
    await page.getByRole('radio', { name: 'Timeline' }).check();
    await page.getByRole('group', { name: /^Throughput and cost in time/ }).waitFor();
    await page.evaluate(() => document.fonts.ready);
    expect(foreign).toEqual([]);
    expect(site.missing).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('refuses data from elsewhere', async () => {
    const { page, foreign } = await open(
      browser,
      site,
      `?data=${encodeURIComponent('https://example.org/x.json')}`,
    );
    await page.getByText('The data must lie on the origin of the page.').waitFor();
    expect(foreign).toEqual([]);
  });
});
