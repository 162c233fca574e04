/** What one exit and the entry after it cost, on a kernel where no VM runs, by the very functions that ship. */
import { startRunStats } from '../exporter/src/kernel/index.js';
import { goal, type Goal, type Plot, type Table } from './bench.js';
import { figure } from './format.js';
import { objectIn, type Group } from './floors.js';
import { combine, inTurns, measure, ratio } from './statistics.js';
import { loadForTestRuns, TestRun } from './test_run.js';

/** The reason `io` of SVM, no vCPU, and the instruction set: what kvm_exit had as arguments until 5.15. */
const ARGUMENTS = [0x7bn, 0n, 2n];

const EXITS_A_ROUND = 30_000;
const ROUNDS = 10;

/** The functions of each group: one for the exit, one for the entry, one beside them that only reads the reason. */
const FUNCTIONS = {
  empty: ['empty_kvm_exit', 'empty_kvm_entry'],
  clock: ['clock_kvm_exit', 'clock_kvm_entry'],
  trapline: ['kvm_exit_with_reason', 'kvm_entry'],
  exporter: ['shape_exit_with_reason', 'shape_entry'],
  reason: ['empty_kvm_exit', 'read_reason'],
} as const;

/** 1 % of a processor for a second. */
const NS_IN_A_HUNDREDTH = 1e7;

type Variant = keyof typeof FUNCTIONS;

const NAMES: Readonly<Record<Exclude<Variant, 'reason'>, string>> = {
  empty: 'two empty programs',
  clock: 'two empty programs, each with a clock reading',
  trapline: 'Trapline: kvm_exit, kvm_entry',
  exporter: 'per-CPU hash with a composite key, log2 histogram',
};

const objectOf = (variant: Variant): string => {
  const group: Group = variant === 'trapline' ? 'trapline' : variant === 'reason' ? 'exporter' : variant;
  return objectIn(group, 'vm_exit');
};

/** Nanoseconds of the exit's function and of the entry's in one round. */
type Costs = readonly [exit: number, entry: number];

class Pair {
  readonly #functions: readonly TestRun[];

  constructor(variant: Variant) {
    const names: readonly string[] = FUNCTIONS[variant];
    const path = objectOf(variant);
    const own = names.filter((name) => !name.startsWith('empty_') || variant === 'empty');
    const loaded = loadForTestRuns(path, own);
    const empty = own.length < names.length ? loadForTestRuns(objectOf('empty'), FUNCTIONS.empty) : loaded;
    this.#functions = names.map((name) => new TestRun((loaded.get(name) ?? empty.get(name))!, ARGUMENTS));
  }

  /** Exits and entries take turns, as a guest's do. */
  round(times = EXITS_A_ROUND): Costs {
    const before = this.#functions.map((each) => each.stats());
    for (let i = 0; i < times; i++) for (const each of this.#functions) each.run();
    const [exit, entry] = this.#functions.map((each, i) => {
      const { ns, runs } = each.stats();
      return (ns - before[i]!.ns) / (runs - before[i]!.runs);
    });
    return [exit!, entry!];
  }
}

/** What one bench shows of it. */
export interface PairCost {
  table: Table;
  goals: Goal[];
  plot: Plot;
  note: string;
}

/** Takes half a minute. Throws `Refusal` where the kernel takes no program or does not measure. */
export async function exitPair(): Promise<PairCost> {
  const variants = Object.keys(FUNCTIONS) as Variant[];
  const pairs = new Map(variants.map((variant) => [variant, new Pair(variant)]));
  for (const pair of pairs.values()) pair.round();
  const rest = startRunStats();
  try {
    const runs = variants.map((variant) => [variant, () => pairs.get(variant)!.round()] as const);
    const costs = await inTurns(Object.fromEntries(runs) as Record<Variant, () => Costs>, ROUNDS);
    return evaluate(costs);
  } finally {
    rest();
  }
}

/** The functions get the reason as an argument; what `kvm_exit` does to find it is added, to ours as to the exporter's. */
function evaluate(costs: Record<Variant, Costs[]>): PairCost {
  const reading = costs.reason.map(([empty, withReading]) => withReading - empty);
  const readsReason = (variant: Variant): boolean => variant === 'trapline' || variant === 'exporter';
  const exit = (variant: Variant): number[] =>
    costs[variant].map(([ns], round) => ns + (readsReason(variant) ? reading[round]! : 0));
  const entry = (variant: Variant): number[] => costs[variant].map(([, ns]) => ns);
  const pair = (variant: Variant): number[] => exit(variant).map((ns, round) => ns + entry(variant)[round]!);
  const above = (variant: Variant, floor: Variant) =>
    combine((ns, least) => ns - least, pair(variant), pair(floor));
  const rows = (Object.keys(NAMES) as (keyof typeof NAMES)[]).map((variant) => ({
    name: NAMES[variant],
    cells: [
      ratio(pair(variant), pair('clock')),
      above(variant, 'clock'),
      measure(pair(variant)),
      measure(exit(variant)),
      measure(entry(variant)),
    ],
  }));
  const columns = ['÷ (2 empty + 2 clocks)', 'above them, ns', 'exit + entry, ns', 'exit, ns', 'entry, ns'];
  const share = combine(
    (ours, theirs, floor) => (ours - floor) / (theirs - floor),
    pair('trapline'),
    pair('exporter'),
    pair('clock'),
  );
  const own = above('trapline', 'empty').median;
  return {
    note: `Above two empty programs an exit and its entry take ${figure(own)} ns: ${figure(NS_IN_A_HUNDREDTH / own)} exits a second take 1 % of a processor.`,
    table: { title: 'An exit and the entry after it', pairs: ROUNDS, columns, rows },
    goals: [
      goal(
        'exit + entry ÷ (two empty programs + two clock readings)',
        'at most',
        1.5,
        ratio(pair('trapline'), pair('clock')),
      ),
      goal('exit + entry above that floor ÷ the same of a per-CPU hash', 'at most', 0.5, share),
    ],
    plot: {
      ...{ kind: 'bars', name: 'pair', title: 'An exit and the entry after it', unit: 'ns' },
      bars: (Object.keys(NAMES) as (keyof typeof NAMES)[]).map((variant) => ({
        name: NAMES[variant],
        value: measure(pair(variant)).median,
        ...(variant === 'trapline' ? { mark: 'ours' as const } : {}),
        ...(variant === 'empty' || variant === 'clock' ? { mark: 'floor' as const } : {}),
      })),
    },
  };
}
