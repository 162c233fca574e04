/** Cells put together that differ in nothing but what is not asked for. */
import { METHODS } from '../methods/index.js';
import { FLOWS, FRAME_SIZES, MONITORS, PLATFORMS, type CellResult, type Factors } from '../results.js';

export const FACTORS = ['platform', 'method', 'monitor', 'flows', 'size'] as const;
export type Factor = (typeof FACTORS)[number];

export interface Group<F extends Factor> {
  at: Pick<Factors, F>;
  results: CellResult[];
}

/** The levels of a factor that occur, in the order of the study; methods that are not known any more come last. */
export function levelsOf<F extends Factor>(results: readonly CellResult[], factor: F): Factors[F][] {
  const present = new Set<unknown>(results.map(({ cell }) => cell[factor]));
  const order: Record<Factor, readonly unknown[]> = {
    platform: PLATFORMS,
    method: [...METHODS.map(({ name }) => name), ...[...present].sort()],
    monitor: MONITORS,
    flows: FLOWS,
    size: FRAME_SIZES,
  };
  return [...new Set(order[factor])].filter((level) => present.has(level)) as Factors[F][];
}

/** Groups by these factors that have cells; the last factor changes first. */
export function groupsBy<F extends Factor>(results: readonly CellResult[], ...factors: F[]): Group<F>[] {
  const [factor, ...rest] = factors;
  if (factor === undefined) return [{ at: {} as Pick<Factors, F>, results: [...results] }];
  return levelsOf(results, factor).flatMap((level) =>
    groupsBy(
      results.filter(({ cell }) => cell[factor] === level),
      ...rest,
    ).map(({ at, results }) => ({ at: { [factor]: level, ...at } as Pick<Factors, F>, results })),
  );
}
