/**
 * Bringing series that were sampled at different moments onto one grid of times.
 *
 * A value at time t speaks for the interval that ends at t, as a Prometheus rate does. A finer series is therefore
 * averaged over each interval of a coarser one, never the other way round: no value is invented between two samples.
 */

/** A series in the order of its times. Null, NaN and infinities are gaps. */
export interface Sampled {
  /** Unix milliseconds, rising. */
  readonly times: readonly number[];
  readonly values: ReadonlyArray<number | null>;
  /** The longest step in ms that is no gap, where the source says so: it may sample unevenly. */
  readonly longestStep?: number | undefined;
}

/** A step longer than this many usual steps is a gap: nothing was sampled there. */
export const GAP = 1.5;

/** The median distance of neighbouring times in ms; NaN for fewer than two. */
export function usualStep(times: ArrayLike<number>): number {
  const steps = new Float64Array(Math.max(0, times.length - 1));
  for (let i = 0; i < steps.length; i++) {
    steps[i] = times[i + 1]! - times[i]!;
  }
  steps.sort();
  return steps[steps.length >> 1] ?? NaN;
}

/** The grid with the longest usual step; of equals, the first. */
export function coarsest(grids: ReadonlyArray<readonly number[]>): readonly number[] {
  let chosen: readonly number[] = grids[0] ?? [];
  for (const grid of grids) {
    if (!(usualStep(grid) <= usualStep(chosen)) && grid.length > 1) {
      chosen = grid;
    }
  }
  return chosen;
}

/**
 * The mean of a series over each interval of a grid; null where it has no sample there.
 *
 * The interval of grid time t begins after the grid time before it, but never further back than {@link GAP} usual steps:
 * what was measured in a gap of the grid belongs to no point of it.
 */
export function alignTo(grid: readonly number[], series: Sampled): Array<number | null> {
  const reach = GAP * usualStep(grid);
  let next = 0;
  return grid.map((end, i) => {
    const begin = Math.max(grid[i - 1] ?? -Infinity, Number.isNaN(reach) ? -Infinity : end - reach);
    let sum = 0;
    let count = 0;
    for (; next < series.times.length && series.times[next]! <= end; next++) {
      const value = series.values[next];
      if (series.times[next]! > begin && typeof value === 'number' && Number.isFinite(value)) {
        sum += value;
        count++;
      }
    }
    return count === 0 ? null : sum / count;
  });
}

/**
 * Adds series that count parts of one whole. All are brought to the coarsest grid; a part that has no sample at a time
 * adds nothing to it, and a time at which no part has one is a gap.
 */
export function addUp(parts: readonly Sampled[]): Sampled {
  if (parts.length === 1) {
    return parts[0]!;
  }
  const times = joinGrids(parts.map((part) => part.times));
  const aligned = parts.map((part) => alignTo(times, part));
  return {
    times,
    values: times.map((_, i) => sumOrNull(aligned.map((values) => values[i] ?? null))),
    longestStep: longestStepOf(parts) || undefined,
  };
}

/** The longest step that one of them says to be no gap; 0 where none does. */
export const longestStepOf = (parts: readonly Sampled[]): number =>
  parts.reduce((longest, part) => Math.max(longest, part.longestStep ?? 0), 0);

/**
 * One grid for several: where they all fall on the times of one clock (each grid is part of their union and the union is
 * no denser than the coarsest), the union, so that a series that begins late or ends early is kept; else the coarsest.
 */
export function joinGrids(grids: ReadonlyArray<readonly number[]>): readonly number[] {
  const union = [...new Set(grids.flat())].sort((a, b) => a - b);
  const base = coarsest(grids);
  return usualStep(union) >= usualStep(base) || Number.isNaN(usualStep(base)) ? union : base;
}

function sumOrNull(values: ReadonlyArray<number | null>): number | null {
  return values.reduce((sum, value) => (value === null ? sum : (sum ?? 0) + value), null);
}
