/** `npm run pictures`: the catalog's screenshots, of the panel as built, on the page that loads it as Grafana does. */
import path from 'node:path';
import { launch } from '../host/testing/chromium';
import { realistic, spending, TWO_SENSORS } from '../host/testing/data';
import { openPanel } from '../host/testing/panel';
import { TestSite } from '../host/testing/site';
import type { FixedData } from '../host/src/FixedPage';

const IMAGES = path.join(import.meta.dirname, '../src/img');
const WIDTH = 1200;

const sensor = realistic(['ids-1']);
const EXAMPLES: Readonly<Record<string, { data: FixedData; height: number }>> = {
  correlation: { data: sensor, height: 640 },
  timeline: { data: sensor, height: 640 },
  budget: {
    height: 440,
    data: {
      frames: [
        spending('ids-1', 160_000, {
          exit_kernel: 940,
          exit_vmm: 60,
          vhost: 720,
          softirq: 380,
          capture: 1650,
        }),
        spending('ids-2', 90_000, {
          exit_kernel: 1180,
          exit_vmm: 210,
          vhost: 790,
          softirq: 380,
          capture: 2450,
        }),
      ].flatMap(({ frames }) => frames),
    },
  },
  path: { data: TWO_SENSORS, height: 610 },
};

const site = await TestSite.start();
const browser = await launch();
for (const [view, { data, height }] of Object.entries(EXAMPLES)) {
  const { page } = await openPanel(browser, site, data, { view }, { viewport: { width: WIDTH, height } });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: path.join(IMAGES, `${view}.png`) });
  await page.close();
}
await browser.close();
await site.stop();
