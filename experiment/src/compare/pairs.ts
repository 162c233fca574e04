/** Two runs, cell by cell. */
import { STAGES, type CellResult, type Factors, type Stage } from '../results.js';
import { ratioInterval, type Interval } from '../statistics/interval.js';
import { FACTORS, groupsBy } from '../report/groups.js';
import { deliveredRate, ledgerOf } from '../report/measures.js';
import type { Run } from '../report/run.js';

/** A combination that both runs measured. */
export interface Pair {
  at: Factors;
  /** Packets per second of the second run to those of the first, with its 95 % interval; undefined where one captured nothing. */
  ratio: Interval | undefined;
  /** By how much of what was offered the share lost at a stage rose from the first run to the second; the largest change first. */
  moved: { stage: Stage; rise: number }[];
}

export interface Comparison {
  pairs: Pair[];
  /** Combinations that only one of them measured. */
  onlyFirst: Factors[];
  onlySecond: Factors[];
  /** What else keeps the two from being compared, in sentences. */
  differences: string[];
}

export function compareRuns(first: Run, second: Run): Comparison {
  const [a, b] = [first, second].map(({ results }) => byCombination(results)) as [Cells, Cells];
  const lacking = (cells: Cells, others: Cells) =>
    [...cells].filter(([key]) => !others.has(key)).map(([, { at }]) => at);
  return {
    pairs: [...a].flatMap(([key, { at, results }]) => {
      const other = b.get(key);
      return other ? [pairOf(at, results, other.results)] : [];
    }),
    onlyFirst: lacking(a, b),
    onlySecond: lacking(b, a),
    differences: differencesOf(first, second),
  };
}

type Cells = Map<string, { at: Factors; results: CellResult[] }>;

function byCombination(results: readonly CellResult[]): Cells {
  const groups = groupsBy(results, ...FACTORS);
  return new Map(groups.map((group) => [Object.values(group.at).join(' '), group]));
}

function pairOf(at: Factors, first: readonly CellResult[], second: readonly CellResult[]): Pair {
  const share = (results: readonly CellResult[], stage: Stage) => {
    const { offered, lost } = ledgerOf(results);
    return (lost.find((one) => one.stage === stage)?.frames ?? 0) / offered;
  };
  const moved = STAGES.map((stage) => ({ stage, rise: share(second, stage) - share(first, stage) }));
  return {
    at,
    ratio: ratioInterval(second.map(deliveredRate), first.map(deliveredRate)),
    moved: moved.filter(({ rise }) => rise !== 0).sort((x, y) => Math.abs(y.rise) - Math.abs(x.rise)),
  };
}

function differencesOf(first: Run, second: Run): string[] {
  const differing = (
    [
      ['hosts', ({ environment }) => environment.host.hostname],
      ['processors', ({ environment }) => environment.host.cpu],
      ['kernels of the host', ({ environment }) => environment.host.kernel],
      ['kernels of the guest', ({ environment }) => environment.guest?.kernel ?? 'none'],
      ['versions of Trapline', ({ environment }) => environment.trapline],
    ] as const satisfies (readonly [string, (run: Run) => string])[]
  ).flatMap(([what, of]) => {
    const [one, other] = [of(first), of(second)];
    return one === other ? [] : [`Different ${what}: ${one} and ${other}.`];
  });
  const plans = withoutSeed(first.plan) === withoutSeed(second.plan);
  return plans ? differing : [...differing, 'The plans differ: see plan.yaml in both directories.'];
}

/** The order of the cells is no difference between plans. */
const withoutSeed = (plan: string): string => plan.replace(/^seed:.*\n?/m, '');
