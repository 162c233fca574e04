import { addUp, alignTo, coarsest, longestStepOf } from '../statistics/align';
import { describeLosses, lossOn } from './loss';
import { blocked, homeless, missing, type Found, type Problem, type Reading } from './reading';
import type { Role } from './roles';
import type { Series } from './series';
import { groupByVm, vmsOf } from './vms';

/** What the vertical axis counts: exit time, or exits where no timing exists. */
export type CostKind = 'seconds' | 'exits';

/** One interval of one VM. Rates are means over the interval that ends at `time`; null is a gap. */
export interface Interval {
  readonly vm: string;
  /** Unix milliseconds. */
  readonly time: number;
  /** Packets per second. */
  readonly x: number | null;
  /** Seconds per second, or exits per second. */
  readonly y: number | null;
  /** 0 … 1. */
  readonly loss: number | null;
  /** Exits per second by class, in the order of {@link Capture.classes}. */
  readonly exits: ReadonlyArray<number | null>;
}

/** A series that was used, for which VM and as what. */
export interface Source {
  readonly role: Role;
  readonly vm: string;
  readonly series: Series;
}

/** What the views of intervals draw. */
export interface Capture {
  readonly kind: CostKind;
  /** VMs with both throughput and cost, sorted by name. */
  readonly vms: readonly string[];
  /** Exit classes in the order of their size, the largest first. */
  readonly classes: readonly string[];
  /** Sorted by time, then by VM. */
  readonly intervals: readonly Interval[];
  readonly hasLoss: boolean;
  /** The longest step in ms that is no gap, where the source says so. */
  readonly longestStep?: number;
  /** What the numbers were read from. */
  readonly sources: readonly Source[];
}

/** Roles of series that {@link readCapture} makes use of. */
export const CAPTURE_ROLES: readonly Role[] = ['throughput', 'cost', 'loss', 'exits'];

/** Throughput beside cost, interval by interval, or what is missing for it. Exits stand in where no exit is timed. */
export function readCapture(found: Found): Reading<Capture> {
  const kind: CostKind = found.of('cost').length > 0 ? 'seconds' : 'exits';
  const throughput = found.of('throughput');
  const exits = found.of('exits');
  const cost = kind === 'seconds' ? found.of('cost') : withoutTotals(exits);
  const absent = [
    ...(throughput.length === 0 ? (['throughput'] as const) : []),
    ...(cost.length === 0 ? (['cost'] as const) : []),
  ];
  if (absent.length > 0) {
    return blocked(missing(found, absent));
  }
  const { vmOf, by, remarks } = vmsOf([throughput, cost]);
  const classes = classesOf(exits);
  const packets = groupByVm(throughput, vmOf);
  const costs = groupByVm(cost, vmOf);
  const losses = groupByVm(found.of('loss'), vmOf);
  const exitsOf = groupByVm(exits, vmOf);
  const vms = [...packets.keys()].filter((vm) => costs.has(vm)).sort();
  if (vms.length === 0) {
    return blocked(neverMeet(by));
  }
  const intervals = vms.flatMap((vm) =>
    intervalsOf(vm, packets.get(vm)!, costs.get(vm)!, losses.get(vm) ?? [], exitsOf.get(vm) ?? [], classes),
  );
  intervals.sort((a, b) => a.time - b.time || (a.vm < b.vm ? -1 : 1));
  const used = CAPTURE_ROLES.flatMap((role) =>
    found.of(role).flatMap((series) => {
      const vm = vmOf(series);
      return vm === null ? [] : [{ role, vm, series }];
    }),
  );
  const longestStep = longestStepOf(used.map(({ series }) => series));
  const alone = [...new Set([...packets.keys(), ...costs.keys()])].filter((vm) => !vms.includes(vm));
  return {
    data: {
      kind,
      vms,
      classes,
      intervals,
      hasLoss: intervals.some(({ loss }) => loss !== null),
      sources: used,
      ...(longestStep > 0 ? { longestStep } : {}),
    },
    problem: null,
    remarks: [
      ...(kind === 'exits' ? ['No exit timing was found, so cost is counted in exits.'] : []),
      ...remarks,
      ...homeless(found, CAPTURE_ROLES, vmOf),
      ...describeLosses(found.of('loss')),
      ...(alone.length > 0 ? [leftAlone(alone)] : []),
    ],
  };
}

function intervalsOf(
  vm: string,
  throughput: readonly Series[],
  cost: readonly Series[],
  loss: readonly Series[],
  exits: readonly Series[],
  classes: readonly string[],
): Interval[] {
  const packets = addUp(throughput);
  const seconds = addUp(cost);
  const grid = coarsest([seconds.times, packets.times]);
  const xs = alignTo(grid, packets);
  const ys = alignTo(grid, seconds);
  const losses = lossOn(grid, loss, throughput);
  const byClass = classes.map((name) => {
    const members = exits.filter((series) => series.labels['class'] === name);
    return members.length > 0 ? alignTo(grid, addUp(members)) : [];
  });
  return grid.map((time, i) => ({
    vm,
    time,
    x: xs[i] ?? null,
    y: ys[i] ?? null,
    loss: losses[i] ?? null,
    exits: byClass.map((values) => values[i] ?? null),
  }));
}

/** Exits by class where they are given by class: a total beside them would count everything twice. */
function withoutTotals(exits: readonly Series[]): readonly Series[] {
  const byClass = exits.filter((series) => series.labels['class']);
  return byClass.length > 0 ? byClass : exits;
}

/** Classes by the exits they hold, so that the largest lies at the bottom of the stack. */
function classesOf(exits: readonly Series[]): string[] {
  const totals = new Map<string, number>();
  for (const series of exits) {
    const name = series.labels['class'];
    if (name) {
      const finite = series.values.filter((value): value is number => Number.isFinite(value));
      totals.set(
        name,
        finite.reduce((sum, value) => sum + value, totals.get(name) ?? 0),
      );
    }
  }
  return [...totals].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1)).map(([name]) => name);
}

function neverMeet(by: string): Problem {
  return {
    missing: `Throughput and cost never belong to the same VM${by && ` (${by})`}.`,
    remedy: 'Let both queries keep the label “vm”, for example with sum by (vm).',
  };
}

function leftAlone(vms: readonly string[]): string {
  return `Left out because only one of throughput and cost is known: ${vms.map((vm) => vm || 'series without a VM').join(', ')}.`;
}
