/** A plan as it would be run, without a look at any machine. */
import { expectedSeconds } from '../engine/estimate.js';
import type { Plan } from '../plan/plan.js';
import type { Cell } from '../results.js';
import { duration } from '../terminal.js';

/** A line for each cell, in the order of the seed, and how long all take. */
export function describeDryRun(plan: Plan, cells: readonly Cell[], seed: number): string[] {
  const places = String(cells.length).length;
  return [
    ...cells.map(({ id }, place) => `${String(place + 1).padStart(places)} ${id}`),
    `${cells.length} cells of ${plan.duration} s, in the order of seed ${seed}: about ${duration(expectedSeconds(plan, cells.length))}.`,
  ];
}
