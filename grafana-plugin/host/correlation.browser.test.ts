import type { Browser } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch } from './testing/chromium';
import { pairs, random, realistic } from './testing/data';
import { drawnLines, openPanel, statement } from './testing/panel';
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

/** Anscombe's first set as thousands of packets per second and hundredths of a core: 5.001 · 10⁻⁶ s a packet. */
const ANSCOMBE = pairs(
  [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5].map((x) => x * 1000),
  [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68].map((y) => y / 100),
);

describe('the line', () => {
  test('is the one that Anscombe published, in words', async () => {
    const { page, errors } = await openPanel(browser, site, ANSCOMBE);
    expect(await statement(page)).toBe(
      '5 001 ns per packet by the slope of the line: r = 0.82, n = 11; throughput explains 66.7 % of the change in cost',
    );
    expect(errors).toEqual([]);
  });

  test('is the one that Anscombe published, as drawn', async () => {
    const { page } = await openPanel(browser, site, ANSCOMBE);
    const [line] = await drawnLines(page);
    expect(line!.from.x).toBeCloseTo(4000, 0);
    expect(line!.to.x).toBeCloseTo(14_000, 0);
    expect(line!.from.y).toBeCloseTo((3.00009 + 0.50009 * 4) / 100, 5);
    expect(line!.to.y).toBeCloseTo((3.00009 + 0.50009 * 14) / 100, 5);
    expect(await page.locator('svg[data-fit] text').textContent()).toBe('5\u202f001\u202fns per packet');
  });

  test('lies where its pixels are', async () => {
    const { page } = await openPanel(browser, site, ANSCOMBE);
    const box = (await page.locator('svg[data-fit] line[data-line]').boundingBox())!;
    const picture = PNG.sync.read(await page.screenshot());
    const pixel = (x: number, y: number) => [
      ...picture.data.subarray((Math.round(y) * picture.width + Math.round(x)) * 4).subarray(0, 3),
    ];
    const share = 0.3;
    const [x, y] = [box.x + box.width * share, box.y + box.height * (1 - share)];
    const brightest = Math.max(...[-1, 0, 1].map((off) => Math.min(...pixel(x, y + off))));
    expect(brightest).toBeGreaterThan(230);
    expect(Math.max(...pixel(x, y + 30))).toBeLessThan(90);
  });

  test('is one per VM where VMs have their colours', async () => {
    const a = pairs([1000, 2000, 3000], [0.01, 0.02, 0.03], 'a');
    const b = pairs([1000, 2000, 3000], [0.03, 0.05, 0.07], 'b');
    const { page } = await openPanel(
      browser,
      site,
      { frames: [...a.frames, ...b.frames] },
      { colorBy: 'vm' },
    );
    const lines = await drawnLines(page);
    expect(lines.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(lines.map(({ from, to }) => (to.y - from.y) / (to.x - from.x))).toEqual([
      expect.closeTo(1e-5, 8),
      expect.closeTo(2e-5, 8),
    ]);
    const legend = await page.getByRole('list', { name: 'Legend' }).innerText();
    expect(legend.replaceAll('\u202f', ' ').split(/\n+/)).toEqual([
      'a',
      '10 000 ns, r = 1.0000',
      'b',
      '20 000 ns, r = 1.0000',
    ]);
  });

  test('counts exits where nothing is timed', async () => {
    const timed = pairs([1000, 2000, 3000], [20, 40, 60]);
    const frames = timed.frames.map((frame) =>
      frame.refId === 'cost' ? { ...frame, refId: 'exits' } : frame,
    );
    const { page } = await openPanel(browser, site, { frames });
    expect(await statement(page)).toMatch(/^0\.02 exits per packet /);
  });

  test.each([
    [
      'throughput stands still',
      [5, 5, 5, 5],
      [1, 2, 3, 4],
      /^No line throughput did not change in 4 intervals/,
    ],
    [
      'cost stands still',
      [1, 2, 3, 4],
      [5, 5, 5, 5],
      /^0 ns per packet cost did not change, r is undefined, n = 4$/,
    ],
    ['two points', [1, 2], [1, 2], /^Not enough points for a line 2 of at least 3 intervals$/],
    [
      'a reset',
      [1, 2, 3, 4],
      [1, -2, 3, 4],
      /n = 3;.*\. 1 interval left out: 1 below zero, as after a counter reset\.$/,
    ],
    ['a gap', [1, null, 3, 4], [1, 2, 3, 4], /n = 3;.*\. 1 interval left out: 1 without both values\.$/],
  ])('%s is said in words', async (_, xs, ys, words) => {
    const { page, errors } = await openPanel(browser, site, pairs(xs, ys));
    expect(await statement(page)).toMatch(words);
    expect(errors).toEqual([]);
  });
});

describe('points', () => {
  test('are drawn where their values are', async () => {
    const { page } = await openPanel(browser, site, pairs([0, 1000, 2000, 0], [0, 0.01, 0, 0.02]));
    const where = await page.evaluate(() => {
      const svg = document.querySelector<SVGSVGElement>('svg[data-fit]')!;
      const box = svg.getBoundingClientRect();
      const [left, right, bottom, top] = svg.dataset['scales']!.split(' ').map(Number) as [
        number,
        number,
        number,
        number,
      ];
      return {
        x: box.x + (box.width * (1000 - left)) / (right - left),
        y: box.y + (box.height * (top - 0.01)) / (top - bottom),
      };
    });
    const picture = PNG.sync.read(await page.screenshot());
    const at = (Math.round(where.y) * picture.width + Math.round(where.x)) * 4;
    const [red, green, blue] = picture.data.subarray(at, at + 3) as unknown as [number, number, number];
    expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeGreaterThan(60);
  });

  test('show their numbers under the pointer', async () => {
    const { page } = await openPanel(browser, site, pairs([1000, 2000, 4000], [0.01, 0.05, 0.03]));
    const box = (await page.locator('svg[data-fit]').boundingBox())!;
    const [left, right, bottom, top] = (await page.locator('svg[data-fit]').getAttribute('data-scales'))!
      .split(' ')
      .map(Number) as [number, number, number, number];
    await page.mouse.move(
      box.x + (box.width * (2000 - left)) / (right - left) + 3,
      box.y + (box.height * (top - 0.05)) / (top - bottom) + 3,
    );
    const tooltip = page.locator('#grafana-portal-container');
    await tooltip.getByText('2026-11-22 09:00:10').waitFor();
    const text = (await tooltip.innerText()).replaceAll('\u202f', ' ');
    expect(text).toContain('2 k packets/s');
    expect(text).toContain('5 % of a core');
    expect(text).toContain('25 000 ns');
  });

  test('can be coloured by time, VM and loss', async () => {
    const { page } = await openPanel(browser, site, realistic(['a', 'b']));
    const choice = page.getByRole('radiogroup', { name: 'Colour points by' });
    await page.getByRole('img', { name: 'Time: colours from 09:00:00 to 09:59:45' }).waitFor();
    await choice.getByRole('radio', { name: 'VM' }).check();
    await page.getByRole('list', { name: 'Legend' }).getByText('b').waitFor();
    await choice.getByRole('radio', { name: 'Loss' }).check();
    await page.getByRole('img', { name: /^Loss: colours from 0/ }).waitFor();
  });

  test('25 000 of them are drawn and found', async () => {
    const next = random(1);
    const xs = Array.from({ length: 25_000 }, () => next() * 1e6);
    const { page, errors } = await openPanel(
      browser,
      site,
      pairs(
        xs,
        xs.map((x) => x * 1e-6 + next() * 0.1),
      ),
    );
    expect(await statement(page)).toMatch(/n = 25000;/);
    const [line] = await drawnLines(page);
    expect((line!.to.y - line!.from.y) / (line!.to.x - line!.from.x)).toBeCloseTo(1e-6, 8);
    expect(errors).toEqual([]);
  });
});
