import { inflationOf, sumOfSquares } from './inflation';
import { checkPairs, momentsOf } from './moments';

/** Where a line bends upwards. */
export interface Knee {
  readonly x: number;
  /** On the bent line. */
  readonly y: number;
  /** Change of y per unit of x up to the knee, and beyond it. */
  readonly before: number;
  readonly after: number;
  /** How probable so great a gain over the straight line is by chance, for one knee that is not searched for. */
  readonly p: number;
}

/** Points that must lie on either side at least, and the share of all. */
const FEWEST = 5;
const LEAST_SHARE = 0.05;

/** A knee is reported where the slope at least doubles, … */
const STEEPER = 2;
/** … the bent line leaves at least a tenth less than the straight one, … */
const GAIN = 0.1;
/** … and that by no chance, also considering that the best of many places was searched for. */
const CHANCE = 1e-4;

/**
 * Finds where cost begins to rise steeply: throughput no longer follows what is spent. Two straight lines that meet
 * (least squares of y on x) are tried with their meeting at every x, and the best is held against the single line.
 *
 * Least squares in y, not in x: measured throughput carries little noise, and where it does the ends of the cloud flatten,
 * which never looks like a knee. Chance is judged by the F test of two more parameters, whose p is
 * (rest of the bent line ÷ rest of the straight one)^((n − 4)/2), n being the number of independent points.
 *
 * @param xs in the order of time
 * @returns null where there is no knee worth the name
 * @throws RangeError where the two differ in length or hold something that is not a finite number
 */
export function findKnee(xs: ArrayLike<number>, ys: ArrayLike<number>): Knee | null {
  checkPairs(xs, ys);
  const least = Math.max(FEWEST, Math.ceil(xs.length * LEAST_SHARE));
  if (xs.length < 2 * least) {
    return null;
  }
  const { sxx, sxy, syy, meanX, meanY } = momentsOf(xs, ys);
  const straight = syy - (sxy * sxy) / sxx;
  // What is left of a perfect line is rounding.
  if (!(sxx > 0) || !(straight > 1e-12 * syy)) {
    return null;
  }
  const bend = bestBend(xs, ys, least, { sxx, sxy, syy, meanX, meanY });
  if (!bend) {
    return null;
  }
  const p = (bend.rest / straight) ** (Math.max(0, independentOf(bend, xs, ys) - 4) / 2);
  const steep = bend.after > 0 && bend.after >= STEEPER * bend.before;
  return steep && bend.rest <= (1 - GAIN) * straight && p < CHANCE
    ? { x: bend.x, y: bend.y, before: bend.before, after: bend.after, p }
    : null;
}

/**
 * How many independent points would say as much: errors of neighbours in time are alike. Told by the points up to the
 * bend, since beyond it throughput may stand still, and then the cost is no longer a matter of it.
 */
function independentOf(bend: Bend, xs: ArrayLike<number>, ys: ArrayLike<number>): number {
  const up = Array.from(xs, (_, i) => i).filter((i) => xs[i]! <= bend.x);
  const mean = up.reduce((sum, i) => sum + xs[i]!, 0) / up.length;
  const away = Float64Array.from(up, (i) => xs[i]! - mean);
  const errors = Float64Array.from(up, (i) => ys[i]! - bend.y - (xs[i]! - bend.x) * bend.before);
  const heights = Float64Array.from(up, (i) => ys[i]!);
  // What is left of a perfect line is rounding.
  const isPerfect = sumOfSquares(errors) <= 1e-24 * sumOfSquares(heights);
  return isPerfect ? xs.length : xs.length / inflationOf(away, errors);
}

type Sums = Pick<ReturnType<typeof momentsOf>, 'sxx' | 'sxy' | 'syy' | 'meanX' | 'meanY'>;
type Bend = Omit<Knee, 'p'> & { readonly rest: number };

/** Goes through the points from the right, carrying the sums over those beyond the bend. */
function bestBend(xs: ArrayLike<number>, ys: ArrayLike<number>, least: number, all: Sums): Bend | null {
  const n = xs.length;
  // An array's own sort passes over what is in order already, a typed array's does not.
  const order = Array.from(xs, (_, i) => i).sort((a, b) => xs[a]! - xs[b]!);
  const beyond = { n: 0, x: 0, y: 0, xx: 0, xy: 0 };
  let best = null as Bend | null;
  for (let i = n - 1; i >= least - 1; i--) {
    const [x, y] = [xs[order[i]!]! - all.meanX, ys[order[i]!]! - all.meanY];
    const isLastOfItsX = i === n - 1 || xs[order[i + 1]!]! > xs[order[i]!]!;
    if (isLastOfItsX && beyond.n >= least) {
      const bend = bendAt(x, beyond, n, all);
      best = bend && bend.rest < (best?.rest ?? Infinity) ? bend : best;
    }
    beyond.n++;
    beyond.x += x;
    beyond.y += y;
    beyond.xx += x * x;
    beyond.xy += x * y;
  }
  return best;
}

/**
 * Least squares of y on x and on how far x lies beyond the bend; x and y are distances from their means. The bend's own
 * sums follow from those over the points beyond it.
 */
function bendAt(
  at: number,
  beyond: { n: number; x: number; y: number; xx: number; xy: number },
  n: number,
  all: Sums,
): Bend | null {
  const sum = beyond.x - at * beyond.n;
  const shh = beyond.xx - 2 * at * beyond.x + at * at * beyond.n - (sum * sum) / n;
  const sxh = beyond.xx - at * beyond.x;
  const shy = beyond.xy - at * beyond.y;
  const determinant = all.sxx * shh - sxh * sxh;
  if (!(determinant > 1e-12 * all.sxx * shh)) {
    return null;
  }
  const before = (all.sxy * shh - shy * sxh) / determinant;
  const bend = (shy * all.sxx - all.sxy * sxh) / determinant;
  return {
    x: at + all.meanX,
    y: all.meanY + before * at - (bend * sum) / n,
    before,
    after: before + bend,
    rest: Math.max(0, all.syy - before * all.sxy - bend * shy),
  };
}
