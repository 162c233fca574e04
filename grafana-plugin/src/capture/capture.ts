import { addUp, alignTo, coarsest, type Sampled } from '../statistics/align';
import { detect, MEANING, ROLES, type Detected, type Detection, type Overrides, type Role } from './detect';
import { groupBy } from './groupBy';
import type { Series } from './series';

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

/** Everything the views draw. */
export interface Capture {
  readonly kind: CostKind;
  /** VMs with both throughput and cost, sorted by name. */
  readonly vms: readonly string[];
  /** Exit classes in the order of their size, the largest first. */
  readonly classes: readonly string[];
  /** Sorted by time, then by VM. */
  readonly intervals: readonly Interval[];
  readonly hasLoss: boolean;
  /** What the numbers were read from. */
  readonly sources: readonly Source[];
}

/** What hinders a picture and what to do about it: two sentences. */
export interface Problem {
  readonly missing: string;
  readonly remedy: string;
}

/** The reading of some series, with the way it came about. */
export interface Reading {
  readonly capture: Capture | null;
  readonly problem: Problem | null;
  readonly detection: Detection;
  /** One sentence per role and per thing worth knowing, in the user's words. */
  readonly explanation: readonly string[];
}

/** The labels that may tell VMs apart, the most specific first. */
const VM_LABELS = ['vm', 'domain', 'guest', 'instance'];

/** Turns series into what the views draw, or says what is missing. */
export function readCapture(all: readonly Series[], overrides: Overrides = {}): Reading {
  const detection = detect(all, overrides);
  const of = (role: Role): Series[] =>
    detection.detected.filter((entry) => entry.role === role).map((entry) => entry.series);
  const kind: CostKind = of('cost').length > 0 ? 'seconds' : 'exits';
  const cost = kind === 'seconds' ? of('cost') : withoutTotals(of('exits'));
  const throughput = of('throughput');
  const label = VM_LABELS.find((name) => [...throughput, ...cost].every((series) => series.labels[name]));
  const explanation = explain(detection, kind, label);
  const problem = findProblem(all, throughput, cost, overrides);
  if (problem) {
    return { capture: null, problem, detection, explanation };
  }
  const vmOf = (series: Series): string => (label ? series.labels[label]! : '');
  const classes = classesOf(of('exits'));
  const packets = groupBy(throughput, vmOf);
  const costs = groupBy(cost, vmOf);
  const losses = groupBy(of('loss'), vmOf);
  const exits = groupBy(of('exits'), vmOf);
  const vms = [...packets.keys()].filter((vm) => costs.has(vm)).sort();
  const alone = [...new Set([...packets.keys(), ...costs.keys()])].filter((vm) => !vms.includes(vm));
  if (vms.length === 0) {
    return { capture: null, problem: neverMeet(label), detection, explanation };
  }
  const intervals = vms.flatMap((vm) =>
    intervalsOf(vm, packets.get(vm)!, costs.get(vm)!, losses.get(vm) ?? [], exits.get(vm) ?? [], classes),
  );
  intervals.sort((a, b) => a.time - b.time || (a.vm < b.vm ? -1 : 1));
  return {
    capture: {
      kind,
      vms,
      classes,
      intervals,
      hasLoss: intervals.some(({ loss }) => loss !== null),
      sources: detection.detected.map(({ role, series }) => ({ role, vm: vmOf(series), series })),
    },
    problem: null,
    detection,
    explanation: alone.length > 0 ? [...explanation, leftAlone(alone)] : explanation,
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
  const losses = loss[0] ? alignTo(grid, asShare(loss[0])) : [];
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

/** A loss given in percent as a share of one. */
function asShare(series: Series): Sampled {
  return series.unit === 'percent'
    ? { times: series.times, values: series.values.map((value) => (value === null ? null : value / 100)) }
    : series;
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

function findProblem(
  all: readonly Series[],
  throughput: readonly Series[],
  cost: readonly Series[],
  overrides: Overrides,
): Problem | null {
  if (all.every((series) => series.times.length === 0)) {
    return {
      missing: 'The query returned no time series.',
      remedy: 'Choose a longer time range, or check that the query returns a time column and numbers.',
    };
  }
  const absent = [throughput.length === 0 && 'throughput', cost.length === 0 && 'cost'].filter(
    (role): role is 'throughput' | 'cost' => role !== false,
  );
  if (absent.length === 0) {
    return null;
  }
  const wanted = absent.find((role) => overrides[role]);
  return {
    missing: wanted
      ? `No field or query goes by the name “${overrides[wanted]}” that the panel options choose for ${wanted}.`
      : `No ${absent.join(' and no ')} among ${listNames(all)}.`,
    remedy: `Name ${absent.length === 1 ? 'a query' : 'the queries'} ${absent.map((role) => `“${role}” (${MEANING[role]})`).join(' and ')}, or choose a field in the panel options under Fields.`,
  };
}

function neverMeet(label: string | undefined): Problem {
  return {
    missing: `Throughput and cost never belong to the same VM${label ? ` (label “${label}”)` : ''}.`,
    remedy: 'Let both queries keep the label “vm”, for example with sum by (vm).',
  };
}

function leftAlone(vms: readonly string[]): string {
  return `Left out because only one of throughput and cost is known: ${vms.map((vm) => vm || 'series without a VM').join(', ')}.`;
}

/** The first few names, so that the sentence stays readable. */
function listNames(all: readonly Series[]): string {
  const names = [...new Set(all.map((series) => series.metric || series.name))];
  const shown = names.slice(0, 4).map((name) => `“${name}”`);
  return names.length > 4 ? `${shown.join(', ')} and ${names.length - 4} more` : shown.join(', ');
}

function explain({ detected, ignored }: Detection, kind: CostKind, label: string | undefined): string[] {
  const found = ROLES.flatMap((role) => {
    const entries = detected.filter((entry) => entry.role === role);
    return entries.length === 0 ? [] : [sentence(role, entries)];
  });
  const fallback = kind === 'exits' ? ['No exit timing was found, so cost is counted in exits.'] : [];
  const apart = label ? [`VMs are told apart by the label “${label}”.`] : [];
  const unused = [...groupBy(ignored, ({ because }) => because)].map(
    ([because, entries]) => `Not used: ${listNames(entries.map(({ series }) => series))} — ${because}.`,
  );
  return [...found, ...fallback, ...apart, ...unused];
}

function sentence(role: Role, entries: readonly Detected[]): string {
  const reasons = [...new Set(entries.map(({ because }) => because))];
  const count = `${entries.length} series`;
  const shown = reasons.length > 2 ? `${reasons.slice(0, 2).join('; ')} and alike` : reasons.join('; ');
  return `${role[0]!.toUpperCase()}${role.slice(1)} (${MEANING[role]}): ${count}, by ${shown}.`;
}
