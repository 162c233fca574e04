/** Means of pairs, and the sums of squares and products of the distances from them. */
export interface Moments {
  readonly n: number;
  readonly meanX: number;
  readonly meanY: number;
  readonly sxx: number;
  readonly sxy: number;
  readonly syy: number;
}

type Numbers = ArrayLike<number>;

/** Spread smaller than this share of the largest value is rounding, not change. */
const ROUNDING = 1e-14;

/** True where the values differ by no more than rounding. */
export function isConstant(values: Numbers): boolean {
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]!);
    most = Math.max(most, values[i]!);
  }
  return !(most - least > ROUNDING * Math.max(Math.abs(least), Math.abs(most)));
}

/** The mean, as a distance from the first value: that costs no digits however far from nought they all lie. */
function shiftOf(values: Numbers): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i]! - values[0]!;
  }
  return sum / values.length;
}

/**
 * Sums are taken around the means, so that large offsets (unix times, 10⁷ packets/s) do not cost digits.
 *
 * @param xs finite numbers, at least one
 * @param ys finite numbers, as many
 */
export function momentsOf(xs: Numbers, ys: Numbers): Moments {
  const shiftX = shiftOf(xs);
  const shiftY = shiftOf(ys);
  let sxx = 0;
  let sxy = 0;
  let syy = 0;
  for (let i = 0; i < xs.length; i++) {
    const dx = xs[i]! - xs[0]! - shiftX;
    const dy = ys[i]! - ys[0]! - shiftY;
    sxx += dx * dx;
    sxy += dx * dy;
    syy += dy * dy;
  }
  return { n: xs.length, meanX: xs[0]! + shiftX, meanY: ys[0]! + shiftY, sxx, sxy, syy };
}

/**
 * @throws RangeError where the two differ in length or hold something that is not a finite number
 */
export function checkPairs(xs: Numbers, ys: Numbers): void {
  if (xs.length !== ys.length) {
    throw new RangeError(`${xs.length} x values but ${ys.length} y values`);
  }
  for (let i = 0; i < xs.length; i++) {
    if (!Number.isFinite(xs[i]) || !Number.isFinite(ys[i])) {
      throw new RangeError('a value is not a finite number');
    }
  }
}
