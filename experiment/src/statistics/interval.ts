import { tQuantile } from './distributions.js';

/** A mean and how far off it may be. */
export interface Interval {
  n: number;
  mean: number;
  /** Standard deviation of the sample; undefined for one value. */
  deviation?: number;
  /** Ends of the 95 % confidence interval by Student's t; undefined for one value, which tells nothing of its spread. */
  low?: number;
  high?: number;
}

/** A confidence interval of 95 % leaves as much on either side. */
const UPPER = 0.975;

/** The mean of independent values with its 95 % confidence interval. @throws Error where there is none */
export function meanInterval(values: readonly number[]): Interval {
  const n = values.length;
  if (n === 0) throw new Error('nothing has no mean');
  const mean = meanOf(values);
  if (n === 1) return { n, mean };
  const deviation = Math.sqrt(squaresAround(values, mean) / (n - 1));
  const reach = (tQuantile(UPPER, n - 1) * deviation) / Math.sqrt(n);
  return { n, mean, deviation, low: mean - reach, high: mean + reach };
}

/**
 * The ratio of two groups' geometric means, `above` to `below`, with its 95 % confidence interval: Student's t on the logarithms,
 * whose spread is taken to be the same in both. Undefined where a value is not above nought.
 */
export function ratioInterval(above: readonly number[], below: readonly number[]): Interval | undefined {
  if ([...above, ...below].some((value) => !(value > 0))) return undefined;
  const [a, b] = [above.map(Math.log), below.map(Math.log)];
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  const n = a.length + b.length;
  const mean = Math.exp(meanA - meanB);
  const freedom = n - 2;
  if (freedom < 1) return { n, mean };
  const deviation = Math.sqrt((squaresAround(a, meanA) + squaresAround(b, meanB)) / freedom);
  const reach = Math.exp(tQuantile(UPPER, freedom) * deviation * Math.sqrt(1 / a.length + 1 / b.length));
  return { n, mean, deviation, low: mean / reach, high: mean * reach };
}

/** @throws Error where there is no value */
export function meanOf(values: readonly number[]): number {
  // Twice, so that the rounding of the first sum does not stay.
  const rough = values.reduce((sum, value) => sum + value, 0) / values.length;
  return rough + values.reduce((sum, value) => sum + (value - rough), 0) / values.length;
}

const squaresAround = (values: readonly number[], centre: number): number =>
  values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
