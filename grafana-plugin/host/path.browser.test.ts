import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { barriers, excessWidth } from './testing/barriers';
import { compareWithBaseline } from './testing/baseline';
import { launch } from './testing/chromium';
import { stages, TWO_SENSORS } from './testing/data';
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

const PATH = { view: 'path' };
const PHONE = { viewport: { width: 390, height: 760 } };
const plain = (text: string) => text.replaceAll('\u202f', ' ');
const reading = async (page: Page) => plain(await page.getByTestId('capturecost-reading').innerText());

/** The rows of stages as texts, the groups' headings left out. */
async function rows(page: Page): Promise<string[][]> {
  const cells = await page
    .locator('tbody tr:has(th[scope=row])')
    .evaluateAll((list) =>
      list.map((row) =>
        [...row.querySelectorAll('th, td:not([aria-hidden])')].map((cell) => cell.textContent),
      ),
    );
  return cells.map((row) => row.map(plain));
}

describe('the path of the worst VM', () => {
  test('is said in a sentence, over the whole hour', async () => {
    const { page, errors } = await openPanel(browser, site, TWO_SENSORS, PATH);
    expect(await statement(page)).toBe(
      '12.0 % of the packets for ids-1 (the worst of 2 VMs) are lost at the tap: the guest does not fetch them in time. ' +
        '86.9 % of what arrives gets through every stage whose loss is known. ' +
        '1 of 8 stages is not seen; the loss of 2 others is not known.',
    );
    expect(await reading(page)).toMatch(
      /^Tap 43 200 000 packets \(12\.0 %\) are lost here: .* Try first: vCPUs/,
    );
    expect(errors).toEqual([]);
  });

  test('has the packets of every stage, and says which one is not seen', async () => {
    const { page } = await openPanel(browser, site, TWO_SENSORS, PATH);
    expect(await rows(page)).toEqual([
      ['NIC hardware', '1 080 000 000', '108 000', '0.010 %'],
      ['NIC driver', '1 080 000 000', '–', '–'],
      ['Host backlog (softnet)', '1 078 920 000', '1 080 000', '0.10 %'],
      ['Bridge', 'not seen'],
      ['Tap', '316 800 000', '43 200 000', '12.0 %'],
      ['Guest NIC', '316 800 000', '–', '–'],
      ['Guest backlog (softnet)', '316 483 200', '316 800', '0.10 %'],
      ['Capture socket', '313 200 000', '3 283 200', '1.0 %'],
    ]);
    expect(await page.locator('th[scope=rowgroup]').allInnerTexts()).toEqual([
      'Host, packets of all VMs',
      'ids-1',
    ]);
  });

  test('another VM can be picked, the worst offered first', async () => {
    const { page } = await openPanel(browser, site, TWO_SENSORS, PATH);
    await page.getByRole('combobox', { name: 'VM' }).click();
    const options = page.getByRole('option');
    expect((await options.allInnerTexts()).map((text) => plain(text).split(/\n+/))).toEqual([
      ['ids-1', '13.1 % lost'],
      ['ids-2', '0.61 % lost'],
    ]);
    await options.nth(1).click();
    await page.getByText('0.50 %').first().waitFor();
    expect(await statement(page)).toMatch(
      /^0\.50 % of the packets for ids-2 are lost at the capture socket: /,
    );
  });
});

describe('bars', () => {
  test('are to scale: the tap loses 12 % of a lane', async () => {
    const { page } = await openPanel(browser, site, TWO_SENSORS, PATH);
    const lane = page.getByRole('row', { name: /^Tap/ }).locator('td[aria-hidden] > div');
    const [whole, left, lost] = await lane
      .locator('div')
      .evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().width));
    expect(lost! / whole!).toBeCloseTo(0.12, 2);
    expect(left! / whole!).toBeCloseTo(1 - 0.0011, 2);
  });

  test('a loss of 0.1 % is red where it is drawn', async () => {
    const frames = stages([['a', 'tap', 99_900, 100]]);
    const { page } = await openPanel(browser, site, frames, PATH);
    const bars = page.getByRole('row', { name: /^Tap/ }).locator('td[aria-hidden] > div > div');
    const slice = (await bars.last().boundingBox())!;
    expect(slice.width).toBeGreaterThanOrEqual(2);
    const picture = PNG.sync.read(await page.screenshot());
    const at = (Math.round(slice.y + slice.height / 2) * picture.width + Math.round(slice.x + 0.5)) * 4;
    const [red, green, blue] = picture.data.subarray(at, at + 3) as unknown as [number, number, number];
    expect(red - Math.max(green, blue)).toBeGreaterThan(80);
  });

  test('show drops by their order of magnitude where that is wanted', async () => {
    const frames = stages([
      ['a', 'tap', 1000, 1000 / 3.6],
      ['a', 'socket', 1000, 1 / 3.6],
    ]);
    const { page } = await openPanel(browser, site, frames, PATH);
    await page.getByRole('radio', { name: 'Drops, log' }).check();
    const share = (stage: RegExp) =>
      page
        .getByRole('row', { name: stage })
        .locator('td[aria-hidden] > div > div')
        .evaluateAll(
          ([whole, bar]) => bar!.getBoundingClientRect().width / whole!.getBoundingClientRect().width,
        );
    expect(await share(/^Tap/)).toBeCloseTo(1, 2);
    expect(await share(/^Capture socket/)).toBeCloseTo(0.5, 2);
  });
});

describe('stages can be asked', () => {
  test('by pointer and by keyboard alone', async () => {
    const { page } = await openPanel(browser, site, TWO_SENSORS, PATH);
    await page.getByRole('row', { name: /^Bridge/ }).click();
    expect(await reading(page)).toBe(
      'Bridge Not seen. There is no bridge on the way, or nobody counts on it.',
    );
    await page.getByRole('button', { name: 'Tap' }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await reading(page)).toMatch(/^Capture socket 3 283 200 packets \(1\.0 %\) are lost here: /);
    const pressed = page.getByRole('button', { name: 'Capture socket', pressed: true });
    const about = await pressed.getAttribute('aria-describedby');
    expect(await page.locator(`[id="${about}"]`).innerText()).toMatch(/^Capture socket/);
  });
});

describe('works alone', () => {
  test('without throughput and cost, and sends the other views on', async () => {
    const { page } = await openPanel(browser, site, TWO_SENSORS, { view: 'budget' });
    const message = await page.getByTestId('capturecost-message').innerText();
    expect(message).toContain('No throughput and no payer among “carried”, “dropped”.');
    expect(message).toContain('There is enough for: Path.');
    await page.getByRole('radio', { name: 'Path' }).check();
    await page.getByRole('button', { name: 'Tap' }).waitFor();
  });

  test('markup in the name of a VM stays text', async () => {
    const name = '<img src=x onerror="document.title=1">';
    const { page, errors } = await openPanel(browser, site, stages([[name, 'tap', 88, 12]]), PATH);
    expect(await statement(page)).toContain(name);
    expect(await page.locator('img').count()).toBe(0);
    expect(errors).toEqual([]);
  });
});

describe('everyone can use it', () => {
  test.each([
    ['dark', 'wide'],
    ['dark', 'narrow'],
    ['light', 'wide'],
    ['light', 'narrow'],
  ])('axe finds no barrier and it looks as it should: %s, %s', async (theme, size) => {
    const options = size === 'narrow' ? PHONE : {};
    const { page } = await openPanel(browser, site, TWO_SENSORS, { ...PATH, theme }, options);
    expect(await barriers(page)).toEqual([]);
    await compareWithBaseline(page, `path-${theme}-${size}`);
  });

  test('nothing is wider than a phone, and the bars keep half of it', async () => {
    const { page } = await openPanel(browser, site, TWO_SENSORS, PATH, PHONE);
    expect(await excessWidth(page)).toBeLessThanOrEqual(0);
    const lane = (await page.getByRole('row', { name: /^Tap/ }).locator('th > div').boundingBox())!;
    expect(lane.width).toBeGreaterThan(150);
  });
});
