import type uPlot from 'uplot';

/** A part of the plotting area in the units of its axes, ends included. */
export interface Box {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** Shorter drags, in CSS pixels, are clicks. */
const SHORTEST = 5;

/** The box that the mouse has drawn; null where it only clicked. */
export function drawnBox(plot: uPlot): Box | null {
  const { left, top, width, height } = plot.select;
  if (width < SHORTEST && height < SHORTEST) {
    return null;
  }
  return {
    x: [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')],
    y: [plot.posToVal(top + height, 'y'), plot.posToVal(top, 'y')],
  };
}

/** Everything between two samples, the way the arrow keys go. */
export function spanBox(xs: ArrayLike<number>, a: number, b: number): Box {
  const ends = [xs[a]!, xs[b]!].sort((p, q) => p - q) as [number, number];
  return { x: ends, y: [-Infinity, Infinity] };
}

/** The points inside a box and those outside, both in their order. `xs` rise. */
export function splitByBox(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  { x, y }: Box,
): { inside: Uint32Array; outside: Uint32Array } {
  const inside = new Uint32Array(xs.length);
  const outside = new Uint32Array(xs.length);
  let marked = 0;
  for (let i = 0; i < xs.length; i++) {
    if (xs[i]! >= x[0] && xs[i]! <= x[1] && ys[i]! >= y[0] && ys[i]! <= y[1]) {
      inside[marked++] = i;
    } else {
      outside[i - marked] = i;
    }
  }
  return { inside: inside.subarray(0, marked), outside: outside.subarray(0, xs.length - marked) };
}
