import type { Cloud } from './points';

/** One end of an axis to the other; logarithmic where `log`. */
export interface Extent {
  readonly min: number;
  readonly max: number;
  readonly log: boolean;
}

/** Points counted in the cells of a grid, row by row from the top left. */
export interface Bins {
  readonly columns: number;
  readonly rows: number;
  readonly counts: Uint32Array;
  /** Sums of the points' colours, three channels a cell. */
  readonly channels: Float64Array;
  /** Points that lie beyond the axes. */
  readonly outside: number;
}

export type Rgb = readonly [number, number, number];

/** Turns a value into the number of its cell along an axis, from the axis' begin; −1 for what lies beyond. */
function placer({ min, max, log }: Extent, cells: number): (value: number) => number {
  const from = log ? Math.log(min) : min;
  const scale = cells / ((log ? Math.log(max) : max) - from);
  return (value) =>
    value >= min && value <= max
      ? // The upper end, and what rounding puts there, belongs to the last cell.
        Math.min(cells - 1, Math.floor(((log ? Math.log(value) : value) - from) * scale))
      : -1;
}

/** Counts some of the points of a cloud in the cells of a grid: every point in exactly one, or outside. */
export function binPoints(
  { xs, ys, colorOf }: Pick<Cloud, 'xs' | 'ys' | 'colorOf'>,
  indices: ArrayLike<number>,
  colors: readonly Rgb[],
  [x, y]: readonly [Extent, Extent],
  [columns, rows]: readonly [number, number],
): Bins {
  const counts = new Uint32Array(columns * rows);
  const channels = new Float64Array(3 * columns * rows);
  const columnOf = placer(x, columns);
  const rowOf = placer(y, rows);
  let outside = 0;
  for (let k = 0; k < indices.length; k++) {
    const i = indices[k]!;
    const column = columnOf(xs[i]!);
    const row = rowOf(ys[i]!);
    if (column < 0 || row < 0) {
      outside++;
      continue;
    }
    const cell = (rows - 1 - row) * columns + column;
    const color = colors[colorOf[i]!]!;
    counts[cell]!++;
    channels[3 * cell]! += color[0];
    channels[3 * cell + 1]! += color[1];
    channels[3 * cell + 2]! += color[2];
  }
  return { columns, rows, counts, channels, outside };
}

/** A single point must be seen; the fullest cell is opaque. */
const FAINTEST = 0.4;

/**
 * Cells as pixels: the mean colour of their points, the more opaque the more there are (by the logarithm, because counts
 * differ by orders of magnitude).
 *
 * @param strength opacity of the fullest cell, 0 … 1
 */
export function paintBins({ counts, channels }: Bins, strength: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * counts.length);
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  const full = Math.log(most + 1) - Math.log(2) || 1;
  for (let cell = 0; cell < counts.length; cell++) {
    const count = counts[cell]!;
    if (count > 0) {
      for (let channel = 0; channel < 3; channel++) {
        pixels[4 * cell + channel] = channels[3 * cell + channel]! / count;
      }
      const share = (Math.log(count + 1) - Math.log(2)) / full;
      pixels[4 * cell + 3] = 255 * strength * (FAINTEST + (1 - FAINTEST) * share);
    }
  }
  return pixels;
}
