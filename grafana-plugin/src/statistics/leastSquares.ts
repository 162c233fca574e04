/**
 * The straight line that leaves the least squared distance in y, and how well it explains the points.
 *
 * Sums are taken around the means, so that large offsets (unix times, 10⁷ packets/s) do not cost digits.
 */

/** A fitted line. `r` is Pearson's correlation, null where y never changes and r has no value. */
export interface Line {
  readonly kind: 'line';
  /** Change of y per unit of x. */
  readonly slope: number;
  /** y at x = 0. */
  readonly intercept: number;
  readonly r: number | null;
  /** Points the line rests on. */
  readonly n: number;
}

/** Why no line can be drawn. */
export interface NoLine {
  readonly kind: 'none';
  readonly reason: 'too few points' | 'x never changes';
  readonly n: number;
}

export type Fit = Line | NoLine;

/** Below this a line would only join the dots. */
export const FEWEST_POINTS = 3;

/** Spread smaller than this share of the largest value is rounding, not change. */
const ROUNDING = 1e-14;

/** True where the values differ by no more than rounding. */
export function isConstant(values: readonly number[]): boolean {
  let least = Infinity;
  let most = -Infinity;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return !(most - least > ROUNDING * Math.max(Math.abs(least), Math.abs(most)));
}

/**
 * The mean, and each value's distance from it. Distances are first taken from one of the values, which costs no digits
 * however far from nought they all lie.
 */
function center(values: readonly number[]): { mean: number; distances: number[] } {
  const anchor = values[0]!;
  const shifts = values.map((value) => value - anchor);
  const shift = shifts.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean: anchor + shift, distances: shifts.map((value) => value - shift) };
}

/**
 * Ordinary least squares of y on x.
 *
 * @param xs finite numbers
 * @param ys finite numbers, as many
 * @throws RangeError where the two differ in length or hold something that is not a finite number
 */
export function leastSquares(xs: readonly number[], ys: readonly number[]): Fit {
  if (xs.length !== ys.length) {
    throw new RangeError(`${xs.length} x values but ${ys.length} y values`);
  }
  if (![...xs, ...ys].every(Number.isFinite)) {
    throw new RangeError('a value is not a finite number');
  }
  const n = xs.length;
  if (n < FEWEST_POINTS) {
    return { kind: 'none', reason: 'too few points', n };
  }
  if (isConstant(xs)) {
    return { kind: 'none', reason: 'x never changes', n };
  }
  const x = center(xs);
  const y = center(ys);
  if (isConstant(ys)) {
    return { kind: 'line', slope: 0, intercept: y.mean, r: null, n };
  }
  let sxx = 0;
  let sxy = 0;
  let syy = 0;
  for (let i = 0; i < n; i++) {
    const dx = x.distances[i]!;
    const dy = y.distances[i]!;
    sxx += dx * dx;
    sxy += dx * dy;
    syy += dy * dy;
  }
  const slope = sxy / sxx;
  const r = sxy / Math.sqrt(sxx * syy);
  return { kind: 'line', slope, intercept: y.mean - slope * x.mean, r: Math.max(-1, Math.min(1, r)), n };
}
