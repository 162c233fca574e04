/**
 * The pictures of the dashboards in docs/images, from whatever a Prometheus that scrapes Trapline has recorded:
 *
 *     npx tsx scene/pictures.mts URL FROM TO [DASHBOARD…] [ADDRESS=NAME…]
 *
 * FROM and TO are Unix seconds; a label value ADDRESS is shown as NAME; without a DASHBOARD, those of a host without a run. Build the panel first: `npm run build`.
 */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { launch } from '../host/testing/chromium';
import { open, settle } from '../host/testing/panel';
import { TestSite } from '../host/testing/site';
import { framesOf, type AskingPanel, type Source } from './queries';

const DASHBOARDS = path.join(import.meta.dirname, '../../provisioning/grafana/dashboards');
const IMAGES = path.join(import.meta.dirname, '../../docs/images');
const USUAL = ['fleet', 'appliance', 'host', 'trapline'];
const WIDTH = 1440;
/** Of a cell of Grafana's grid with its gap. */
const CELL = 38;

const [url, from, to, ...rest] = process.argv.slice(2);
const renamed = rest.filter((word) => word.includes('='));
const named = rest.filter((word) => !word.includes('='));
const source: Source = {
  ...{ url: url!, from: Number(from), to: Number(to) },
  names: new Map(renamed.map((pair) => pair.split('=') as [string, string])),
};
execFileSync('npx', ['vite', 'build', import.meta.dirname], { stdio: ['ignore', 'ignore', 'inherit'] });
const site = await TestSite.start(0, path.join(import.meta.dirname, 'dist'));
const browser = await launch();
for (const name of named.length > 0 ? named : USUAL) {
  const { title, panels } = JSON.parse(await readFile(path.join(DASHBOARDS, `${name}.json`), 'utf8')) as {
    title: string;
    panels: AskingPanel[];
  };
  const asked = await Promise.all(panels.map(async (panel) => [panel.id, await framesOf(panel, source)]));
  const frames = Object.fromEntries(asked) as object;
  const file = site.put(`${name}.json`, {
    title,
    panels,
    frames,
    from: 1000 * source.from,
    to: 1000 * source.to,
  });
  const height = 90 + CELL * panels.reduce((most, { gridPos: { y, h } }) => Math.max(most, y + h), 0);
  const { page, errors } = await open(browser, site, `?dashboard=${file}`, {
    viewport: { width: WIDTH, height },
  });
  await page.getByText(panels.at(-1)!.title).first().waitFor();
  await page.waitForTimeout(2500);
  await settle(page);
  await page.screenshot({ path: path.join(IMAGES, `dashboard-${name}.png`) });
  console.log(
    name,
    errors.map((e) => e.split('\n').slice(0, 2).join(' ')),
    site.missing,
  );
  await page.close();
}
await browser.close();
await site.stop();
