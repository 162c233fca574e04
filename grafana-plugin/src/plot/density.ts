import type { Cloud } from './points';

/** One end of an axis to the other; logarithmic where `log`. */
export interface Extent {
  readonly min: number;
  readonly max: number;
  readonly log: boolean;
}

/**
 * Points counted in the cells of a grid, column by column from the lower left: points come sorted by x, so that
 * neighbours are counted in memory that is at hand.
 */
export interface Bins {
  readonly columns: number;
  readonly rows: number;
  /** Four numbers a cell: how many points, and the sums of their red, green and blue. */
  readonly cells: Uint32Array;
  /** Points that lie beyond the axes. */
  readonly outside: number;
}

/** Whole numbers from 0 to 255. */
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
  const cells = new Uint32Array(4 * columns * rows);
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
    const cell = 4 * (column * rows + row);
    const color = colors[colorOf[i]!]!;
    cells[cell]!++;
    cells[cell + 1]! += color[0];
    cells[cell + 2]! += color[1];
    cells[cell + 3]! += color[2];
  }
  return { columns, rows, cells, outside };
}

/** A single point must be seen; the fullest cell is opaque. */
const FAINTEST = 0.4;

/**
 * Cells as pixels, row by row from the top left: the mean colour of their points, the more opaque the more there are (by
 * the logarithm, because counts differ by orders of magnitude).
 *
 * @param strength opacity of the fullest cell, 0 … 1
 */
export function paintBins({ columns, rows, cells }: Bins, strength: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(cells.length);
  const full = Math.log(fullest(cells) + 1) - Math.log(2) || 1;
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      const cell = 4 * (column * rows + row);
      const count = cells[cell]!;
      if (count > 0) {
        const pixel = 4 * ((rows - 1 - row) * columns + column);
        pixels[pixel] = cells[cell + 1]! / count;
        pixels[pixel + 1] = cells[cell + 2]! / count;
        pixels[pixel + 2] = cells[cell + 3]! / count;
        const share = (Math.log(count + 1) - Math.log(2)) / full;
        pixels[pixel + 3] = 255 * strength * (FAINTEST + (1 - FAINTEST) * share);
      }
    }
  }
  return pixels;
}

function fullest(cells: Uint32Array): number {
  let most = 1;
  for (let cell = 0; cell < cells.length; cell += 4) {
    most = Math.max(most, cells[cell]!);
  }
  return most;
}
