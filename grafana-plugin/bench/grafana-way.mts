/** The same points drawn as Grafana draws them, on a page of their own. */
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

/** `uplot`: its own points, as the time series panel of @grafana/ui has them. `xychart`: a circle filled and stroked for each point. */
export const GRAFANA_WAYS = ['uplot', 'xychart'] as const;
type Way = (typeof GRAFANA_WAYS)[number];

/** As text, because tsx adds helpers to functions that the page does not have. */
const PLOT = `
  ({ xs, ys, way }) => {
    const circles = (u) => {
      const { ctx, bbox } = u;
      ctx.save();
      ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
      ctx.clip();
      ctx.fillStyle = 'rgba(115, 191, 105, 0.5)';
      ctx.strokeStyle = 'rgb(115, 191, 105)';
      for (let i = 0; i < xs.length; i++) {
        ctx.beginPath();
        ctx.arc(u.valToPos(xs[i], 'x', true), u.valToPos(ys[i], 'y', true), 2.5, 0, 2 * Math.PI);
        ctx.fill();
        ctx.stroke();
      }
      ctx.restore();
    };
    const own = way === 'uplot';
    window.plot = new uPlot(
      {
        width: 1080,
        height: 560,
        legend: { show: false },
        scales: { x: { time: false } },
        series: [
          {},
          { stroke: 'rgb(115, 191, 105)', paths: () => null, points: { show: own, size: 5, fill: 'rgba(115, 191, 105, 0.5)' } },
        ],
        hooks: own ? {} : { draw: [circles] },
      },
      [xs, ys],
      document.body,
    );
  }
`;

/** uPlot wants its points by x. Returns what has them drawn anew, four times. */
export async function drawAsGrafana(
  page: Page,
  way: Way,
  xs: readonly number[],
  ys: readonly number[],
): Promise<() => Promise<void>> {
  await page.setContent('<!doctype html><body></body>');
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('uplot/dist/uPlot.iife.js') });
  const order = xs.map((_, i) => i).sort((a, b) => xs[a]! - xs[b]!);
  const data = { xs: order.map((i) => xs[i]!), ys: order.map((i) => ys[i]!), way };
  await page.evaluate(`(${PLOT})(${JSON.stringify(data)})`);
  await page.waitForTimeout(1000);
  return async () => {
    for (const width of [1070, 1080, 1070, 1080]) {
      await page.evaluate(`window.plot.setSize({ width: ${width}, height: 560 })`);
      await page.waitForTimeout(300);
    }
  };
}
