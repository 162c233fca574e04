import { alignTo, coarsest, lengthsOf, longestStepOf, type Sampled } from '../statistics/align';

/** A time range in Unix milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What several rates came to over the time in which all of them are known. */
export interface Totals {
  /** Rate × seconds, in the order of the rates. */
  readonly sums: readonly number[];
  readonly seconds: number;
}

/**
 * Integrates rates over a time range. All are brought to the coarsest grid; times at which one of them is a gap, or below
 * zero as after a reset, count for none, so that the sums can be divided by each other.
 */
export function totalsOf(rates: readonly Sampled[], range: Span): Totals {
  const grid = coarsest(rates.map(({ times }) => times));
  const aligned = rates.map((rate) => alignTo(grid, rate));
  const durations = durationsOf(grid, range, longestStepOf(rates));
  const sums = rates.map(() => 0);
  let seconds = 0;
  durations.forEach((duration, i) => {
    const values = aligned.map((column) => column[i] ?? -1);
    if (values.every((value) => value >= 0)) {
      values.forEach((value, part) => (sums[part]! += value * duration));
      seconds += duration;
    }
  });
  return { sums, seconds };
}

/**
 * Seconds of a range that each time of a grid speaks for: see {@link lengthsOf}. A single time, as of an instant query
 * over the range, speaks for all of it.
 */
export function durationsOf(grid: readonly number[], { from, to }: Span, longestStep = 0): number[] {
  if (grid.length === 1) {
    return [(to - from) / 1000];
  }
  const lengths = lengthsOf(grid, longestStep);
  return grid.map((end, i) => Math.max(0, Math.min(end, to) - Math.max(end - lengths[i]!, from)) / 1000);
}
