/** What runs of programs cost above the least that any program on their hook would. */
import type { ProgramRunStats } from '../exporter/src/kernel/index.js';
import type { Bars, Table } from './bench.js';
import { shipped, type Group } from './floors.js';
import { combine, measure, ratio } from './statistics.js';

/** What the kernel has measured so far, as `Hooked.read` tells it. */
export type Reading = Partial<Record<Group, ProgramRunStats[]>>;

/** Fewer runs than this in a round say nothing. */
const FEWEST_RUNS = 20;

/** One program in every round: nanoseconds a run. */
export interface ProgramCost {
  name: string;
  runs: number;
  trapline: number[];
  empty: number[];
  clock: number[];
}

/** `rounds`: readings before and after each. Programs that were not fired often enough in each are left out. */
export function programCosts(rounds: readonly (readonly [Reading, Reading])[]): ProgramCost[] {
  const names = rounds[0]![0].trapline!.map(({ signal, program }) => [signal, program] as const);
  return names.flatMap(([signal, program]) => {
    const of = (group: Group) => rounds.map(([before, after]) => cost(before, after, group, signal, program));
    const [ours, empty, clock] = [of('trapline'), of('empty'), of('clock')];
    if ([...ours, ...empty, ...clock].some(({ runs }) => runs < FEWEST_RUNS)) return [];
    const each = (costs: typeof ours): number[] => costs.map(({ ns, runs }) => ns / runs);
    const runs = ours.reduce((sum, round) => sum + round.runs, 0);
    return [{ name: program, runs, trapline: each(ours), empty: each(empty), clock: each(clock) }];
  });
}

function cost(before: Reading, after: Reading, group: Group, signal: string, program: string) {
  const find = (reading: Reading): ProgramRunStats =>
    reading[group]!.find((each) => each.signal === signal && each.program === program)!;
  const [from, to] = [find(before), find(after)];
  return { ns: to.ns - from.ns, runs: to.runs - from.runs };
}

/** `unit`: what the clock of the machine counts. */
export function costTable(title: string, unit: string, costs: readonly ProgramCost[]): Table {
  return {
    title,
    pairs: costs[0]?.trapline.length ?? 0,
    columns: [
      '÷ (empty + clock)',
      `above empty, ${unit}`,
      `Trapline, ${unit}`,
      `empty + clock, ${unit}`,
      `empty, ${unit}`,
      'runs',
    ],
    rows: costs.map(({ name, runs, trapline, empty, clock }) => ({
      name,
      cells: [
        ratio(trapline, clock),
        combine((ours, floor) => ours - floor, trapline, empty),
        measure(trapline),
        measure(clock),
        measure(empty),
        runs,
      ],
    })),
  };
}

/** Programs that clocks fire: 49 times a second, however many events there are. */
const SAMPLED = shipped
  .flatMap(({ programs }) => programs)
  .filter(({ hertz }) => hertz !== undefined)
  .map(({ name }) => name);

/** What each program that events fire adds to an empty one, from the dearest on. */
export const costBars = (title: string, unit: string, costs: readonly ProgramCost[]): Bars => ({
  ...{ kind: 'bars', name: 'programs', title, unit },
  bars: costs
    .filter(({ name }) => !SAMPLED.includes(name))
    .map(({ name, trapline, empty }) => ({
      name,
      value: combine((ours, floor) => ours - floor, trapline, empty).median,
      mark: 'ours' as const,
    }))
    .toSorted((a, b) => b.value - a.value),
});
