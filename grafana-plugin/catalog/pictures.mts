/** `npm run pictures`: the catalog's screenshots, of the panel as built, on the page that loads it as Grafana does. */
import path from 'node:path';
import { launch } from '../host/testing/chromium';
import { realistic } from '../host/testing/data';
import { openPanel } from '../host/testing/panel';
import { TestSite } from '../host/testing/site';

const IMAGES = path.join(import.meta.dirname, '../src/img');
const VIEWPORT = { width: 1200, height: 675 };

/** One appliance where points are coloured by time; two where that would hide them. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  correlation: ['suricata-edge'],
  timeline: ['suricata-edge'],
};

const site = await TestSite.start();
const browser = await launch();
for (const [view, vms] of Object.entries(EXAMPLES)) {
  const { page } = await openPanel(browser, site, realistic(vms), { view }, { viewport: VIEWPORT });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: path.join(IMAGES, `${view}.png`) });
  await page.close();
}
await browser.close();
await site.stop();
