import type { Capture } from '../capture/capture';
import { groupBy } from '../capture/groupBy';
import { describeFit, duration, correlation as formatR } from '../parts/format';
import type { Formats } from '../parts/formats';
import { pearson, spearman, type Correlation } from '../statistics/correlate';
import { describeLeftOut, fitPairs, keepRates } from '../statistics/fitIntervals';
import { findKnee, type Knee } from '../statistics/knee';
import { scanLags, type LagScan } from '../statistics/lags';
import type { Fit, NoLine } from '../statistics/leastSquares';
import { theilSen, type TheilSenLine } from '../statistics/theilSen';
import type { Point } from './correlationModel';
import type { LineKind } from './correlationOptions';

/** What the points tell, all VMs together. */
export interface Findings {
  /** Every interval with both rates, sorted by throughput. */
  readonly points: readonly Point[];
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly leastSquares: Fit;
  /** Null where nobody asked for it. */
  readonly theilSen: TheilSenLine | NoLine | null;
  readonly pearson: Correlation;
  readonly spearman: Correlation;
  readonly lags: LagScan | null;
  readonly knee: Knee | null;
  /** What was left out, as a sentence; empty where nothing was. */
  readonly leftOut: string;
}

export function findingsOf(capture: Capture, lines: readonly LineKind[]): Findings {
  const kept = keepRates(capture.intervals);
  const points = [...kept.pairs].sort((a, b) => a.x - b.x || a.time - b.time);
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  return {
    points,
    xs,
    ys,
    leastSquares: fitPairs(points),
    theilSen: lines.includes('theilSen') ? theilSen(xs, ys) : null,
    pearson: pearson(xs, ys),
    spearman: spearman(xs, ys),
    lags: scanLags(sourcesOf(capture)),
    knee: findKnee(xs, ys),
    leftOut: describeLeftOut(kept),
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

/** A lag is worth a word where it is no chance and explains more than none does. */
const SURE = 0.01;
const NOTICEABLE = 0.02;

/** The findings as sentences. */
export function describeFindings(
  findings: Findings,
  offScale: number,
  capture: Capture,
  lines: readonly LineKind[],
  formats: Formats,
): { readonly result: string; readonly trust: string; readonly note: string } {
  const { leastSquares, theilSen: robust, leftOut } = findings;
  const head =
    robust?.kind === 'line' && !lines.includes('leastSquares')
      ? describeRobust(robust, formats)
      : describeFit(leastSquares, capture.kind);
  const note = [
    kneeSentence(findings, formats),
    lagSentence(findings),
    capture.vms.length > 1 ? `${capture.vms.length} VMs together.` : '',
    leftOut,
    offScale > 0 ? `Not drawn, because a logarithmic axis has no nought: ${count(offScale)}.` : '',
  ];
  return { ...head, note: note.filter(Boolean).join(' ') };
}

const count = (n: number): string => (n === 1 ? '1 interval' : `${n} intervals`);

function describeRobust({ slope, slopes, everyPair, n }: TheilSenLine, formats: Formats) {
  const which = everyPair ? 'all' : 'an even choice of';
  return {
    result: `${formats.perPacket(slope)} per packet`,
    trust: `by the median of ${which} ${slopes} slopes between two intervals (Theil–Sen), n = ${n}`,
  };
}

function kneeSentence({ knee }: Findings, formats: Formats): string {
  return knee
    ? `Above ${formats.packets(knee.x)} throughput stops following: one more packet costs ${formats.perPacket(knee.after)} there instead of ${formats.perPacket(knee.before)}.`
    : '';
}

function lagSentence({ lags, pearson: { r } }: Findings): string {
  const best = lags?.strongest;
  if (!best || best.lag === 0 || best.p > SURE || Math.abs(best.r) - Math.abs(r ?? 0) < NOTICEABLE) {
    return '';
  }
  return `They go together most closely where cost comes ${lagText(best.lag)} (r = ${formatR(best.r)}).`;
}

/** A lag in words, of what comes later or earlier. */
export function lagText(lag: number): string {
  return lag === 0 ? 'at once' : `${duration(Math.abs(lag))} ${lag > 0 ? 'later' : 'earlier'}`;
}
