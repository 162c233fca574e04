import type { PanelPlugin } from '@grafana/data';
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { barriers } from './testing/barriers';
import { launch } from './testing/chromium';
import { frame, pairs, spending, TWO_SENSORS } from './testing/data';
import { openPanel } from './testing/panel';
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

async function download(page: Page, item: string): Promise<{ name: string; content: Buffer }> {
  await page.getByRole('button', { name: 'Download' }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: item }).click(),
  ]);
  return { name: file.suggestedFilename(), content: await readFile(await file.path()) };
}

describe('the numbers as a file', () => {
  test('are those of the table, as they are, under names that do no harm', async () => {
    const data = pairs([1000, null], [0.5, 0.02], '=cmd|"/c calc"!A1');
    const { page } = await openPanel(browser, site, data);
    const { name, content } = await download(page, 'Numbers as CSV');
    expect(name).toBe('capture-cost-correlation-2026-11-22T09-00-10Z.csv');
    expect(content.toString('utf8')).toBe(
      'Time,VM,Throughput (packets/s),Cost (s/s),Cost per packet (s),Loss (share)\r\n' +
        `2026-11-22T09:00:10.000Z,"'=cmd|""/c calc""!A1",,0.02,,\r\n` +
        `2026-11-22T09:00:00.000Z,"'=cmd|""/c calc""!A1",1000,0.5,0.0005,\r\n`,
    );
  });

  test('of the path are its stages', async () => {
    const { page } = await openPanel(browser, site, TWO_SENSORS, { view: 'path' });
    const { content } = await download(page, 'Numbers as CSV');
    const lines = content.toString('utf8').split('\r\n');
    expect(lines).toHaveLength(1 + 16 + 1);
    expect(lines[0]).toBe(
      'VM,Stage,Counted for,Got through (packets),Lost (packets),Loss (share),Left of all (share)',
    );
    expect(lines[4]).toMatch(/^ids-1,Bridge,not seen,,,,0\.998/);
    expect(lines[5]).toMatch(/^ids-1,Tap,the VM,316800000,43200000,0\.12,0\.879/);
  });
});

/** The box that the picture shows, with a margin of 8 pixels around it. */
const shown = async (page: Page) => (await page.locator('[data-view]').boundingBox())!;

describe('the picture as a file', () => {
  test('has the pixels of the screen and what is seen on it', async () => {
    const options = { deviceScaleFactor: 2 };
    const { page } = await openPanel(browser, site, TWO_SENSORS, { view: 'path' }, options);
    const panel = await shown(page);
    const lost = (await page
      .getByRole('row', { name: /^Tap/ })
      .locator('td[aria-hidden] > div > div')
      .last()
      .boundingBox())!;
    const screen = PNG.sync.read(await page.screenshot());
    const { name, content } = await download(page, 'Picture as PNG');
    expect(name).toBe('capture-cost-path-2026-11-22T10-00-00Z.png');
    const picture = PNG.sync.read(content);
    expect([picture.width, picture.height]).toEqual([
      Math.round((panel.width + 16) * 2),
      Math.round((panel.height + 16) * 2),
    ]);
    const at = (png: PNG, x: number, y: number) => [
      ...png.data.subarray((Math.round(y * 2) * png.width + Math.round(x * 2)) * 4).subarray(0, 3),
    ];
    const [x, y] = [lost.x + lost.width / 2, lost.y + lost.height / 2];
    expect(at(picture, x - panel.x + 8, y - panel.y + 8)).toEqual(at(screen, x, y));
    expect(at(picture, x - panel.x + 8, y - panel.y + 8)[0]).toBeGreaterThan(200);
  });

  test('has the letters where the screen has them', async () => {
    const { page } = await openPanel(browser, site, TWO_SENSORS, { view: 'path' });
    const panel = await shown(page);
    const words = (await page.getByTestId('capturecost-reading').boundingBox())!;
    await page.mouse.move(0, 0);
    const screen = PNG.sync.read(await page.screenshot({ clip: words }));
    const { content } = await download(page, 'Picture as PNG');
    const picture = PNG.sync.read(content);
    /** How many pixels of each column are of letters. */
    const columns = (png: PNG, left: number, top: number) =>
      Array.from({ length: 300 }, (_, x) =>
        Array.from({ length: 18 }, (_, y) => png.data[((top + y) * png.width + left + x) * 4]!).reduce(
          (sum, value) => sum + value,
          0,
        ),
      );
    const seen = columns(screen, 0, 0);
    const painted = columns(picture, Math.round(words.x - panel.x + 8), Math.round(words.y - panel.y + 8));
    expect(correlationOf(seen, painted)).toBeGreaterThan(0.9);
  });

  test('is there for a canvas too', async () => {
    const { page } = await openPanel(browser, site, pairs([1000, 2000, 3000], [0.01, 0.02, 0.03]));
    const { content } = await download(page, 'Picture as PNG');
    const colors = new Set<number>();
    const { data } = PNG.sync.read(content);
    for (let i = 0; i < data.length; i += 4) {
      colors.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
    }
    expect(colors.size).toBeGreaterThan(50);
  });
});

function correlationOf(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const product = mean(a.map((value, i) => (value - ma) * (b[i]! - mb)));
  return (
    product / Math.sqrt(mean(a.map((value) => (value - ma) ** 2)) * mean(b.map((value) => (value - mb) ** 2)))
  );
}

describe('the toolbar', () => {
  test('fits a phone in one line', async () => {
    const { page } = await openPanel(
      browser,
      site,
      TWO_SENSORS,
      { view: 'path' },
      { viewport: { width: 390, height: 700 } },
    );
    const first = (await page.getByRole('radiogroup', { name: 'View' }).boundingBox())!;
    const last = (await page.getByRole('button', { name: 'How the fields were read' }).boundingBox())!;
    expect(last.x + last.width).toBeLessThanOrEqual(390);
    expect(Math.abs(last.y + last.height / 2 - first.y - first.height / 2)).toBeLessThan(6);
  });

  test('offers no picture of the table', async () => {
    const { page } = await openPanel(browser, site, TWO_SENSORS, { view: 'path' });
    await page.getByRole('button', { name: 'Show the numbers as a table' }).click();
    await page.getByRole('button', { name: 'Download' }).click();
    expect(await page.getByRole('menuitem').allInnerTexts()).toEqual(['Numbers as CSV']);
  });
});

test('a query that failed beside others is said above the picture', async () => {
  const { page } = await openPanel(
    browser,
    site,
    { ...TWO_SENSORS, error: 'too many series' },
    { view: 'path' },
  );
  expect(await page.getByTestId('capturecost-lack').innerText()).toContain(
    'A query failed, so this is a part of the picture: too many series',
  );
  expect(await page.getByRole('button', { name: 'Tap' }).count()).toBe(1);
  expect(await barriers(page)).toEqual([]);
});

test('nothing moves by itself where less motion is wanted', async () => {
  const durations = async (reducedMotion: 'reduce' | 'no-preference') => {
    const { page } = await openPanel(browser, site, TWO_SENSORS, { view: 'path' }, { reducedMotion });
    return page
      .locator('td[aria-hidden] > div > div')
      .first()
      .evaluate((bar) => getComputedStyle(bar).transitionDuration);
  };
  expect(await durations('reduce')).toBe('0s');
  expect(await durations('no-preference')).toMatch(/^0\.2s/);
});

/** What the loaded panel itself answers, called as Grafana does. */
function ask<Answer>(page: Page, question: string, argument: unknown): Promise<Answer> {
  return page.evaluate(
    async ([method, value]) => {
      const { System } = window as unknown as {
        System: { import(url: string): Promise<{ plugin: Record<string, (value: unknown) => unknown> }> };
      };
      const { plugin } = await System.import(new URL('./panel/module.js', document.baseURI).href);
      return plugin[method]!(value) as never;
    },
    [question, argument] as const,
  );
}

describe('Grafana may ask', () => {
  /** As Grafana holds them: with a length, and a configuration for each field. */
  const rawFrames = ({ frames }: { frames: ReadonlyArray<ReturnType<typeof frame>> }) =>
    frames.map(({ refId, fields }) => ({
      refId,
      length: fields[0]!.values!.length,
      fields: fields.map((field) => ({ config: {}, ...field })),
    }));

  test.each([
    ['stages', TWO_SENSORS, ['path']],
    ['throughput and cost', pairs([1, 2, 3], [1, 2, 3]), ['correlation', 'timeline', 'budget']],
    ['throughput and payers', spending('a', 1000, { vhost: 10 }), ['budget']],
    ["other people's data", { frames: [frame('A', [1, 2], [3, 4], { job: 'x' })] }, []],
    ['nothing', { frames: [] }, []],
  ])('which views suit %s', async (_, data, views) => {
    const { page } = await openPanel(browser, site, { frames: [] });
    const summary = { hasData: data.frames.length > 0, rawFrames: rawFrames(data) };
    const suggestions = await ask<Array<{ name: string; pluginId: string; options: { view: string } }>>(
      page,
      'getSuggestions',
      summary,
    );
    expect(suggestions.map(({ options }) => options.view)).toEqual(views);
    for (const { name, pluginId } of suggestions) {
      expect(name).toMatch(/^Capture cost: /);
      expect(pluginId).toBe('trapline-capturecost-panel');
    }
  });

  test('which options go with a view', async () => {
    const { page } = await openPanel(browser, site, { frames: [] });
    const shown = (view: string) =>
      page.evaluate(async (chosen) => {
        const { System } = window as unknown as {
          System: { import(url: string): Promise<{ plugin: PanelPlugin }> };
        };
        const { plugin } = await System.import(new URL('./panel/module.js', document.baseURI).href);
        const items: Array<{ path: string; showIf?: (options: unknown) => boolean }> = [];
        const builder: object = new Proxy(
          {},
          { get: () => (item: (typeof items)[number]) => (items.push(item), builder) },
        );
        plugin.getPanelOptionsSupplier()(builder as never, { data: [] });
        return items.filter(({ showIf }) => showIf?.({ view: chosen }) ?? true).map(({ path }) => path);
      }, view);
    expect(await shown('budget')).toEqual([
      'view',
      'budget.cores',
      'budget.link',
      'budget.frame',
      'fields.throughput',
      'fields.cost',
      'fields.payer',
      'fields.cores',
    ]);
    expect(await shown('path')).toEqual(['view', 'path.scale', 'fields.carried', 'fields.dropped']);
  });

  test('what options that 0.1.0 saved mean now', async () => {
    const { page } = await openPanel(browser, site, { frames: [] });
    const migrate = (options: unknown) =>
      ask<Record<string, unknown>>(page, 'onPanelMigration', { id: 1, pluginVersion: '0.1.0', options });
    expect(
      await migrate({ view: 'timeline', colorBy: 'loss', fields: { cost: 'B', loss: '' } }),
    ).toMatchObject({
      view: 'timeline',
      colorBy: 'loss',
      budget: { cores: 1, link: 10, frame: 64 },
      path: { scale: 'share' },
      fields: { cost: 'B' },
    });
    expect((await migrate({ view: 'timeline', fields: { loss: '' } }))['fields']).toEqual({});
    expect(await migrate({})).toMatchObject({ view: 'correlation', colorBy: 'time', fields: {} });
    expect(await migrate({ view: 'a view of the future' })).toMatchObject({ view: 'correlation' });
  });
});
