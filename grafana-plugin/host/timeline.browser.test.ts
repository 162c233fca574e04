import type { Browser } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { barriers } from './testing/barriers';
import { compareWithBaseline } from './testing/baseline';
import { launch } from './testing/chromium';
import { BEGIN, frame, realistic } from './testing/data';
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

const TIMELINE = { view: 'timeline' };

/** Two VMs over five intervals, with loss in the fourth. */
function known() {
  const times = [0, 1, 2, 3, 4].map((i) => BEGIN + i * 10_000);
  const of = (vm: string, factor: number) => [
    frame(
      'throughput',
      times,
      [1000, 1000, 1000, 500, 1000].map((x) => x * factor),
      { vm },
    ),
    frame(
      'cost',
      times,
      [0.001, 0.001, 0.001, 0.001, 0.001].map((y) => y * factor),
      { vm },
    ),
    frame('loss', times, [0, 0, 0, 0.5, 0], { vm }),
    frame('exits', times, [100, 100, 100, 100, 100], { vm, class: 'io' }),
    frame('exits', times, [50, 50, 50, 50, 50], { vm, class: 'halt' }),
  ];
  return { frames: [...of('a', 1), ...of('b', 3)] };
}

describe('the timeline', () => {
  test('says the average price of a packet and the worst loss', async () => {
    const { page, errors } = await openPanel(browser, site, known(), TIMELINE);
    expect(await statement(page)).toBe(
      '1 111 ns per packet on average: 2 VMs together, 3.6 k packets/s; loss up to 50 %',
    );
    expect(errors).toEqual([]);
  });

  test('names every line, the loss and each class in the legend', async () => {
    const { page } = await openPanel(browser, site, known(), TIMELINE);
    const items = await page.getByRole('list', { name: 'Legend' }).getByRole('listitem').allInnerTexts();
    expect(items.map((item) => item.replaceAll('\u202f', ' ').replaceAll('\n', ' '))).toEqual([
      'Throughput mean 3.6 k packets/s, max 4 k packets/s',
      'Exit time mean 0.4 % of a core, max 0.4 % of a core',
      'Loss up to 50 %',
      'io',
      'halt',
    ]);
  });

  test('shades the interval in which packets were lost, and no other', async () => {
    const { page } = await openPanel(browser, site, known(), TIMELINE);
    const plot = (await page.locator('.u-over').first().boundingBox())!;
    const picture = PNG.sync.read(await page.screenshot());
    const color = (share: number) => {
      const at = (Math.round(plot.y + 4) * picture.width + Math.round(plot.x + plot.width * share)) * 4;
      return [...picture.data.subarray(at, at + 3)] as [number, number, number];
    };
    const [shaded, clear] = [color(0.6), color(0.85)];
    expect(shaded[0] - shaded[1]).toBeGreaterThan(25);
    expect(Math.max(...clear) - Math.min(...clear)).toBeLessThan(12);
    expect(color(0.35)).toEqual(clear);
  });

  test('shows all numbers of a moment under the pointer', async () => {
    const { page } = await openPanel(browser, site, known(), TIMELINE);
    const plot = (await page.locator('.u-over').first().boundingBox())!;
    await page.mouse.move(plot.x + plot.width * 0.74, plot.y + 60);
    const tooltip = page.locator('#grafana-portal-container');
    await tooltip.getByText('2026-11-22 09:00:30').waitFor();
    const text = (await tooltip.innerText()).replaceAll('\u202f', ' ').split(/\n+/).filter(Boolean);
    expect(text).toEqual(
      [
        '2026-11-22 09:00:30',
        '2 VMs',
        'Throughput',
        '2 k packets/s',
        'Cost',
        '0.4 % of a core',
        'Cost per packet',
        '2 000 ns',
      ].concat(['Loss', '50 %', 'io', '200 exits/s', 'halt', '100 exits/s']),
    );
  });

  test('needs no exits by class', async () => {
    const { frames } = known();
    const { page } = await openPanel(
      browser,
      site,
      { frames: frames.filter(({ refId }) => refId !== 'exits') },
      TIMELINE,
    );
    expect(await page.locator('.u-over').count()).toBe(1);
  });

  test('lines up both plots on one time axis', async () => {
    const { page } = await openPanel(browser, site, realistic(['a']), TIMELINE);
    const [upper, lower] = await page.locator('.u-over').all();
    const [above, below] = [(await upper!.boundingBox())!, (await lower!.boundingBox())!];
    expect([below.x, below.width]).toEqual([above.x, above.width]);
  });

  test('a range drawn over it becomes the time of the dashboard', async () => {
    const { page } = await openPanel(browser, site, known(), TIMELINE);
    const plot = (await page.locator('.u-over').first().boundingBox())!;
    await page.mouse.move(plot.x + plot.width * 0.25, plot.y + 60);
    await page.mouse.down();
    await page.mouse.move(plot.x + plot.width * 0.5, plot.y + 70);
    await page.mouse.move(plot.x + plot.width * 0.75, plot.y + 60);
    await page.mouse.up();
    const [from, to] = (await page.getByTestId('shown-times').textContent())!.split('/').map(Date.parse);
    expect(from! - BEGIN).toBeCloseTo(10_000, -3);
    expect(to! - BEGIN).toBeCloseTo(30_000, -3);
  });

  test('draws annotations and says their words where they are', async () => {
    const annotations = [
      {
        fields: [
          { name: 'time', type: 'time' as const, values: [BEGIN + 25_000] },
          { name: 'title', type: 'string' as const, values: ['Deploy'] },
          { name: 'text', type: 'string' as const, values: ['ring <b>8192</b><script>1</script>'] },
          { name: 'color', type: 'string' as const, values: ['#00ff00'] },
        ],
      },
    ] as never;
    const { page, errors } = await openPanel(browser, site, { ...known(), annotations }, TIMELINE);
    const plot = (await page.locator('.u-over').first().boundingBox())!;
    const picture = PNG.sync.read(await page.screenshot());
    const column = Math.round(plot.x + plot.width * 0.625);
    const green = Array.from({ length: 20 }, (_, i) => {
      const at = (Math.round(plot.y + 20 + i) * picture.width + column) * 4;
      return picture.data[at + 1]! - picture.data[at]!;
    });
    expect(Math.max(...green)).toBeGreaterThan(100);
    await page.mouse.move(plot.x + plot.width * 0.74, plot.y + 60);
    await page.locator('#grafana-portal-container').getByText('Deploy: ring 8192').waitFor();
    expect(errors).toEqual([]);
  });

  test.each([
    ['dark', 'wide'],
    ['light', 'narrow'],
  ])('looks as it was kept, and keeps nobody out: %s, %s', async (theme, size) => {
    const viewport = size === 'wide' ? { width: 1100, height: 620 } : { width: 400, height: 480 };
    const { page } = await openPanel(browser, site, realistic(['a']), { ...TIMELINE, theme }, { viewport });
    expect(await barriers(page)).toEqual([]);
    await compareWithBaseline(page, `timeline-${theme}-${size}`);
  });
});
