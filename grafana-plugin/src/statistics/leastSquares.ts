import { checkPairs, isConstant, momentsOf } from './moments';

/** A straight line, y = slope · x + intercept. */
export interface StraightLine {
  readonly kind: 'line';
  /** Change of y per unit of x. */
  readonly slope: number;
  /** y at x = 0. */
  readonly intercept: number;
  /** Points the line rests on. */
  readonly n: number;
}

/** `r` is Pearson's correlation, null where y never changes and r has no value. */
export interface Line extends StraightLine {
  readonly r: number | null;
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

/** Why these points have no line, whichever way it were fitted; null where they have one. */
export function whyNoLine(xs: ArrayLike<number>): NoLine | null {
  if (xs.length < FEWEST_POINTS) {
    return { kind: 'none', reason: 'too few points', n: xs.length };
  }
  return isConstant(xs) ? { kind: 'none', reason: 'x never changes', n: xs.length } : null;
}

/**
 * Ordinary least squares of y on x: the straight line that leaves the least squared distance in y.
 *
 * @param xs finite numbers
 * @param ys finite numbers, as many
 * @throws RangeError where the two differ in length or hold something that is not a finite number
 */
export function leastSquares(xs: ArrayLike<number>, ys: ArrayLike<number>): Fit {
  checkPairs(xs, ys);
  const none = whyNoLine(xs);
  if (none) {
    return none;
  }
  const { n, meanX, meanY, sxx, sxy, syy } = momentsOf(xs, ys);
  // The squares of what is smaller than 1e-162 are nought.
  if (!(sxx > 0)) {
    return { kind: 'none', reason: 'x never changes', n };
  }
  if (isConstant(ys) || !(syy > 0)) {
    return { kind: 'line', slope: 0, intercept: meanY, r: null, n };
  }
  const slope = sxy / sxx;
  const r = sxy / Math.sqrt(sxx * syy);
  return { kind: 'line', slope, intercept: meanY - slope * meanX, r: Math.max(-1, Math.min(1, r)), n };
}
