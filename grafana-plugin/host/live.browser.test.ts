import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launch } from './testing/chromium';
import { liveSamples } from './testing/data';
import { open, statement } from './testing/panel';
import { TestSite } from './testing/site';

let browser: Browser;
let site: TestSite;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  site = await TestSite.start();
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await site.stop();
});

/** Serves these samples as the history of everyone who connects. */
function serve(samples: ReturnType<typeof liveSamples>): void {
  site.onLive = (send) => send('history', samples);
}

const tiles = async (page: Page) =>
  (await page.locator('dl[aria-label="The last minute"]').innerText()).replaceAll('\u202f', ' ').split(/\n+/);

describe('the live page', () => {
  test('draws the history and goes on with each sample', async () => {
    const samples = liveSamples(['sensor'], 12);
    serve(samples.slice(0, 10));
    const { page, errors, foreign } = await open(browser, site, '');
    await page
      .getByText('2 000 ns per packet'.replaceAll(' ', '\u202f').replace('ns\u202fper\u202f', 'ns per '))
      .first()
      .waitFor();
    expect(await statement(page)).toMatch(/^2 000 ns per packet .* r = 1\.0000, n = 9;/);
    site.send('sample', samples[10]);
    await page.getByText(/n = 10;/).waitFor();
    site.send('sample', samples[11]);
    await page.getByText(/n = 11;/).waitFor();
    expect(await tiles(page)).toEqual([
      'Cost per packet',
      '2 000 ns',
      'Packets delivered',
      '2.91 k /s',
      'Loss',
      '20 %',
      'VM exits',
      '29.1 /s',
    ]);
    expect([errors, foreign, site.missing]).toEqual([[], [], []]);
  });

  test('lists several VMs and shows one alone', async () => {
    serve(liveSamples(['a', 'b'], 10));
    const { page } = await open(browser, site, '');
    const rows = page.getByRole('region', { name: 'Virtual machines' }).getByRole('row');
    await rows.nth(2).waitFor();
    const cells = async (row: number) =>
      (await rows.nth(row).innerText()).replaceAll('\u202f', ' ').split(/\t/);
    expect(await cells(1)).toEqual(['a', '3.22 k', '20 %', '32.2', '2 000 ns']);
    expect(await cells(2)).toEqual(['b', '6.44 k', '20 %', '64.4', '2 000 ns']);
    expect(await statement(page)).toMatch(/n = 18;/);
    await page.getByRole('combobox', { name: 'VM' }).selectOption('b');
    await page.getByText(/n = 9;/).waitFor();
    expect(await page.getByRole('heading', { name: 'Capture cost, b' }).count()).toBe(1);
    await page.getByRole('button', { name: 'b', exact: true }).click();
    await page.getByText(/n = 18;/).waitFor();
  });

  test('says that exits stand in where nothing is timed', async () => {
    serve(liveSamples(['sensor'], 10, 1000, false));
    const { page } = await open(browser, site, '');
    await page.getByText('Exit timing is not available on this machine: showing exits per packet.').waitFor();
    expect(await statement(page)).toMatch(/^0\.002 exits per packet/);
    expect((await tiles(page)).slice(0, 2)).toEqual(['Cost per packet', '0.002 exits']);
  });

  test('draws a gap where a VM was started anew', async () => {
    const samples = liveSamples(['sensor'], 10);
    const anew = liveSamples(['sensor'], 20)
      .slice(10)
      .map((sample, i) => ({ ...sample, vms: samples[i]!.vms }));
    serve([...samples, ...anew]);
    const { page } = await open(browser, site, '');
    await page.getByText(/n = 18; .* 1 interval left out: 1 without both values\./).waitFor();
  });

  test('helps where there is no VM', async () => {
    serve([]);
    const { page, errors } = await open(browser, site, '');
    await page.getByText('No virtual machine was seen yet.').waitFor();
    await page.getByText('npm run lab').waitFor();
    expect(errors).toEqual([]);
  });

  test('keeps what it has when the connection drops, and reconnects by itself', async () => {
    const samples = liveSamples(['sensor'], 12);
    serve(samples.slice(0, 10));
    const { page } = await open(browser, site, '');
    await page.getByText(/n = 9;/).waitFor();
    site.onLive = undefined;
    site.drop();
    await page.getByText('The connection to the exporter was lost.').waitFor();
    expect(await statement(page)).toMatch(/n = 9;/);
    serve(samples);
    await page.getByText(/n = 11;/).waitFor();
    await page.getByText('The connection to the exporter was lost.').waitFor({ state: 'detached' });
  });

  test('survives a restart of the exporter', async () => {
    const port = Number(new URL(site.origin).port);
    serve(liveSamples(['sensor'], 10));
    const { page } = await open(browser, site, '');
    await page.getByText(/n = 9;/).waitFor();
    await site.stop();
    await page.getByText('The connection to the exporter was lost.').waitFor();
    site = await TestSite.start(port);
    serve(liveSamples(['other'], 6));
    await page.getByText(/n = 5;/).waitFor();
    expect(await page.getByRole('heading', { name: 'Capture cost, other' }).count()).toBe(1);
  });

  test('remembers the theme, links to the metrics and fits a phone', async () => {
    serve(liveSamples(['a', 'b'], 10));
    const { page } = await open(browser, site, '', {
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
    });
    await page.getByText(/n = 18;/).waitFor();
    await page.getByRole('button', { name: 'Use the light theme' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Use the dark theme' }).waitFor();
    expect(
      await page.getByRole('link', { name: 'Metrics' }).evaluate((link: HTMLAnchorElement) => link.href),
    ).toBe(`${site.origin}/metrics`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });
});
