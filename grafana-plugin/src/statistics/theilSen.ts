import { whyNoLine, type NoLine, type StraightLine } from './leastSquares';
import { inflationOf } from './inflation';
import { checkPairs } from './moments';
import type { SlopeInterval } from './slopeInterval';

/** The line of Theil and Sen, with the number of slopes whose median it has. */
export interface TheilSenLine extends StraightLine {
  /** Pairs of points with different x that were looked at. */
  readonly slopes: number;
  /** False where not every pair was looked at. */
  readonly everyPair: boolean;
  /** Where the slope lies with the confidence of slopeInterval.ts. */
  readonly interval: SlopeInterval;
}

/** As many slopes as 500 points have. More points do with about as many, as long as there are {@link FEWEST_STEPS}. */
export const MANY_SLOPES = 125_000;

/** Distances between the points of a pair that are tried at least. */
const FEWEST_STEPS = 8;

/**
 * The line of the median slope between two points, through the median of what is left over: up to 29 % of the points may
 * be wrong without moving it far (Theil 1950, Sen 1968).
 *
 * Points are taken in the order of x, and each with the one k places further, for every distance k from 1 to n − 1. Where
 * that gives more than {@link MANY_SLOPES}, only distances that are whole multiples of one stride are taken, so that near
 * and far pairs keep their share; the result depends on nothing but the points.
 *
 * @param xs finite numbers in the order of time
 * @param ys finite numbers, as many
 * @throws RangeError where the two differ in length or hold something that is not a finite number
 */
export function theilSen(xs: ArrayLike<number>, ys: ArrayLike<number>): TheilSenLine | NoLine {
  checkPairs(xs, ys);
  const none = whyNoLine(xs);
  if (none) {
    return none;
  }
  const n = xs.length;
  // An array's own sort passes over what is in order already, a typed array's does not.
  const order = Array.from(xs, (_, i) => i).sort((a, b) => xs[a]! - xs[b]! || ys[a]! - ys[b]!);
  const stride = strideFor(n);
  const slopes = slopesOf(
    Float64Array.from(order, (i) => xs[i]!),
    Float64Array.from(order, (i) => ys[i]!),
    stride,
  );
  const slope = median(slopes);
  const rest = Float64Array.from({ length: n }, (_, i) => ys[i]! - slope * xs[i]!);
  const intercept = median(rest.slice());
  const errors = rest.map((y) =>
    Math.sign(Math.abs(y - intercept) > ROUNDING * Math.abs(y) ? y - intercept : 0),
  );
  const interval = intervalOf(slopes, xs, errors);
  return { kind: 'line', slope, intercept, n, slopes: slopes.length, everyPair: stride === 1, interval };
}

/** What is nearer to a line than this share of its height is on it. */
const ROUNDING = 1e-12;
/** The normal distance that is exceeded either way in one of a thousand cases: 1 − CONFIDENCE. */
const NORMAL = 3.29;

/**
 * The slopes between which the true one lies: as many places from the middle as Kendall's count of rising pairs varies by
 * chance (Sen 1968), the more the more alike neighbours in time are.
 *
 * @param slopes rising
 * @param sides on which side of the line each point lies, in the order of time
 */
function intervalOf(slopes: Float64Array, xs: ArrayLike<number>, sides: Float64Array): SlopeInterval {
  const n = xs.length;
  const mean = Array.from(xs).reduce((sum, x) => sum + x, 0) / n;
  const inflation = inflationOf(
    Float64Array.from(xs, (x) => x - mean),
    sides,
  );
  const pairs = (n * (n - 1)) / 2;
  const spread = (NORMAL * Math.sqrt((n * (n - 1) * (2 * n + 5) * inflation) / 18)) / pairs;
  if (slopes[0] === slopes.at(-1)) {
    return { low: slopes[0]!, high: slopes[0]! };
  }
  const at = (share: number) => slopes[Math.round(share * (slopes.length - 1))];
  return { low: at((1 - spread) / 2) ?? -Infinity, high: at((1 + spread) / 2) ?? Infinity };
}

function strideFor(n: number): number {
  const wanted = Math.ceil((n * (n - 1)) / 2 / MANY_SLOPES);
  return Math.max(1, Math.min(wanted, Math.floor(n / FEWEST_STEPS)));
}

/** Slopes between points `stride`, 2 · `stride`, … places apart, where x differs. */
function slopesOf(xs: Float64Array, ys: Float64Array, stride: number): Float64Array {
  const n = xs.length;
  const steps = Math.floor((n - 1) / stride);
  const slopes = new Float64Array(steps * n - (stride * steps * (steps + 1)) / 2);
  let count = 0;
  for (let apart = stride; apart < n; apart += stride) {
    for (let i = 0; i + apart < n; i++) {
      const run = xs[i + apart]! - xs[i]!;
      if (run > 0) {
        slopes[count++] = (ys[i + apart]! - ys[i]!) / run;
      }
    }
  }
  return slopes.subarray(0, count);
}

/** Sorts its argument. The mean of the middle two where their number is even. */
function median(values: Float64Array): number {
  values.sort();
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}
