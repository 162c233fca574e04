import { usualStep } from './align';
import { FEWEST_POINTS } from './leastSquares';
import { twoSidedR } from './studentT';

/** Two measures of one source at the same times: Unix milliseconds, rising. Null, NaN and infinities are gaps. */
export interface TwoMeasures {
  readonly times: ArrayLike<number>;
  readonly xs: ArrayLike<number | null>;
  readonly ys: ArrayLike<number | null>;
}

/** How closely y goes together with an earlier x; of a later one where `lag` is negative. */
export interface LagPoint {
  /** Milliseconds by which y comes later. */
  readonly lag: number;
  /** Pearson's; null where fewer than {@link FEWEST_PAIRS} pairs lie so far apart, or one of the two never changes. */
  readonly r: number | null;
  readonly n: number;
}

type Strongest = LagPoint & { readonly r: number; readonly p: number };

/** The correlation at every lag that was tried, and the one at which it is strongest. */
export interface LagScan {
  /** Milliseconds from one lag to the next: the usual step of the samples. */
  readonly step: number;
  /** From the most negative lag on. */
  readonly points: readonly LagPoint[];
  /** p is corrected for the choice among so many (Bonferroni). Null where no lag has a correlation. */
  readonly strongest: Strongest | null;
  /**
   * The strongest of those at which throughput can be the cause: cost rises with it, does not come before it, and comes
   * sooner than half a period of the load, from where on a later cost cannot be told from an earlier one. Null where
   * it may be chance.
   */
  readonly effect: Strongest | null;
  /** Samples that lay more than a tenth of a step off the even grid and were moved to its nearest time. */
  readonly moved: number;
}

/** Lags tried to either side at most. */
export const MOST_STEPS = 30;

/** Fewer pairs than this say nothing about a lag. */
export const FEWEST_PAIRS = 8;

const OFF_GRID = 0.1;

/**
 * Correlates y with x at lags of whole steps, up to a quarter of the time they cover. The samples are brought to an even
 * grid of the usual step, each to its nearest time; where nothing was sampled there is no pair. Pairs of several sources
 * are thrown together, so that lag nought is the correlation of all points.
 *
 * @returns null where no step can be told, because no source has two samples
 */
export function scanLags(sources: readonly TwoMeasures[]): LagScan | null {
  const step = median(sources.map(({ times }) => usualStep(times)).filter((one) => one > 0));
  if (step === undefined) {
    return null;
  }
  const center = { x: meanOf(sources, 'xs'), y: meanOf(sources, 'ys') };
  const grids = sources.map((source) => toGrid(source, step, center));
  const slots = grids.reduce((most, { slots: own }) => Math.max(most, own.at(-1)! + 1), 0);
  const reach = Math.min(MOST_STEPS, slots >> 2);
  const points = Array.from({ length: 2 * reach + 1 }, (_, i) => correlateAt(grids, i - reach, step));
  const tried = points.filter(({ r }) => r !== null).length;
  // A longer period allows every lag that is tried.
  const loads = likenessOf(
    grids.map((grid) => ({ ...grid, ys: grid.xs })),
    Math.min(slots >> 1, 2 * reach + 1),
  );
  const costs = likenessOf(
    grids.map((grid) => ({ ...grid, xs: grid.ys })),
    reach,
  );
  const inflation = inflationBy(loads, costs, slots);
  const soon = points.filter(
    ({ r, lag }) => lag >= 0 && r !== null && r > 0 && lag < (periodOf(loads) * step) / 2,
  );
  const effect = withP(strongestOf(soon), tried, inflation);
  return {
    step,
    points,
    strongest: withP(strongestOf(points), tried, inflation),
    effect: effect && effect.p <= SURE ? effect : null,
    moved: grids.reduce((sum, { moved }) => sum + moved, 0),
  };
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function meanOf(sources: readonly TwoMeasures[], measure: 'xs' | 'ys'): number {
  let sum = 0;
  let n = 0;
  for (const source of sources) {
    for (let i = 0; i < source.times.length; i++) {
      const value = source[measure][i];
      if (isNumber(value)) {
        sum += value;
        n++;
      }
    }
  }
  return n === 0 ? 0 : sum / n;
}

/** The samples of one source by their places on the even grid, as distances from the means; NaN is a gap. */
interface Grid {
  /** Rising places on the grid, from 0. */
  readonly slots: Int32Array;
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  readonly moved: number;
}

/** Of two samples with the same nearest place the later one stays. */
function toGrid({ times, xs, ys }: TwoMeasures, step: number, center: { x: number; y: number }): Grid {
  const slots = new Int32Array(times.length);
  const gridX = new Float64Array(times.length);
  const gridY = new Float64Array(times.length);
  let count = 0;
  let moved = 0;
  for (let i = 0; i < times.length; i++) {
    const place = (times[i]! - times[0]!) / step;
    const slot = Math.round(place);
    moved += Math.abs(place - slot) > OFF_GRID ? 1 : 0;
    count += count > 0 && slots[count - 1] === slot ? 0 : 1;
    const x = xs[i];
    const y = ys[i];
    slots[count - 1] = slot;
    gridX[count - 1] = isNumber(x) ? x - center.x : NaN;
    gridY[count - 1] = isNumber(y) ? y - center.y : NaN;
  }
  return {
    slots: slots.subarray(0, count),
    xs: gridX.subarray(0, count),
    ys: gridY.subarray(0, count),
    moved,
  };
}

/** Pearson's r of all pairs in which y lies `steps` places after x. */
function correlateAt(grids: readonly Grid[], steps: number, step: number): LagPoint {
  let n = 0;
  let sx = 0;
  let sy = 0;
  let sxx = 0;
  let sxy = 0;
  let syy = 0;
  for (const { slots, xs, ys } of grids) {
    let j = 0;
    for (let i = 0; i < slots.length; i++) {
      const wanted = slots[i]! + steps;
      while (j < slots.length && slots[j]! < wanted) {
        j++;
      }
      const x = xs[i]!;
      const y = slots[j] === wanted ? ys[j]! : NaN;
      if (!Number.isNaN(x) && !Number.isNaN(y)) {
        n++;
        sx += x;
        sy += y;
        sxx += x * x;
        sxy += x * y;
        syy += y * y;
      }
    }
  }
  const spread = (squares: number, sum: number) => {
    const rest = squares - (sum * sum) / n;
    return rest > 1e-12 * squares ? rest : 0;
  };
  const product = spread(sxx, sx) * spread(syy, sy);
  const known = n >= Math.max(FEWEST_PAIRS, FEWEST_POINTS) && product > 0;
  return { lag: steps * step, n, r: known ? clamp((sxy - (sx * sy) / n) / Math.sqrt(product)) : null };
}

const clamp = (r: number): number => Math.max(-1, Math.min(1, r));

/** Of equals the one nearest to nought. */
function strongestOf(points: readonly LagPoint[]): (LagPoint & { r: number }) | null {
  let best: (LagPoint & { r: number }) | null = null;
  for (const { lag, r, n } of points) {
    const gain = r === null ? -1 : Math.abs(r) - Math.abs(best?.r ?? -1e-9);
    if (
      r !== null &&
      (best === null || gain > 1e-12 || (gain > -1e-12 && Math.abs(lag) < Math.abs(best.lag)))
    ) {
      best = { lag, r, n };
    }
  }
  return best;
}

function withP(best: (LagPoint & { r: number }) | null, tried: number, inflation: number): Strongest | null {
  return best && { ...best, p: Math.min(1, tried * twoSidedR(best.r, Math.max(3, best.n / inflation))) };
}

/** How alike a measure is to itself so many steps earlier, from one step on. */
function likenessOf(grids: readonly Grid[], reach: number): number[] {
  return Array.from({ length: reach }, (_, i) => correlateAt(grids, i + 1, 1).r ?? 0);
}

/** How many times as much a correlation varies as one of independent pairs (Bartlett 1946). */
function inflationBy(loads: readonly number[], costs: readonly number[], slots: number): number {
  return Math.max(
    1,
    costs.reduce((sum, cost, i) => sum + 2 * cost * loads[i]! * (1 - (i + 1) / slots), 1),
  );
}

/** The steps after which the load repeats itself, once it has been unlike itself; Infinity where it does not. */
function periodOf(loads: readonly number[]): number {
  const unlike = loads.findIndex((r) => r < 0);
  const peak = loads.findIndex(
    (r, i) => unlike >= 0 && i > unlike && r >= REPEATS && r >= loads[i - 1]! && r >= (loads[i + 1] ?? -1),
  );
  return peak < 0 ? Infinity : peak + 1;
}

/** From this correlation on with an earlier time a load repeats itself. */
const REPEATS = 0.4;

/** More probable than this by chance is no effect. */
const SURE = 0.01;
