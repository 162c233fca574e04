import { inflationOf, sumOfSquares } from './inflation';
import { leastSquares } from './leastSquares';
import { momentsOf } from './moments';
import { twoSidedT } from './studentT';

/** Where the slope of a line lies with {@link CONFIDENCE}. */
export interface SlopeInterval {
  readonly low: number;
  readonly high: number;
}

/** How sure it is that a slope lies in its interval: so sure that chance alone hardly ever makes a price. */
export const CONFIDENCE = 0.999;

/** A slope is sure where its whole interval is above nought: no packet costs less than nothing. */
export const isSure = (interval: SlopeInterval | null): interval is SlopeInterval =>
  interval !== null && interval.low > 0;

/**
 * The interval of the slope of y on x by least squares, for errors that are alike for a while (autocorrelated: see
 * {@link inflationOf}) and larger at some x than at others. Student's t has as many degrees of freedom as there are
 * independent points.
 *
 * @param xs finite numbers in the order of time
 * @param ys finite numbers, as many
 * @returns null where there is no line
 */
export function slopeInterval(xs: ArrayLike<number>, ys: ArrayLike<number>): SlopeInterval | null {
  const fit = leastSquares(xs, ys);
  if (fit.kind === 'none') {
    return null;
  }
  const { slope, n } = fit;
  const { meanX, meanY, sxx } = momentsOf(xs, ys);
  const away = Float64Array.from(xs, (x) => x - meanX);
  const errors = Float64Array.from(ys, (y, i) => y - meanY - slope * away[i]!);
  const squares = sumOfSquares(away.map((distance, i) => distance * errors[i]!));
  const inflation = inflationOf(away, errors);
  const error = (Math.sqrt(squares * inflation) / sxx) * Math.sqrt(n / (n - 2));
  const freedom = Math.max(1, n / inflation - 2);
  const reach = error === 0 ? 0 : error * quantile(1 - CONFIDENCE, freedom);
  return { low: slope - reach, high: slope + reach };
}

/** Student's t that is exceeded either way with a probability: by halving, to as many digits as a picture can show. */
function quantile(probability: number, freedom: number): number {
  let [low, high] = [0, 1];
  while (twoSidedT(high, freedom) > probability) {
    high *= 2;
  }
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    [low, high] = twoSidedT(middle, freedom) > probability ? [middle, high] : [low, middle];
  }
  return high;
}
