import type { GrafanaTheme2 } from '@grafana/data';
import { AxisPlacement, ScaleDirection, ScaleOrientation, type UPlotConfigBuilder } from '@grafana/ui';
import type uPlot from 'uplot';

/** Distances of ticks that are round on a clock, in ms. */
const NICE_TIMES = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400,
].map((seconds) => seconds * 1000);

/** Where nothing lies below this, the axis begins here. */
const LOW = 0.2;

/** Adds a horizontal axis of lengths of time in ms, and a vertical one of correlations. */
export function addBarAxes(
  config: UPlotConfigBuilder,
  theme: GrafanaTheme2,
  titles: { readonly x: string; readonly y: string },
  formatX: (value: number) => string,
  range: () => [number, number],
): void {
  config.addScale({
    scaleKey: 'x',
    isTime: false,
    orientation: ScaleOrientation.Horizontal,
    direction: ScaleDirection.Right,
    range,
  });
  config.addAxis({
    scaleKey: 'x',
    placement: AxisPlacement.Bottom,
    label: titles.x,
    theme,
    formatValue: formatX,
    space: 70,
    incrs: NICE_TIMES,
    grid: { show: false },
  });
  config.addScale({
    scaleKey: 'y',
    isTime: false,
    orientation: ScaleOrientation.Vertical,
    direction: ScaleDirection.Up,
    range: (_, least) => [least !== null && least < -LOW ? -1 : -LOW, 1],
  });
  config.addAxis({
    scaleKey: 'y',
    placement: AxisPlacement.Left,
    label: titles.y,
    theme,
    grid: { show: true },
  });
}

/** Colours of bars, and the band within which they mean nothing. */
export interface BarLook {
  readonly color: string;
  /** The bar that matters, and its number. */
  readonly strong: string;
  readonly best: number;
  /** Half the height of the band, for each bar. */
  readonly band: ReadonlyArray<number | null>;
  readonly bandColor: string;
}

/** Draws the first series as bars from nought, and behind each the band. */
export function drawBars(plot: uPlot, { color, strong, best, band, bandColor }: BarLook): void {
  const [xs, ys] = plot.data as unknown as readonly [readonly number[], ReadonlyArray<number | null>];
  const { ctx } = plot;
  const place = (value: number, scale: string) => Math.round(plot.valToPos(value, scale, true));
  const step = xs[1]! - xs[0]! || 1;
  const width = Math.max(1, Math.round((place(step, 'x') - place(0, 'x')) * 0.7));
  const nought = place(0, 'y');
  ctx.save();
  xs.forEach((x, i) => {
    const middle = place(x, 'x');
    const half = band[i] ?? 0;
    ctx.fillStyle = bandColor;
    const [left, right] = [place(x - step / 2, 'x'), place(x + step / 2, 'x')];
    ctx.fillRect(left, place(half, 'y'), right - left, place(-half, 'y') - place(half, 'y'));
    const y = ys[i];
    if (typeof y === 'number') {
      ctx.fillStyle = i === best ? strong : color;
      const top = place(y, 'y');
      ctx.fillRect(middle - width / 2, Math.min(top, nought), width, Math.max(1, Math.abs(nought - top)));
    }
  });
  ctx.fillStyle = color;
  ctx.fillRect(plot.bbox.left, nought, plot.bbox.width, 1);
  ctx.restore();
}
