import { leastSquares, type Fit } from './leastSquares';

/** One pair of measurements, either of which may be missing or nonsense. */
export interface Pair {
  readonly x: number | null;
  readonly y: number | null;
}

/** What was kept of some pairs, and how many were not and why. */
export interface Kept<P extends Pair> {
  readonly pairs: ReadonlyArray<P & { readonly x: number; readonly y: number }>;
  /** One of the two has no sample there. */
  readonly missing: number;
  /** NaN or infinite. */
  readonly notNumbers: number;
  /** Below zero: a rate cannot be, so a counter was reset. */
  readonly negative: number;
}

/** Sorts out the pairs that carry two rates. */
export function keepRates<P extends Pair>(pairs: readonly P[]): Kept<P> {
  const kept: Array<P & { x: number; y: number }> = [];
  let missing = 0;
  let notNumbers = 0;
  let negative = 0;
  for (const pair of pairs) {
    if (pair.x === null || pair.y === null) {
      missing++;
    } else if (!Number.isFinite(pair.x) || !Number.isFinite(pair.y)) {
      notNumbers++;
    } else if (pair.x < 0 || pair.y < 0) {
      negative++;
    } else {
      kept.push({ ...pair, x: pair.x, y: pair.y });
    }
  }
  return { pairs: kept, missing, notNumbers, negative };
}

/** The line through the pairs that carry two rates. */
export function fitPairs(pairs: ReadonlyArray<{ readonly x: number; readonly y: number }>): Fit {
  return leastSquares(
    pairs.map((pair) => pair.x),
    pairs.map((pair) => pair.y),
  );
}

/** What was left out, as a sentence; empty where nothing was. */
export function describeLeftOut({ missing, notNumbers, negative }: Omit<Kept<Pair>, 'pairs'>): string {
  const parts = [
    missing > 0 && `${missing} without both values`,
    notNumbers > 0 && `${notNumbers} not a number`,
    negative > 0 && `${negative} below zero, as after a counter reset`,
  ].filter((part) => part !== false);
  const total = missing + notNumbers + negative;
  return total === 0
    ? ''
    : `${total} ${total === 1 ? 'interval' : 'intervals'} left out: ${parts.join(', ')}.`;
}
