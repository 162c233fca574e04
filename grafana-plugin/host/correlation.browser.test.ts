import type { Browser } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FixedData } from './src/FixedPage';
import { barriers } from './testing/barriers';
import { compareWithBaseline } from './testing/baseline';
import { launch } from './testing/chromium';
import { pairs, random, realistic } from './testing/data';
import { drawnLines, openPanel, placeOf, statement } from './testing/panel';
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
  test('is no price where eleven points cannot make sure of one, and its interval is said', async () => {
    const { page, errors } = await openPanel(browser, site, ANSCOMBE);
    expect(await statement(page)).toMatch(
      /^No reliable cost per packet the slope may be zero: −[\d ,.]+ ns to [\d ,.]+ ns with 99\.9 % confidence, n = 11$/,
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
    expect(await page.locator('svg[data-fit] text').count()).toBe(0);
  });

  test('lies where its pixels are', async () => {
    const { page } = await openPanel(browser, site, ANSCOMBE);
    const box = (await page.locator('svg[data-fit] path[data-line]').boundingBox())!;
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
      'Least squares',
      'Theil–Sen',
      'Pearson',
      'r = 0.62, p = 0.19',
      'Spearman',
      'ρ = 0.61, p = 0.2',
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
    const where = await placeOf(page, 1000, 0.01);
    const picture = PNG.sync.read(await page.screenshot());
    const at = (Math.round(where.y) * picture.width + Math.round(where.x)) * 4;
    const [red, green, blue] = picture.data.subarray(at, at + 3) as unknown as [number, number, number];
    expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeGreaterThan(60);
  });

  test('show their numbers under the pointer', async () => {
    const { page } = await openPanel(browser, site, pairs([1000, 2000, 4000], [0.01, 0.05, 0.03]));
    const where = await placeOf(page, 2000, 0.05);
    await page.mouse.move(where.x + 3, where.y + 3);
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

describe('what the points tell', () => {
  /** A sensor that follows at 1 µs a packet up to 100 000 packets/s, and from there at 11 µs. */
  const bent = () => {
    const xs = Array.from({ length: 60 }, (_, i) => 2500 * (1 + ((i * 37) % 60)));
    return pairs(
      xs,
      xs.map((x) => 0.02 + x * 1e-6 + Math.max(0, x - 100_000) * 1e-5),
    );
  };

  test('a knee is marked and said', async () => {
    const { page } = await openPanel(browser, site, bent());
    expect(await statement(page)).toContain(
      'Above 100 k packets/s throughput stops following: one more packet costs 11 000 ns there instead of 1 000 ns.',
    );
    const mark = page.locator('svg[data-fit] path[data-knee]');
    expect(Number(await mark.getAttribute('data-knee'))).toBe(100_000);
    const box = (await mark.boundingBox())!;
    const { x, y } = await placeOf(page, 100_000, 0.12);
    expect(box.x + box.width / 2).toBeCloseTo(x, -0.5);
    expect(box.y + box.height / 2).toBeCloseTo(y, -0.5);
  });

  test('a knee can be left unmarked', async () => {
    const { page } = await openPanel(browser, site, { ...bent(), options: { knee: false } });
    expect(await page.locator('svg[data-fit] path[data-knee]').count()).toBe(0);
  });

  test('the line that outliers do not move is a click away', async () => {
    const xs = Array.from({ length: 20 }, (_, i) => 1000 * (i + 1));
    const { page } = await openPanel(
      browser,
      site,
      pairs(
        xs,
        xs.map((x, i) => (i % 5 === 4 ? 0.9 : x * 2e-6)),
      ),
    );
    const legend = page.getByRole('list', { name: 'Legend' });
    await legend.getByRole('button', { name: 'Theil–Sen' }).click();
    await legend.getByText('2\u202f000\u202fns').waitFor();
    const lines = await drawnLines(page);
    expect(lines).toHaveLength(2);
    expect((lines[1]!.to.y - lines[1]!.from.y) / (lines[1]!.to.x - lines[1]!.from.x)).toBeCloseTo(2e-6, 8);
    await legend.getByRole('button', { name: 'Least squares' }).click();
    await expect
      .poll(() => statement(page))
      .toBe('2 000 ns per packet by the median of all 190 slopes between two intervals (Theil–Sen), n = 20');
  });

  test('the lag at which both go together is found and said', async () => {
    const load = Array.from({ length: 60 }, (_, i) => 1000 + ((i * i * 7919 + i * 104_729) % 1009));
    const late = load.map((_, i) => (load[i - 2] ?? 1500) * 1e-5);
    const { page } = await openPanel(browser, site, { ...pairs(load, late), options: { shown: 'lags' } });
    expect(await statement(page)).toBe(
      'Cost comes 20 s later most closely at this lag: r = 1.0000, n = 58, p < 0.0001 as the best of 31 lags',
    );
    await page.getByRole('group', { name: /^Correlation at 31 lags/ }).focus();
    for (let i = 0; i < 18; i++) {
      await page.keyboard.press('ArrowRight');
    }
    const tooltip = page.locator('#grafana-portal-container');
    await tooltip.getByText('Cost 20\u202fs later').waitFor();
    expect((await tooltip.innerText()).split(/\n+/)).toContain('58');
  });
});

describe('the axes', () => {
  test('can be logarithmic, which bends the line and leaves out nought', async () => {
    const { page } = await openPanel(browser, site, {
      ...pairs([0, 10, 100, 1000], [0.001, 0.002, 0.011, 0.101]),
      options: { xScale: 'log', yScale: 'log' },
    });
    expect(await statement(page)).toMatch(
      / Not drawn, because a logarithmic axis has no nought: 1 interval\.$/,
    );
    const [left, right] = (await page.locator('svg[data-fit]').getAttribute('data-scales'))!
      .split(' ')
      .map(Number);
    expect([left, right]).toEqual([10, 2000]);
    const d = await page.locator('svg[data-fit] path[data-line]').getAttribute('d');
    expect(d!.split('L').length).toBe(49);
  });

  test('are written as the fields are set', async () => {
    const { frames } = pairs([1000, 2000, 3000], [0.01, 0.02, 0.03]);
    const set = frames.map((one) => ({
      ...one,
      fields: one.fields.map((field) =>
        one.refId === 'cost' && field.type === 'number'
          ? { ...field, config: { unit: 's', decimals: 1, max: 0.1 } }
          : field,
      ),
    }));
    const { page } = await openPanel(browser, site, { frames: set });
    const scales = (await page.locator('svg[data-fit]').getAttribute('data-scales'))!.split(' ').map(Number);
    expect(scales[3]).toBe(0.1);
    const { x, y } = await placeOf(page, 2000, 0.02);
    await page.mouse.move(x, y);
    await page.locator('#grafana-portal-container').getByText('20.0 ms').waitFor();
  });

  test('carry thresholds where they are wanted', async () => {
    const { frames } = pairs([1000, 2000, 3000], [0.01, 0.02, 0.03]);
    const thresholds = {
      mode: 'absolute',
      steps: [
        { value: null, color: 'green' },
        { value: 0.025, color: '#ff0000' },
      ],
    };
    const config = { thresholds, custom: { thresholdsStyle: { mode: 'line' } } };
    const set = frames.map((one) => ({
      ...one,
      fields: one.fields.map((field) =>
        one.refId === 'cost' && field.type === 'number' ? { ...field, config } : field,
      ),
    }));
    const { page } = await openPanel(browser, site, { frames: set } as unknown as typeof ANSCOMBE);
    const { x, y } = await placeOf(page, 500, 0.025);
    const picture = PNG.sync.read(await page.screenshot());
    const at = (Math.round(y) * picture.width + Math.round(x)) * 4;
    expect(picture.data[at]! - picture.data[at + 1]!).toBeGreaterThan(100);
  });
});

describe('looks as it was kept, and keeps nobody out', () => {
  const WIDE = { width: 1100, height: 620 };
  const NARROW = { width: 400, height: 480 };

  /** A sensor that stops following at 150 000 packets/s, with a cost that comes one interval late. */
  function saturated(count: number, options: FixedData['options'] = {}): FixedData {
    const next = random(3);
    const load = Array.from(
      { length: count },
      (_, i) => 1e5 + 8e4 * Math.sin(i / (count / 20)) + 2e4 * next(),
    );
    const frames = pairs(
      load.map((x) => Math.min(x, 1.5e5) * (0.995 + 0.01 * next())),
      load.map((x, i) => 0.02 + (load[i - 1] ?? x) * 1e-6 + Math.max(0, x - 1.5e5) * 6e-6 + 0.004 * next()),
    );
    return { ...frames, options };
  }

  test.each([
    ['correlation-dark-wide', 'dark', WIDE, saturated(300, { lines: ['leastSquares', 'theilSen'] })],
    ['correlation-light-narrow', 'light', NARROW, saturated(300)],
    [
      'correlation-vms-light-wide',
      'light',
      WIDE,
      { ...realistic(['a', 'b', 'c']), options: { colorBy: 'vm' } },
    ],
    ['correlation-log-dark-narrow', 'dark', NARROW, saturated(300, { xScale: 'log', yScale: 'log' })],
    ['correlation-density-dark-wide', 'dark', WIDE, saturated(60_000)],
    ['correlation-lags-light-wide', 'light', WIDE, saturated(300, { shown: 'lags' })],
  ] as const)('%s', async (name, theme, viewport, data) => {
    const { page } = await openPanel(browser, site, data as FixedData, { theme }, { viewport });
    expect(await barriers(page)).toEqual([]);
    await compareWithBaseline(page, name);
  });
});
