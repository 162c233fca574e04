import type { Capture, Interval } from '../capture/capture';
import { groupBy } from '../capture/groupBy';
import { packetRate, percent, perPacket } from '../parts/format';
import { addUp, alignTo, lengthsOf, type Sampled } from '../statistics/align';

/** The capture of all VMs together over one interval; null is a gap. */
export interface Moment {
  /** Begin and end of the interval, Unix milliseconds. */
  readonly since: number;
  readonly time: number;
  readonly x: number | null;
  readonly y: number | null;
  readonly loss: number | null;
  readonly exits: ReadonlyArray<number | null>;
}

/**
 * Adds up the VMs time by time. Losses are weighted by the packets offered; where a VM lost all of its packets, nobody
 * knows how many these were, and the largest loss of any VM stands for all. Where nothing was sampled a moment without
 * values is put in, so that no line is drawn across.
 */
export function momentsOf(capture: Capture): Moment[] {
  const vms = [...groupBy(capture.intervals, ({ vm }) => vm).values()];
  const { longestStep } = capture;
  const of = (pick: (interval: Interval) => number | null): Sampled[] =>
    vms.map((intervals) => ({
      times: intervals.map(({ time }) => time),
      values: intervals.map((interval) => rateOrNull(pick(interval))),
      longestStep,
    }));
  const total = (pick: (interval: Interval) => number | null): Sampled => addUp(of(pick));
  const x = total((interval) => interval.x);
  const y = total((interval) => interval.y);
  const loss = lossOf(x, of);
  const exits = capture.classes.map((_, i) => total((interval) => interval.exits[i] ?? null));
  const lengths = lengthsOf(x.times, longestStep);
  const moments = x.times.map((time, i) => ({
    since: time - (lengths[i] || 0),
    time,
    x: x.values[i] ?? null,
    y: y.values[i] ?? null,
    loss: loss[i] ?? null,
    exits: exits.map((sum) => sum.values[i] ?? null),
  }));
  return withGaps(moments, capture.classes.length);
}

/** The loss of all VMs together at the times of their throughput. */
function lossOf(
  { times }: Sampled,
  of: (pick: (interval: Interval) => number | null) => Sampled[],
): Array<number | null> {
  const sum = (pick: (interval: Interval) => number | null) => alignTo(times, addUp(of(pick)));
  const [lost, delivered] = [sum(lostOf), sum((interval) => (lostOf(interval) === null ? null : interval.x))];
  const each = of(({ loss }) => loss).map((part) => alignTo(times, part));
  return times.map((_, i) => {
    const losses = each.flatMap((part) => part[i] ?? []);
    const worst = losses.reduce((most, loss) => Math.max(most, loss), 0);
    const [gone, there] = [lost[i] ?? 0, delivered[i] ?? 0];
    return losses.length < 2 || worst >= 1 || gone + there === 0
      ? losses.length === 0
        ? null
        : worst
      : gone / (gone + there);
  });
}

/** A rate is neither negative nor NaN: what is came from a reset or a division by nothing. */
function rateOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) && value >= 0 ? value : null;
}

/** Packets per second that were lost, from those delivered and the share of loss. */
function lostOf({ x, loss }: Interval): number | null {
  return x === null || loss === null || loss >= 1 ? null : (x * loss) / (1 - loss);
}

function withGaps(moments: readonly Moment[], classes: number): Moment[] {
  return moments.flatMap((moment, i) => {
    const before = moments[i - 1];
    if (!before || moment.since <= before.time) {
      return [moment];
    }
    const [since, time] = [before.time, (before.time + moment.time) / 2];
    return [{ since, time, x: null, y: null, loss: null, exits: Array<null>(classes).fill(null) }, moment];
  });
}

/**
 * Sums of the classes from the first on, for areas that lie on each other: the last is the whole. A class without a
 * sample counts nothing where another has one.
 */
export function stack(moments: readonly Moment[], classes: number): Array<Array<number | null>> {
  const sums: Array<Array<number | null>> = Array.from({ length: classes }, () => []);
  for (const { exits } of moments) {
    const gap = exits.every((value) => value === null);
    let sum = 0;
    exits.forEach((value, i) => {
      sum += value ?? 0;
      sums[i]!.push(gap ? null : sum);
    });
  }
  return sums;
}

/** The sum of a measure over the time of some moments: the rate, times the seconds it held. */
function sumOver(moments: readonly Moment[], rate: (moment: Moment) => number | null): number {
  return moments.reduce((sum, moment) => sum + (rate(moment) ?? 0) * secondsOf(moment), 0);
}

/** A single moment has no length: it counts as one second, which its mean does not depend on. */
const secondsOf = ({ since, time }: Moment): number => (time - since) / 1000 || 1;

/** The mean of a measure over the time in which it is known; null where it never is. */
export function meanOf(moments: readonly Moment[], rate: (moment: Moment) => number | null): number | null {
  const known = moments.filter((moment) => rate(moment) !== null);
  return known.length === 0 ? null : sumOver(known, rate) / sumOver(known, () => 1);
}

/** Means over the time in which both rates are known, as the sentence above the picture. */
export function describeMoments(
  moments: readonly Moment[],
  capture: Capture,
): { result: string; trust: string } {
  const { kind, vms } = capture;
  const both = moments.filter((moment) => moment.x !== null && moment.y !== null);
  const packets = meanOf(both, ({ x }) => x) ?? 0;
  const loss = describeLoss(moments, capture);
  if (packets === 0) {
    return { result: 'No packets', trust: `in ${both.length} intervals${loss}` };
  }
  const whose = vms.length > 1 ? `${vms.length} VMs together, ` : '';
  return {
    result: `${perPacket(meanOf(both, ({ y }) => y)! / packets, kind)} per packet`,
    trust: `on average: ${whose}${packetRate(packets)}${loss}`,
  };
}

export const worstLoss = (moments: ReadonlyArray<{ readonly loss: number | null }>): number =>
  moments.reduce((most, { loss }) => Math.max(most, loss ?? 0), 0);

/** The worst loss of all VMs together, and of the one that lost more of its own. */
function describeLoss(moments: readonly Moment[], { intervals, vms, hasLoss }: Capture): string {
  if (!hasLoss) {
    return '';
  }
  const worst = intervals.reduce((most, one) => ((one.loss ?? 0) > (most.loss ?? 0) ? one : most));
  const together = percent(worstLoss(moments));
  const alone = percent(worst.loss);
  return `; loss up to ${together}${vms.length > 1 && worst.loss && alone !== together ? `, of ${worst.vm} alone ${alone}` : ''}`;
}
