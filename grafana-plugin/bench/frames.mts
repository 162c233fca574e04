/**
 * Prints how long the panel's frames take with many points: hovering, and marking with the brush, in Chromium's software
 * raster; and the processor time of the longest task of the page's main thread, which no other program delays. Build first: `npm run build && npm run build:host`; then `npx tsx bench/frames.mts`.
 */
import type { Page } from 'playwright-core';
import { launch } from '../host/testing/chromium';
import { pairs, random } from '../host/testing/data';
import { openPanel } from '../host/testing/panel';
import { TestSite } from '../host/testing/site';

/** A load that swells and ebbs, with a price that drifts. */
function tide(count: number) {
  const next = random(1);
  const xs = Array.from(
    { length: count },
    (_, i) => 1e5 * (1.05 + Math.sin(i / 9000)) * (0.7 + 0.3 * next()),
  );
  return pairs(
    xs,
    xs.map((x, i) => 0.05 + x * (1.2e-6 + (0.4e-6 * i) / count) + 0.03 * (next() + next() + next() - 1.5)),
  );
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

/** Moves the pointer over the plot, then draws a box and lets go. */
async function measure(page: Page) {
  const box = (await page.locator('.u-over').boundingBox())!;
  const sweep = async (from: number, to: number) => {
    for (let share = from; share <= to; share += 0.005) {
      await page.mouse.move(box.x + box.width * share, box.y + box.height * (0.95 - 0.9 * share));
    }
  };
  const hover = await during(page, () => sweep(0.02, 0.98));
  await sweep(0.3, 0.3);
  await page.mouse.down();
  const drag = await during(page, () => sweep(0.3, 0.7));
  const release = await during(page, async () => {
    await page.mouse.up();
    await page.getByText('intervals marked').waitFor();
    await page.waitForTimeout(200);
  });
  return { hover, drag, release };
}

function summarize({ frames, longestTask }: Phase): string {
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(1).padStart(7);
  return `median ${at(0.5)}  p95 ${at(0.95)}  most ${at(1)} ms, longest task ${longestTask.toFixed(1).padStart(5)} ms`;
}

const [browser, site] = await Promise.all([launch(), TestSite.start()]);
for (const count of [1000, 10_000, 25_000, 200_000]) {
  const { page } = await openPanel(browser, site, tide(count));
  await page.waitForTimeout(1000);
  const { hover, drag, release } = await measure(page);
  console.log(`${count} points`);
  console.log(`  hover       ${summarize(hover)}`);
  console.log(`  brush       ${summarize(drag)}`);
  console.log(`  brush ends  ${summarize(release)}`);
  await page.close();
}
await browser.close();
await site.stop();
