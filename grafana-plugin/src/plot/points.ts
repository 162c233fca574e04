import type uPlot from 'uplot';

/** Side of a point in CSS pixels: smaller where there are many, so that a cloud keeps its shape. */
export function pointSize(count: number): number {
  return count > 5000 ? 3 : count > 1000 ? 4 : 6;
}

/**
 * Draws the points of the first series as squares: four times as fast as circles, which matters from 10 000 on.
 * Points of one colour are drawn together, because changing the colour costs more than the square.
 *
 * @param colorOf index into `colors` of point i
 */
export function drawSquares(plot: uPlot, colors: readonly string[], colorOf: ArrayLike<number>): void {
  const [xs, ys] = plot.data as unknown as readonly [readonly number[], readonly number[]];
  const { ctx, bbox } = plot;
  const ratio = window.devicePixelRatio;
  const size = Math.round(pointSize(xs.length) * ratio);
  const buckets = colors.map((): number[] => []);
  for (let i = 0; i < xs.length; i++) {
    buckets[colorOf[i]!]?.push(i);
  }
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - size, bbox.top - size, bbox.width + 2 * size, bbox.height + 2 * size);
  ctx.clip();
  ctx.globalAlpha = xs.length > 2000 ? 0.7 : 0.85;
  buckets.forEach((indices, bucket) => {
    ctx.fillStyle = colors[bucket]!;
    for (const i of indices) {
      const left = Math.round(plot.valToPos(xs[i]!, 'x', true) - size / 2);
      const top = Math.round(plot.valToPos(ys[i]!, 'y', true) - size / 2);
      ctx.fillRect(left, top, size, size);
    }
  });
  ctx.restore();
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
export function firstAtLeast(rising: readonly number[], bound: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle]! < bound) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
