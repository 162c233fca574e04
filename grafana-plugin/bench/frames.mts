/**
 * Measures how long the panel's frames take with many points, in Chromium's software raster: drawing anew, hovering, marking with the
 * brush; and drawing anew as Grafana does. Prints a line of JSON for each number of points on the command line. `npm run bench
 * -- panel` builds and runs it: `npx tsx bench/frames.mts 1000 200000`.
 */
import type { Page } from 'playwright-core';
import { launch } from '../host/testing/chromium';
import { pairs, random } from '../host/testing/data';
import { openPanel } from '../host/testing/panel';
import { TestSite } from '../host/testing/site';
import { drawAsGrafana, GRAFANA_WAYS } from './grafana-way.mjs';

/** A load that swells and ebbs, with a price that drifts. */
function tide(count: number) {
  const next = random(1);
  const xs = Array.from(
    { length: count },
    (_, i) => 1e5 * (1.05 + Math.sin(i / 9000)) * (0.7 + 0.3 * next()),
  );
  const ys = xs.map(
    (x, i) => 0.05 + x * (1.2e-6 + (0.4e-6 * i) / count) + 0.03 * (next() + next() + next() - 1.5),
  );
  return { xs, ys };
}

/** As text, because tsx adds a helper to functions that the page does not have. */
const RECORD = `
  {
    const times = (window.frameTimes = []);
    requestAnimationFrame(function next(time) {
      times.push(time);
      if (times === window.frameTimes) {
        requestAnimationFrame(next);
      }
    });
  }
`;

interface Phase {
  /** Milliseconds from one frame to the next. */
  readonly frames: readonly number[];
  /** Milliseconds of processor time. */
  readonly longestTask: number;
}

async function during(page: Page, act: () => Promise<void>): Promise<Phase> {
  await page.evaluate(RECORD);
  await browser.startTracing(page, { categories: ['toplevel'] });
  await act();
  const trace = await browser.stopTracing();
  const times: number[] = await page.evaluate('window.frameTimes');
  return { frames: times.slice(1).map((time, i) => time - times[i]!), longestTask: longestTask(trace) };
}

/** Of Chromium's trace events, in which times are microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

function longestTask(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const thread = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`;
  const main = new Set(traceEvents.filter(({ args }) => args.name === 'CrRendererMain').map(thread));
  return traceEvents
    .filter((event) => event.name.endsWith('RunTask') && main.has(thread(event)))
    .reduce((most, { tdur = 0 }) => Math.max(most, tdur / 1000), 0);
}

/** Draws all anew by changing the size, moves the pointer over the plot, then draws a box and lets go. */
async function measure(page: Page) {
  const draw = await during(page, async () => {
    for (const width of [1090, 1100, 1090, 1100]) {
      await page.setViewportSize({ width, height: 620 });
      await page.waitForTimeout(300);
    }
  });
  const box = (await page.locator('.u-over').boundingBox())!;
  const sweep = async (from: number, to: number) => {
    for (let share = from; share <= to; share += 0.005) {
      await page.mouse.move(box.x + box.width * share, box.y + box.height * (0.95 - 0.9 * share));
    }
  };
  const hover = await during(page, () => sweep(0.02, 0.98));
  await sweep(0.3, 0.3);
  await page.mouse.down();
  const brush = await during(page, () => sweep(0.3, 0.7));
  const release = await during(page, async () => {
    await page.mouse.up();
    await page.getByText('intervals marked').waitFor();
    await page.waitForTimeout(200);
  });
  return { draw, hover, brush, release };
}

/** What is told of a phase. */
const summaryOf = ({ frames, longestTask }: Phase) => {
  const sorted = frames.toSorted((a, b) => a - b);
  return { frame: sorted[sorted.length >> 1]!, longestFrame: sorted.at(-1)!, longestTask };
};

const [browser, site] = await Promise.all([launch(), TestSite.start()]);
for (const count of process.argv.slice(2).map(Number)) {
  const { xs, ys } = tide(count);
  const { page } = await openPanel(browser, site, pairs(xs, ys));
  await page.waitForTimeout(1000);
  const phases: Record<string, Phase> = await measure(page);
  await page.close();
  for (const way of GRAFANA_WAYS) {
    const bare = await browser.newPage({ viewport: { width: 1100, height: 620 } });
    const redraw = await drawAsGrafana(bare, way, xs, ys);
    phases[way] = await during(bare, redraw);
    await bare.close();
  }
  const summaries = Object.entries(phases).map(([name, phase]) => [name, summaryOf(phase)]);
  console.log(JSON.stringify({ count, phases: Object.fromEntries(summaries) }));
}
await browser.close();
await site.stop();
