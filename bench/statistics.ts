/** The arithmetic of paired runs. Medians, because one run in ten meets another process. */

/** What came out of several runs. */
export interface Measure {
  median: number;
  least: number;
  most: number;
}

/** The middle value, or the mean of the two in the middle. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export const measure = (values: readonly number[]): Measure => ({
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
});

/** Combines what the same rounds gave, round by round: a drift of the machine is in both and falls out of a ratio. */
export function combine(
  with_: (...values: number[]) => number,
  ...columns: readonly (readonly number[])[]
): Measure {
  return measure(columns[0]!.map((_, round) => with_(...columns.map((column) => column[round]!))));
}

/** By how many times `ours` is `theirs`, round by round. */
export const ratio = (ours: readonly number[], theirs: readonly number[]): Measure =>
  combine((a, b) => a / b, ours, theirs);

/** A B C, C B A, A B C, …: whatever rises or falls steadily meets all alike. */
export function turns<T>(variants: readonly T[], rounds: number): T[][] {
  return Array.from({ length: rounds }, (_, round) =>
    round % 2 === 0 ? [...variants] : variants.toReversed(),
  );
}

/** Runs each variant once a round, in turns; one value of each variant for each round. */
export async function inTurns<N extends string, T>(
  variants: Readonly<Record<N, () => Promise<T> | T>>,
  rounds: number,
): Promise<Record<N, T[]>> {
  const names = Object.keys(variants) as N[];
  const values = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<N, T[]>;
  for (const turn of turns(names, rounds)) for (const name of turn) values[name].push(await variants[name]());
  return values;
}
