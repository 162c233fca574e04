/** Every view with what the exporters of an emulated host and of its appliance said, recorded from `npm run lab -- --inside`. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LiveMachine, LiveSample } from '../../exporter/src/live/protocol';
import { barriers } from './testing/barriers';
import { compareWithBaseline } from './testing/baseline';
import { launch } from './testing/chromium';
import { drawnLines, open, settle, statement } from './testing/panel';
import { TestSite } from './testing/site';

interface Recording {
  readonly machine: LiveMachine;
  readonly history: readonly LiveSample[];
}

const read = (name: string): Recording =>
  JSON.parse(readFileSync(new URL(`./recorded/${name}.json`, import.meta.url), 'utf8')) as Recording;
const host = read('host');
const appliance = read('appliance');

let browser: Browser;
let site: TestSite;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  site = await TestSite.start();
  return async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await site.stop();
  };
});

/** Opens the live page of a recording at one view of the panel. */
async function openView({ machine, history }: Recording, view: string, size = {}): Promise<Page> {
  site.onLive = (send) => {
    send('machine', machine);
    send('history', history);
  };
  const { page, errors, foreign } = await open(browser, site, '', size);
  await page.getByRole('radio', { name: view }).check();
  await settle(page);
  expect({ errors, foreign }).toEqual({ errors: [], foreign: [] });
  return page;
}

/** The only VM of the host, whose taps and exits are seen. */
const vmOf = ({ vms: [vm] }: LiveSample) => vm as Required<NonNullable<typeof vm>>;

/** That VM at the ends of a neighbouring pair of samples, and the seconds between. */
const steps = host.history.slice(1).map((sample, i) => {
  const before = host.history[i]!;
  return { seconds: (sample.t - before.t) / 1000, from: vmOf(before), to: vmOf(sample) };
});
const first = vmOf(host.history[0]!);
const last = vmOf(host.history.at(-1)!);

describe('the recorded host', () => {
  test('Correlation: the slope is that of the recorded counters', async () => {
    const points = steps.map(({ seconds, from, to }) => ({
      x: (to.packets - from.packets) / seconds,
      y: (to.seconds.kernel + to.seconds.vmm - from.seconds.kernel - from.seconds.vmm) / seconds,
    }));
    const mean = (pick: (point: { x: number; y: number }) => number): number =>
      points.reduce((sum, point) => sum + pick(point), 0) / points.length;
    const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
    const slope = mean((point) => (point.x - x) * (point.y - y)) / mean((point) => (point.x - x) ** 2);
    const page = await openView(host, 'Correlation');
    // So few packets cost too little beside all else: the slope may be zero.
    expect(await statement(page)).toMatch(
      new RegExp(`^No reliable cost per packet .* with 99\\.9 % confidence, n = ${points.length}`),
    );
    const [line] = await drawnLines(page);
    expect((line!.to.y - line!.from.y) / (line!.to.x - line!.from.x) / slope).toBeCloseTo(1, 3);
  });

  test('Path: the loss at the tap is that of the recorded counters', async () => {
    const lost = last.drops - first.drops;
    const share = lost / (lost + last.packets - first.packets);
    const page = await openView(host, 'Path');
    expect(await statement(page)).toMatch(
      new RegExp(
        `^${Number((share * 100).toPrecision(2))} % of the packets for appliance are lost at the tap`,
      ),
    );
  });
});

describe('the recorded appliance, from inside', () => {
  test('Path: its socket delivered what the recorded counters say', async () => {
    const delivered =
      appliance.history.at(-1)!.captures[0]!.delivered! - appliance.history[0]!.captures[0]!.delivered!;
    const page = await openView(appliance, 'Path');
    const row = page.getByRole('row', { name: /^Capture socket/ });
    const [shown] = /\d+/.exec((await row.innerText()).replaceAll('\u202f', '')) ?? [];
    // The range begins at a whole millisecond.
    expect(Math.abs(Number(shown) - delivered)).toBeLessThanOrEqual(1);
  });
});

describe.each([
  ['host', host],
  ['appliance', appliance],
] as const)('%s', (name, recording) => {
  test.each(['Correlation', 'Timeline', 'Budget', 'Path'])('%s looks as it should', async (view) => {
    const page = await openView(recording, view, { viewport: { width: 1280, height: 900 } });
    expect(await barriers(page)).toEqual([]);
    await compareWithBaseline(page, `recorded-${name}-${view.toLowerCase()}`);
  });
});
