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

/** A step longer than this many usual steps of its neighbourhood is a gap: nothing was sampled there. */
export const GAP = 1.5;

/** Steps to either side by which the usual step of a neighbourhood is judged. */
const NEIGHBOURS = 3;

/** The median distance of neighbouring times in ms; NaN for fewer than two. */
export function usualStep(times: ArrayLike<number>): number {
  const steps = new Float64Array(Math.max(0, times.length - 1));
  for (let i = 0; i < steps.length; i++) {
    steps[i] = times[i + 1]! - times[i]!;
  }
  steps.sort();
  return steps[steps.length >> 1] ?? NaN;
}

/**
 * How long the sampling was that ended at each time, in ms: the time since the one before, however long others are. Where
 * that is a gap, and for the first time of all, it is the usual step of the neighbourhood. NaN for a time alone.
 *
 * A step is a gap where it is more than {@link GAP} times as long as the usual step before it and behind it: a source that
 * is sampled every ten seconds and then every second has none. A step up to `longestStep` ms is none either way.
 */
export function lengthsOf(times: readonly number[], longestStep = 0): number[] {
  const stepTo = (i: number): number => times[i]! - times[i - 1]!;
  return times.map((_, i) => {
    const step = stepTo(i);
    if (isUsual(step, stepTo(i - 1), stepTo(i - 2)) || isUsual(step, stepTo(i + 1), stepTo(i + 2))) {
      return step;
    }
    const before = lowerMedian(stepsIn(times, i - NEIGHBOURS, i));
    const behind = lowerMedian(stepsIn(times, i + 1, i + 1 + NEIGHBOURS));
    const longest = Math.max(before ?? 0, behind ?? 0) || step;
    return step <= Math.max(GAP * longest, longestStep) ? step : (behind ?? before ?? NaN);
  });
}

/** Most steps are as long as the next two, and then no more needs to be known. */
const isUsual = (step: number, next: number, another: number): boolean => step === next && step === another;

/** The steps that end at the times from one place up to another, as far as there are. */
function stepsIn(times: readonly number[], from: number, to: number): number[] {
  const steps: number[] = [];
  for (let i = Math.max(1, from); i < Math.min(times.length, to); i++) {
    steps.push(times[i]! - times[i - 1]!);
  }
  return steps;
}

const lowerMedian = (values: number[]): number | undefined =>
  values.sort((a, b) => a - b)[(values.length - 1) >> 1];

/**
 * The grid that samples least often while all of them sample; of equals, the first. Where they never sample at the same
 * time, the one with the longest usual step.
 */
export function coarsest(grids: ReadonlyArray<readonly number[]>): readonly number[] {
  const usable = grids.filter((grid) => grid.length > 1);
  const from = usable.reduce((latest, grid) => Math.max(latest, grid[0]!), -Infinity);
  const to = usable.reduce((earliest, grid) => Math.min(earliest, grid.at(-1)!), Infinity);
  const rarity = (grid: readonly number[]) =>
    from < to ? -grid.filter((time) => time >= from && time <= to).length : usualStep(grid);
  return (
    usable.reduce<readonly number[] | undefined>(
      (chosen, grid) => (chosen && rarity(chosen) >= rarity(grid) ? chosen : grid),
      undefined,
    ) ??
    grids[0] ??
    []
  );
}

/**
 * The mean of a series over each interval of a grid; null where it has no sample there.
 *
 * The interval of grid time t begins after the grid time before it. After a gap of the grid it reaches {@link GAP} usual
 * steps back: what was measured in the gap belongs to no point of it.
 */
export function alignTo(grid: readonly number[], series: Sampled): Array<number | null> {
  const lengths = lengthsOf(grid);
  const mean = meanBetween(series);
  return grid.map((end, i) => {
    const length = lengths[i]!;
    const reach = Number.isNaN(length) ? -Infinity : end - GAP * length;
    return mean(Math.max(grid[i - 1] ?? -Infinity, reach), end);
  });
}

/** The means of a series over spans that follow each other, each sample weighted with its length. */
function meanBetween({ times, values, longestStep }: Sampled) {
  let next = 0;
  let lengths: readonly number[] | undefined;
  return (begin: number, end: number): number | null => {
    const found: number[] = [];
    for (; next < times.length && times[next]! <= end; next++) {
      const value = values[next];
      if (times[next]! > begin && typeof value === 'number' && Number.isFinite(value)) {
        found.push(next);
      }
    }
    if (found.length < 2) {
      return found.length === 0 ? null : values[found[0]!]!;
    }
    lengths ??= lengthsOf(times, longestStep);
    const whole = found.reduce((sum, i) => sum + lengths![i]!, 0);
    return found.reduce((sum, i) => sum + values[i]! * lengths![i]!, 0) / whole;
  };
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
 * One grid for several: where they all fall on the times of one clock, so that no time of one lies inside a step of
 * another, the union, so that a series that begins late or ends early is kept; else the coarsest.
 */
export function joinGrids(grids: ReadonlyArray<readonly number[]>): readonly number[] {
  const union = [...new Set(grids.flat())].sort((a, b) => a - b);
  const place = new Map(union.map((time, i) => [time, i]));
  const followsClock = (grid: readonly number[]) => {
    const lengths = lengthsOf(grid);
    return grid.every(
      (time, i) =>
        i === 0 || time - grid[i - 1]! > lengths[i]! || place.get(time) === place.get(grid[i - 1]!)! + 1,
    );
  };
  return grids.every(followsClock) ? union : coarsest(grids);
}

function sumOrNull(values: ReadonlyArray<number | null>): number | null {
  return values.reduce((sum, value) => (value === null ? sum : (sum ?? 0) + value), null);
}
