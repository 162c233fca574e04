import type { Capture, CostKind } from '../capture/capture';
import { groupBy } from '../capture/groupBy';
import { describeFit, duration, correlation as formatR, percent } from '../parts/format';
import type { Formats } from '../parts/formats';
import { pearson, spearman, type Correlation } from '../statistics/correlate';
import { describeLeftOut, keepRates } from '../statistics/fitIntervals';
import { findKnee, type Knee } from '../statistics/knee';
import { scanLags, type LagScan } from '../statistics/lags';
import { leastSquares, type Fit, type NoLine } from '../statistics/leastSquares';
import { CONFIDENCE, isSure, slopeInterval, type SlopeInterval } from '../statistics/slopeInterval';
import { theilSen, type TheilSenLine } from '../statistics/theilSen';
import type { Point } from './correlationModel';
import type { LineKind } from './correlationOptions';

/** What the points of one VM tell. */
export interface VmFindings {
  readonly vm: string;
  /** In the order of time. */
  readonly points: readonly Point[];
  readonly knee: Knee | null;
  /** Through the points up to the knee, or all where there is none; so are the others. */
  readonly leastSquares: Fit;
  /** Null where nobody asked for it. */
  readonly theilSen: TheilSenLine | NoLine | null;
  /** Where the slope by least squares lies. */
  readonly interval: SlopeInterval | null;
}

/** What the points tell. */
export interface Findings {
  /** Every interval with both rates, sorted by throughput. */
  readonly points: readonly Point[];
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  /** VM by VM, by name: a line through the points of several would be the line of none. */
  readonly each: readonly VmFindings[];
  readonly pearson: Correlation;
  readonly spearman: Correlation;
  readonly lags: LagScan | null;
  /** What was left out, as a sentence; empty where nothing was. */
  readonly leftOut: string;
}

export function findingsOf(capture: Capture, lines: readonly LineKind[]): Findings {
  const kept = keepRates(capture.intervals);
  const points = [...kept.pairs].sort((a, b) => a.x - b.x || a.time - b.time);
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const own = groupBy(kept.pairs, ({ vm }) => vm);
  return {
    points,
    xs,
    ys,
    each: capture.vms.map((vm) => findingsOfVm(vm, own.get(vm) ?? [], lines)),
    pearson: pearson(xs, ys),
    spearman: spearman(xs, ys),
    lags: scanLags(sourcesOf(capture)),
    leftOut: describeLeftOut(kept),
  };
}

function findingsOfVm(vm: string, points: readonly Point[], lines: readonly LineKind[]): VmFindings {
  const of = (some: readonly Point[]) => [some.map(({ x }) => x), some.map(({ y }) => y)] as const;
  const knee = findKnee(...of(points));
  const below = of(knee ? points.filter(({ x }) => x <= knee.x) : points);
  return {
    vm,
    points,
    knee,
    leastSquares: leastSquares(...below),
    theilSen: lines.includes('theilSen') ? theilSen(...below) : null,
    interval: slopeInterval(...below),
  };
}

/** VM by VM in the order of time; rates below zero are gaps. */
function sourcesOf({ intervals }: Capture) {
  const rate = (value: number | null) => (value !== null && value >= 0 ? value : null);
  return [...groupBy(intervals, ({ vm }) => vm).values()].map((own) => ({
    times: own.map(({ time }) => time),
    xs: own.map(({ x }) => rate(x)),
    ys: own.map(({ y }) => rate(y)),
  }));
}

/** A lag is worth a word where it explains more than none does. */
const NOTICEABLE = 0.02;

/** The findings as sentences. */
export function describeFindings(
  findings: Findings,
  offScale: number,
  capture: Capture,
  lines: readonly LineKind[],
  formats: Formats,
): { readonly result: string; readonly trust: string; readonly note: string } {
  const note = [
    ...findings.each
      .filter(({ knee }) => knee)
      .slice(0, MOST_NAMED)
      .map((one) => kneeSentence(one, findings.each.length > 1, formats)),
    lagSentence(findings),
    findings.leftOut,
    offScale > 0 ? `Not drawn, because a logarithmic axis has no nought: ${count(offScale)}.` : '',
  ];
  const robust = !lines.includes('leastSquares');
  const head =
    findings.each.length > 1
      ? describeSeveral(findings.each, robust, formats)
      : describeOne(findings.each[0], robust, capture.kind, formats);
  return { ...head, note: note.filter(Boolean).join(' ') };
}

/** VMs of whom a sentence speaks by name at most. */
const MOST_NAMED = 3;

/** The line that the sentence speaks of, and where its slope lies. */
function spokenOf({ leastSquares: line, theilSen: other, interval }: VmFindings, robust: boolean) {
  return robust && other
    ? { line: other, interval: other.kind === 'line' ? other.interval : null }
    : { line, interval };
}

interface Head {
  readonly result: string;
  readonly trust: string;
}

function describeOne(one: VmFindings | undefined, robust: boolean, kind: CostKind, formats: Formats): Head {
  if (!one) {
    return describeFit({ kind: 'none', reason: 'too few points', n: 0 }, kind);
  }
  const { line, interval } = spokenOf(one, robust);
  if (line.kind === 'line' && !isSure(interval) && line.slope !== 0) {
    return describeUnsure(interval, line.n, formats);
  }
  const head =
    robust && one.theilSen?.kind === 'line'
      ? describeRobust(one.theilSen, formats)
      : describeFit(one.leastSquares, kind);
  const below = one.knee ? ' below the knee' : '';
  return {
    result: head.result + below,
    trust: [describeReach(interval, formats), head.trust].filter(Boolean).join(', '),
  };
}

/** Nobody is told a price that chance could have made, or one below nought. */
function describeUnsure(interval: SlopeInterval | null, n: number, formats: Formats): Head {
  const result = 'No reliable cost per packet';
  if (!interval || !Number.isFinite(interval.low)) {
    return { result, trust: `${n} intervals are too few to tell` };
  }
  if (interval.high < 0) {
    return {
      result,
      trust: `cost falls while throughput rises, so something else drives it: ${describeReach(interval, formats)}, n = ${n}`,
    };
  }
  return { result, trust: `the slope may be zero: ${describeReach(interval, formats)}, n = ${n}` };
}

/** The ends of an interval; empty where they are one. */
function describeReach(interval: SlopeInterval | null, formats: Formats): string {
  const [low, high] = [formats.perPacket(interval?.low ?? 0), formats.perPacket(interval?.high ?? 0)];
  return low === high ? '' : `${low} to ${high} with ${percent(CONFIDENCE)} confidence`;
}

/** The most expensive VM first; those without a sure price by name. */
function describeSeveral(each: readonly VmFindings[], robust: boolean, formats: Formats): Head {
  const spoken = each.map((one) => ({ one, ...spokenOf(one, robust) }));
  const sure = spoken
    .flatMap(({ one, line, interval }) =>
      line.kind === 'line' && isSure(interval) ? [{ vm: one.vm, line, interval }] : [],
    )
    .sort((a, b) => b.line.slope - a.line.slope);
  const unsure = each.filter(({ vm }) => !sure.some((one) => one.vm === vm)).map(({ vm }) => vm);
  const [first, ...others] = sure;
  if (!first) {
    return {
      result: 'No reliable cost per packet',
      trust: `in any of ${each.length} VMs, each by its own line`,
    };
  }
  const reach = describeReach(first.interval, formats);
  return {
    result: `${formats.perPacket(first.line.slope)} per packet`,
    trust: [
      `of ${first.vm}, the most expensive of ${each.length} VMs, by its own line${reach && `: ${reach}`}`,
      listed(others.map(({ vm, line }) => `${vm} ${formats.perPacket(line.slope)}`)),
      unsure.length > 0 ? `not reliable for ${listed(unsure)}` : '',
    ]
      .filter(Boolean)
      .join('; '),
  };
}

/** The first few, and how many more. */
function listed(words: readonly string[]): string {
  const more = words.length - MOST_NAMED;
  return words.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

const count = (n: number): string => (n === 1 ? '1 interval' : `${n} intervals`);

function describeRobust({ slope, slopes, everyPair, n }: TheilSenLine, formats: Formats) {
  const which = everyPair ? 'all' : 'an even choice of';
  return {
    result: `${formats.perPacket(slope)} per packet`,
    trust: `by the median of ${which} ${slopes} slopes between two intervals (Theil–Sen), n = ${n}`,
  };
}

function kneeSentence(
  { vm, knee, leastSquares: below }: VmFindings,
  several: boolean,
  formats: Formats,
): string {
  return knee && below.kind === 'line'
    ? `Above ${formats.packets(knee.x)} throughput${several ? ` of ${vm}` : ''} stops following: one more packet costs ${formats.perPacket(knee.after)} there instead of ${formats.perPacket(below.slope)}.`
    : '';
}

function lagSentence({ lags, pearson: { r } }: Findings): string {
  const best = lags?.effect;
  if (!best || best.lag === 0 || best.r - Math.abs(r ?? 0) < NOTICEABLE) {
    return '';
  }
  return `They go together most closely where cost comes ${lagText(best.lag)} (r = ${formatR(best.r)}).`;
}

/** A lag in words, of what comes later or earlier. */
export function lagText(lag: number): string {
  return lag === 0 ? 'at once' : `${duration(Math.abs(lag))} ${lag > 0 ? 'later' : 'earlier'}`;
}
