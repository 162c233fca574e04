import { FEWEST_POINTS } from './leastSquares';
import { checkPairs, isConstant, momentsOf } from './moments';
import { twoSidedR } from './studentT';

/** How closely two measures go together. */
export interface Correlation {
  /** −1 … 1; null where one of the two never changes, or there are fewer than three pairs. */
  readonly r: number | null;
  readonly n: number;
  /** How probable so strong a correlation is where there is none, for independent pairs; null where r is. */
  readonly p: number | null;
}

/**
 * Pearson's correlation: how closely the points keep to a straight line.
 *
 * @throws RangeError where the two differ in length or hold something that is not a finite number
 */
export function pearson(xs: ArrayLike<number>, ys: ArrayLike<number>): Correlation {
  checkPairs(xs, ys);
  const n = xs.length;
  if (n < FEWEST_POINTS || isConstant(xs) || isConstant(ys)) {
    return { r: null, n, p: null };
  }
  const { sxx, sxy, syy } = momentsOf(xs, ys);
  if (!(sxx > 0 && syy > 0)) {
    return { r: null, n, p: null };
  }
  const r = Math.max(-1, Math.min(1, sxy / Math.sqrt(sxx * syy)));
  return { r, n, p: twoSidedR(r, n) };
}

/**
 * Spearman's correlation: how closely one rises with the other, on whatever curve. Equal values share the mean of their
 * ranks. p is Student's, which for fewer than ten pairs is only near.
 *
 * @throws RangeError where the two differ in length or hold something that is not a finite number
 */
export function spearman(xs: ArrayLike<number>, ys: ArrayLike<number>): Correlation {
  checkPairs(xs, ys);
  return pearson(midRanks(xs), midRanks(ys));
}

/** The place of each value among all, from 1; equal values share the mean of their places. */
export function midRanks(values: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(values).sort();
  return Float64Array.from(
    values,
    (value) => (countWhile(sorted, (one) => one < value) + 1 + countWhile(sorted, (one) => one <= value)) / 2,
  );
}

/** How many of some values, which come first, meet a condition: by halving. */
function countWhile(sorted: Float64Array, meets: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (meets(sorted[middle]!)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
