import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { barriers, excessWidth } from './testing/barriers';
import { compareWithBaseline } from './testing/baseline';
import { launch } from './testing/chromium';
import { pairs, spending } from './testing/data';
import { openPanel, statement } from './testing/panel';
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

const BUDGET = { view: 'budget' };
const PHONE = { viewport: { width: 390, height: 760 } };
const plain = (text: string) => text.replaceAll('\u202f', ' ');

/** 1000 ns a packet at half a million a second: half of one CPU. */
const HALF = spending('ids-1', 500_000, {
  capture: 100,
  softirq: 150,
  exit_kernel: 300,
  exit_vmm: 100,
  vhost: 300,
  interrupt: 50,
});
/** 2000 ns at 600 000 a second: 1.2 CPUs' worth, but there are four. */
const FOUR = spending('ids-2', 600_000, { exit_kernel: 1500, vhost: 500 }, 4);
const TWO = { frames: [...HALF.frames, ...FOUR.frames] };

const rowOf = async (page: Page, name: RegExp) =>
  plain(
    (await page.getByRole('row', { name }).first().locator('th, td:not([aria-hidden])').allInnerTexts()).join(
      ' | ',
    ),
  );

describe('the budget of one VM', () => {
  test('is said in a sentence, with headroom and line rate', async () => {
    const { page, errors } = await openPanel(browser, site, HALF, BUDGET);
    expect(await statement(page)).toBe(
      '1 000 ns per packet of ids-1 use 50 % of the budget at the present rate (500 k packets/s on 1 CPU): 50 % is left, enough for 1 M packets/s. ' +
        '10 Gbit/s of 64 B frames would need 14.9 CPUs',
    );
    expect(errors).toEqual([]);
  });

  test('names every payer with its share, in the order in which a packet meets them', async () => {
    const { page } = await openPanel(browser, site, HALF, BUDGET);
    const items = await page.getByRole('list', { name: 'Legend' }).getByRole('listitem').allInnerTexts();
    expect(items.map((item) => plain(item).replaceAll('\n', ' '))).toEqual([
      'VM exits, kernel 300 ns, 30.0 %',
      'VM exits, VMM 100 ns, 10.0 %',
      'vhost 300 ns, 30.0 %',
      'NIC interrupts 50 ns, 5.0 %',
      'softirq 150 ns, 15.0 %',
      'capture process 100 ns, 10.0 %',
      'budget at the present rate',
    ]);
  });

  test('is drawn to scale: half of the budget is bars, end to end', async () => {
    const { page } = await openPanel(browser, site, HALF, BUDGET);
    const boxes = await page
      .getByRole('row', { name: /^ids-1/ })
      .locator('td[aria-hidden] > div > div')
      .evaluateAll((bars) =>
        bars.map((bar) => bar.getBoundingClientRect()).map(({ left, right }) => [left, right]),
      );
    const [ground, ...bars] = boxes.slice(0, 7) as Array<[number, number]>;
    const budget = ground![1] - ground![0];
    expect(bars.map(([left, right]) => (right - left) / budget)).toEqual(
      [0.15, 0.05, 0.15, 0.025, 0.075, 0.05].map((share) => expect.closeTo(share, 2)),
    );
    bars.slice(1).forEach(([left], i) => expect(left).toBeCloseTo(bars[i]![1], 0));
    expect(boxes[7]![0]).toBeCloseTo(ground![1], 0);
  });

  test('shows for every link and frame how many CPUs it would take', async () => {
    const { page } = await openPanel(browser, site, HALF, BUDGET);
    const table = page.getByRole('table', { name: /^CPUs that ids-1 would need at line rate/ });
    expect(
      (await table.getByRole('row', { name: /^10 Gbit/ }).allInnerTexts()).map((text) =>
        plain(text).split(/\s*[\n\t]+/),
      ),
    ).toEqual([['10 Gbit/s', '14.9', '67.2 ns', '4.53', '221 ns', '2.35', '426 ns', '0.81', '1 230 ns']]);
  });

  test('changes what the sentence speaks of with the cell that is chosen, by keyboard', async () => {
    const { page } = await openPanel(browser, site, HALF, BUDGET);
    const table = page.getByRole('table', { name: /^CPUs that/ });
    await table.getByRole('button').nth(0).focus();
    for (let i = 0; i < 11; i++) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    expect(await statement(page)).toMatch(/25 Gbit\/s of 1518 B frames would need 2\.03 CPUs$/);
  });
});

describe('the budgets of several VMs', () => {
  test('begin with the one nearest to its limit', async () => {
    const { page } = await openPanel(browser, site, TWO, BUDGET);
    expect(await statement(page)).toMatch(
      /^1 000 ns per packet of ids-1 \(the nearest to its limit of 2 VMs\) use 50 %/,
    );
    expect(await rowOf(page, /^ids-1/)).toBe('ids-1 | 1 000 ns | 2 000 ns | 50.0 % | 50.0 %');
    expect(await rowOf(page, /^ids-2/)).toBe('ids-2 | 2 000 ns | 6 667 ns | 30.0 % | 30.0 %');
  });

  test('and tell of the one that is chosen, with the CPUs that a query names', async () => {
    const { page } = await openPanel(browser, site, TWO, BUDGET);
    await page.getByRole('button', { name: 'ids-2' }).focus();
    await page.keyboard.press('Enter');
    expect(await statement(page)).toMatch(
      /^2 000 ns per packet of ids-2 use 30 % of the budget at the present rate \(600 k packets\/s on 4 CPUs\): 70 % is left, enough for 2 M packets\/s\./,
    );
  });

  test('obey the option where no query names CPUs', async () => {
    const data = { ...TWO, options: { budget: { cores: 2, link: 100, frame: 1518 } } };
    const { page } = await openPanel(browser, site, data, BUDGET);
    expect(await rowOf(page, /^ids-1/)).toBe('ids-1 | 1 000 ns | 4 000 ns | 25.0 % | 25.0 %');
    expect(await statement(page)).toMatch(/100 Gbit\/s of 1518 B frames would need 16\.3 CPUs$/);
  });
});

test('VM exits alone will do, and are said to be alone', async () => {
  const { page } = await openPanel(browser, site, pairs([1000, 1000, 1000], [0.002, 0.002, 0.002]), BUDGET);
  expect(await statement(page)).toMatch(
    /^2 000 ns per packet of sensor-1 use 0\.2 % .* VM exits alone are counted\.$/,
  );
});

describe('everyone can use it', () => {
  test.each([
    ['dark', 'wide'],
    ['dark', 'narrow'],
    ['light', 'wide'],
    ['light', 'narrow'],
  ])('axe finds no barrier and it looks as it should: %s, %s', async (theme, size) => {
    const options = size === 'narrow' ? PHONE : {};
    const { page } = await openPanel(browser, site, TWO, { ...BUDGET, theme }, options);
    expect(await barriers(page)).toEqual([]);
    await compareWithBaseline(page, `budget-${theme}-${size}`);
  });

  test('nothing is wider than a phone', async () => {
    const { page } = await openPanel(browser, site, TWO, BUDGET, PHONE);
    expect(await excessWidth(page)).toBeLessThanOrEqual(0);
  });
});
