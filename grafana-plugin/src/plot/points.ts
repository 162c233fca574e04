import { colorManipulator } from '@grafana/data';
import type uPlot from 'uplot';
import { binPoints, paintBins, type Extent, type Rgb } from './density';

/** Points to draw: `xs` rise. */
export interface Cloud {
  readonly xs: ArrayLike<number>;
  readonly ys: ArrayLike<number>;
  readonly colors: readonly string[];
  /** Index into `colors` for each point. */
  readonly colorOf: ArrayLike<number>;
}

/** Some points of a cloud that are drawn alike, each layer over the one before. */
export interface Layer {
  readonly indices: Uint32Array;
  /** Stands back behind the others. */
  readonly faint: boolean;
}

/** More points than this are drawn as a density: squares would take more than a frame's time. */
export const MOST_SQUARES = 25_000;

/** Side of a cell of the density in CSS pixels. */
const CELL = 2;

/** Opacity of a layer that stands back. */
const FAINT = 0.16;

/** Side of a point in CSS pixels: smaller where there are many, so that a cloud keeps its shape. */
export function pointSize(count: number): number {
  return count > 5000 ? 3 : count > 1000 ? 4 : 6;
}

/** Draws the layers of a cloud in the plotting area: as squares, or as a density where they are many. */
export function drawCloud(plot: uPlot, cloud: Cloud, layers: readonly Layer[]): void {
  const { ctx, bbox } = plot;
  const air = cloud.xs.length > MOST_SQUARES ? 0 : 6;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - air, bbox.top - air, bbox.width + 2 * air, bbox.height + 2 * air);
  ctx.clip();
  for (const layer of layers) {
    if (cloud.xs.length > MOST_SQUARES) {
      drawDensity(plot, cloud, layer);
    } else {
      drawSquares(plot, cloud, layer);
    }
  }
  ctx.restore();
}

/**
 * Squares take a quarter of the time of circles. Points of one colour are drawn together, because changing the colour
 * costs more than the square.
 */
function drawSquares(plot: uPlot, { xs, ys, colors, colorOf }: Cloud, { indices, faint }: Layer): void {
  const { ctx } = plot;
  const size = Math.round(pointSize(xs.length) * window.devicePixelRatio);
  const buckets = colors.map((): number[] => []);
  for (let k = 0; k < indices.length; k++) {
    buckets[colorOf[indices[k]!]!]?.push(indices[k]!);
  }
  ctx.globalAlpha = faint ? FAINT : xs.length > 2000 ? 0.7 : 0.85;
  buckets.forEach((bucket, color) => {
    ctx.fillStyle = colors[color]!;
    for (const i of bucket) {
      const left = Math.round(plot.valToPos(xs[i]!, 'x', true) - size / 2);
      const top = Math.round(plot.valToPos(ys[i]!, 'y', true) - size / 2);
      ctx.fillRect(left, top, size, size);
    }
  });
}

/** Counts the points in cells and lays the picture of them over the grid, every cell a sharp square. */
function drawDensity(plot: uPlot, cloud: Cloud, { indices, faint }: Layer): void {
  const { ctx, bbox } = plot;
  const cell = CELL * window.devicePixelRatio;
  const columns = Math.max(1, Math.ceil(bbox.width / cell));
  const rows = Math.max(1, Math.ceil(bbox.height / cell));
  const bins = binPoints(
    cloud,
    indices,
    cloud.colors.map(toRgb),
    [extentOf(plot, 'x'), extentOf(plot, 'y')],
    [columns, rows],
  );
  const picture = new OffscreenCanvas(columns, rows);
  const pixels = new ImageData(paintBins(bins, faint ? FAINT : 1), columns, rows);
  picture.getContext('2d')!.putImageData(pixels, 0, 0);
  ctx.imageSmoothingEnabled = false;
  ctx.drawImage(picture, bbox.left, bbox.top, bbox.width, bbox.height);
}

function toRgb(color: string): Rgb {
  const [red = 0, green = 0, blue = 0] = colorManipulator.decomposeColor(color).values as number[];
  return [Math.round(red), Math.round(green), Math.round(blue)];
}

function extentOf(plot: uPlot, key: string): Extent {
  const { min, max, distr } = plot.scales[key]!;
  return { min: min!, max: max!, log: distr === 3 };
}

/** How near the pointer must come to a point, in CSS pixels. */
const REACH = 24;

/**
 * The point nearest to the pointer, or null where none is near. `xs` rise, so that only the columns within reach are
 * looked at.
 */
export function nearestPoint(plot: uPlot): number | null {
  const [xs, ys] = plot.data as unknown as readonly [readonly number[], readonly number[]];
  const { left = -1, top = -1 } = plot.cursor;
  if (left < 0 || top < 0) {
    return null;
  }
  let best: number | null = null;
  let bestDistance = REACH * REACH;
  for (let i = firstAtLeast(xs, plot.posToVal(left - REACH, 'x')); i < xs.length; i++) {
    const dx = plot.valToPos(xs[i]!, 'x') - left;
    if (dx > REACH) {
      break;
    }
    const dy = plot.valToPos(ys[i]!, 'y') - top;
    const distance = dx * dx + dy * dy;
    if (distance < bestDistance) {
      bestDistance = distance;
      best = i;
    }
  }
  return best;
}

/** The index of the first of some rising values that is not below a bound. */
export function firstAtLeast(rising: ArrayLike<number>, bound: number): number {
  return firstOf(rising.length, (i) => rising[i]! >= bound);
}

/** The first of `count` indices at which a condition holds that holds from there on; `count` where it never does. */
export function firstOf(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (!holds(middle)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
