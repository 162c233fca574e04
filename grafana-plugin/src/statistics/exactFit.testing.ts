/** Least squares of whole numbers in exact fractions: a reference that shares no rounding with the code under test. */
export function exactFit(xs: readonly number[], ys: readonly number[]): { slope: number; rSquared: number } {
  const n = BigInt(xs.length);
  const sum = (terms: readonly bigint[]): bigint => terms.reduce((total, term) => total + term, 0n);
  const x = xs.map(BigInt);
  const y = ys.map(BigInt);
  const covariance = n * sum(x.map((value, i) => value * y[i]!)) - sum(x) * sum(y);
  const varianceX = n * sum(x.map((value) => value * value)) - sum(x) ** 2n;
  const varianceY = n * sum(y.map((value) => value * value)) - sum(y) ** 2n;
  return {
    slope: divide(covariance, varianceX),
    rSquared: divide(covariance * covariance, varianceX * varianceY),
  };
}

/** A quotient of big whole numbers to the precision of a double. */
function divide(numerator: bigint, denominator: bigint): number {
  const digits = 10n ** 30n;
  return Number((numerator * digits) / denominator) / 1e30;
}
