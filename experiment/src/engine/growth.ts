/** What counters have grown by. */
import type { Counts } from '../counting/counts.js';
import type { CellCost, Stage } from '../results.js';

type Tree = number | { [key: string]: Tree } | undefined;

/** By how much each number has grown; what was not there before has grown from 0. Throws where one has fallen over the whole. */
function growth<T>(after: T, before: T, name: string): T {
  const [now, then] = [after as Tree, before as Tree];
  if (typeof now === 'number') {
    const start = typeof then === 'number' ? then : 0;
    if (now < start)
      throw new Error(`a counter fell from ${start} to ${now} (${name}): what counts it was started anew`);
    return (now - start) as T;
  }
  const entries = Object.entries(now ?? {}).map(([key, value]) => [
    key,
    growth(value, typeof then === 'object' ? then[key] : undefined, `${name}.${key}`),
  ]);
  return Object.fromEntries(entries) as T;
}

type Losses = Partial<Record<Stage, number>>;

/** Over a whole load. Throws where a counter has fallen. */
export const grownFrames = (after: number, before: number, name: string): number =>
  growth(after, before, name);
export const grownLosses = (after: Counts, before: Counts): Losses => growth(after.lost, before.lost, 'lost');

/** Between two readings. A stage that two sources are read for, one after the other, may have lost -1: the next reading has it back. */
export function lossesBetween(after: Counts, before: Counts): Losses {
  const entries = Object.entries(after.lost) as [Stage, number][];
  return Object.fromEntries(entries.map(([stage, lost]) => [stage, lost - (before.lost[stage] ?? 0)]));
}

/** What was spent between two readings. Throws where a counter has fallen. */
export function spent(after: Counts, before: Counts): CellCost {
  return { seconds: after.at - before.at, ...growth(after.cost, before.cost, 'cost') };
}
