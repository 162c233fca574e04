/** Statistics of whole numbers in exact fractions: references that share no rounding with the code under test. */

/** A fraction of big whole numbers; the denominator is above nought. */
export type Fraction = readonly [numerator: bigint, denominator: bigint];

const sum = (terms: readonly bigint[]): bigint => terms.reduce((total, term) => total + term, 0n);

/** Least squares: the slope, and the square of Pearson's r. */
export function exactFit(xs: readonly number[], ys: readonly number[]): { slope: number; rSquared: number } {
  const n = BigInt(xs.length);
  const x = xs.map(BigInt);
  const y = ys.map(BigInt);
  const covariance = n * sum(x.map((value, i) => value * y[i]!)) - sum(x) * sum(y);
  const varianceX = n * sum(x.map((value) => value * value)) - sum(x) ** 2n;
  const varianceY = n * sum(y.map((value) => value * value)) - sum(y) ** 2n;
  return {
    slope: toNumber([covariance, varianceX]),
    rSquared: toNumber([covariance * covariance, varianceX * varianceY]),
  };
}

/** The median of the slopes between all two points of different x. */
export function exactMedianSlope(xs: readonly number[], ys: readonly number[]): number {
  const slopes: Fraction[] = [];
  for (let i = 0; i < xs.length; i++) {
    for (let j = 0; j < i; j++) {
      const run = BigInt(xs[i]!) - BigInt(xs[j]!);
      const rise = BigInt(ys[i]!) - BigInt(ys[j]!);
      if (run !== 0n) {
        slopes.push(run > 0n ? [rise, run] : [-rise, -run]);
      }
    }
  }
  slopes.sort(([a, b], [c, d]) => Number(a * d - c * b > 0n) - Number(a * d - c * b < 0n));
  const [a, b] = slopes[(slopes.length - 1) >> 1]!;
  const [c, d] = slopes[slopes.length >> 1]!;
  return toNumber([a * d + c * b, 2n * b * d]);
}

/** Twice the rank of each value: the number of values below it, twice, plus those equal to it, plus one. */
export function twiceRanks(values: readonly number[]): number[] {
  return values.map(
    (value) =>
      2 * values.filter((other) => other < value).length +
      values.filter((other) => other === value).length +
      1,
  );
}

/** A quotient of big whole numbers to the precision of a double. */
function toNumber([numerator, denominator]: Fraction): number {
  const digits = 10n ** 30n;
  return Number((numerator * digits) / denominator) / 1e30;
}
