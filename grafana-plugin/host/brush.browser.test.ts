import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch } from './testing/chromium';
import { BEGIN, frame, pairs } from './testing/data';
import { openPanel, placeOf } from './testing/panel';
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

/** Six intervals of ten seconds; the third to the fifth lie on a line of 20 µs a packet. */
const SIX = pairs([1000, 5000, 2000, 3000, 4000, 6000], [0.2, 0.01, 0.04, 0.06, 0.08, 0.3]);

/** Draws a box from one place to another, both in the units of the axes. */
async function drag(page: Page, from: readonly [number, number], to: readonly [number, number]) {
  const [a, b] = [await placeOf(page, ...from), await placeOf(page, ...to)];
  await page.mouse.move(a.x, a.y);
  await page.mouse.down();
  await page.mouse.move((a.x + b.x) / 2, (a.y + b.y) / 2);
  await page.mouse.move(b.x, b.y);
  await page.mouse.up();
}

const marked = async (page: Page) => {
  const text = await page.getByRole('status').filter({ hasText: 'marked' }).innerText();
  return text.replaceAll('\u202f', ' ');
};
const neighbour = (page: Page) => page.locator('output').textContent();
const chart = (page: Page) => page.getByRole('group', { name: /^Cost against throughput/ });
const tooltip = (page: Page) => page.locator('#grafana-portal-container');

describe('marking points', () => {
  test('by mouse tells what they say, and shows the dashboard at their times', async () => {
    const { page, errors } = await openPanel(browser, site, SIX);
    await drag(page, [1500, 0.02], [4500, 0.1]);
    expect(await marked(page)).toBe(
      '3 intervals marked, 09:00:10 to 09:00:40: 20 000 ns per packet, r = 1.0000',
    );
    await page.getByRole('button', { name: 'Zoom to these times' }).click();
    await page.getByRole('radio', { name: 'Timeline' }).check();
    expect(await page.getByTestId('shown-times').textContent()).toBe(
      '2026-11-22T09:00:10.000Z/2026-11-22T09:00:40.000Z',
    );
    expect(errors).toEqual([]);
  });

  test('by keyboard goes from one sample to another', async () => {
    const { page } = await openPanel(browser, site, SIX);
    await chart(page).focus();
    for (const key of ['ArrowRight', 'ArrowRight', ' ', 'ArrowRight', 'ArrowRight', ' ']) {
      await page.keyboard.press(key);
    }
    expect(await marked(page)).toMatch(/^3 intervals marked, 09:00:10 to 09:00:40: 20 000 ns per packet/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.getByText('intervals marked').waitFor({ state: 'detached' });
  });

  test('can be undone', async () => {
    const { page } = await openPanel(browser, site, SIX);
    await drag(page, [1500, 0.02], [4500, 0.1]);
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText('intervals marked').waitFor({ state: 'detached' });
  });

  test('where nothing lies marks nothing', async () => {
    const { page } = await openPanel(browser, site, SIX);
    await drag(page, [200, 0.02], [700, 0.1]);
    expect(await page.getByText('marked').count()).toBe(0);
  });
});

describe('the shared crosshair', () => {
  test('shows other panels the time of the point under the pointer', async () => {
    const { page } = await openPanel(browser, site, SIX);
    const point = await placeOf(page, 4000, 0.08);
    await page.mouse.move(point.x, point.y);
    await tooltip(page).getByText('09:00:40').waitFor();
    expect(await neighbour(page)).toBe('2026-11-22T09:00:40.000Z');
    const nowhere = await placeOf(page, 500, 0.25);
    await page.mouse.move(nowhere.x, nowhere.y);
    await expect.poll(() => neighbour(page)).toBe('');
  });

  test('marks the point of the time at which somebody points elsewhere', async () => {
    const { page } = await openPanel(browser, site, SIX);
    await page.evaluate(
      (detail) => window.dispatchEvent(new CustomEvent('neighbour', { detail })),
      BEGIN + 34_000,
    );
    const { x, y } = await placeOf(page, 4000, 0.08);
    const ring = (await page.locator('.u-cursor-pt').boundingBox())!;
    expect(ring.x + ring.width / 2).toBeCloseTo(x, -0.5);
    expect(ring.y + ring.height / 2).toBeCloseTo(y, -0.5);
  });
});

describe('a pinned tooltip', () => {
  const linked = () => {
    const times = [0, 1, 2].map((i) => BEGIN + i * 10_000);
    const cost = frame('cost', times, [0.01, 0.02, 0.06], { vm: 'a' });
    const config = { links: [{ title: 'The runbook', url: 'https://example.org/runbook', oneClick: true }] };
    return {
      frames: [
        frame('throughput', times, [1000, 2000, 3000], { vm: 'a' }),
        { ...cost, fields: [cost.fields[0]!, { ...cost.fields[1]!, config }] },
      ],
    };
  };

  test('stays, and leads onward by data links', async () => {
    const { page } = await openPanel(browser, site, linked());
    const { x, y } = await placeOf(page, 2000, 0.02);
    await page.mouse.move(x, y);
    await tooltip(page).getByText('09:00:10').waitFor();
    expect(await tooltip(page).getByRole('link').count()).toBe(0);
    await page.mouse.click(x, y);
    const link = tooltip(page).getByRole('link', { name: 'The runbook' });
    expect(await link.getAttribute('href')).toBe('https://example.org/runbook');
    await page.mouse.move(x + 200, y - 100);
    await tooltip(page).getByText('09:00:10').waitFor();
  });

  test.each(['correlation', 'timeline'])('is held by Enter and let go by Escape: %s', async (view) => {
    const { page } = await openPanel(browser, site, linked(), { view });
    await page.getByRole('group', { name: /^(Cost against|Throughput and cost)/ }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await tooltip(page).getByRole('link', { name: 'The runbook' }).waitFor();
    await page.keyboard.press('Escape');
    await tooltip(page).getByText('09:00:10').waitFor({ state: 'detached' });
  });
});
