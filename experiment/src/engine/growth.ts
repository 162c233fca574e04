/** What counters have grown by. */
import type { Counts } from '../counting/counts.js';
import type { CellCost, Stage } from '../results.js';

type Tree = number | { [key: string]: Tree } | undefined;

/** By how much each number has grown; what was not there before has grown from 0. Throws where one has fallen. */
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

export const grownFrames = (after: number, before: number, name: string): number =>
  growth(after, before, name);

export const grownLosses = (after: Counts, before: Counts): Partial<Record<Stage, number>> =>
  growth(after.lost, before.lost, 'lost');

/** What was spent between two readings. */
export function spent(after: Counts, before: Counts): CellCost {
  return { seconds: after.at - before.at, ...growth(after.cost, before.cost, 'cost') };
}
