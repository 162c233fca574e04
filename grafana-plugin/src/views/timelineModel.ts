import type { Capture, Interval } from '../capture/capture';
import { groupBy } from '../capture/groupBy';
import { packetRate, percent, perPacket } from '../parts/format';
import { addUp, GAP, usualStep, type Sampled } from '../statistics/align';

/** The capture of all VMs together at one time; null is a gap. */
export interface Moment {
  /** Unix milliseconds. */
  readonly time: number;
  readonly x: number | null;
  readonly y: number | null;
  readonly loss: number | null;
  readonly exits: ReadonlyArray<number | null>;
}

/**
 * Adds up the VMs time by time. Losses are weighted by the packets offered. Where nothing was sampled for longer than
 * {@link GAP} steps a moment without values is put in, so that no line is drawn across.
 */
export function momentsOf(capture: Capture): Moment[] {
  const vms = [...groupBy(capture.intervals, ({ vm }) => vm).values()];
  const total = (pick: (interval: Interval) => number | null): Sampled =>
    addUp(
      vms.map((intervals) => ({
        times: intervals.map(({ time }) => time),
        values: intervals.map((interval) => rateOrNull(pick(interval))),
      })),
    );
  const x = total((interval) => interval.x);
  const y = total((interval) => interval.y);
  const lost = vms.length > 1 ? total(lostOf) : null;
  const onlyLoss = total((interval) => interval.loss);
  const exits = capture.classes.map((_, i) => total((interval) => interval.exits[i] ?? null));
  const moments = x.times.map((time, i) => ({
    time,
    x: x.values[i] ?? null,
    y: y.values[i] ?? null,
    loss: lost ? shareOf(lost.values[i] ?? null, x.values[i] ?? null) : (onlyLoss.values[i] ?? null),
    exits: exits.map((sum) => sum.values[i] ?? null),
  }));
  return withGaps(moments, capture.classes.length);
}

/** A rate is neither negative nor NaN: what is came from a reset or a division by nothing. */
function rateOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) && value >= 0 ? value : null;
}

/** Packets per second that were lost, from those delivered and the share of loss. */
function lostOf({ x, loss }: Interval): number | null {
  return x === null || loss === null || loss >= 1 ? null : (x * loss) / (1 - loss);
}

function shareOf(lost: number | null, delivered: number | null): number | null {
  return lost === null || delivered === null || lost + delivered === 0 ? null : lost / (lost + delivered);
}

function withGaps(moments: readonly Moment[], classes: number): Moment[] {
  const reach = GAP * usualStep(moments.map(({ time }) => time));
  return moments.flatMap((moment, i) => {
    const before = moments[i - 1];
    if (!before || moment.time - before.time <= reach) {
      return [moment];
    }
    const time = (before.time + moment.time) / 2;
    return [{ time, x: null, y: null, loss: null, exits: Array<null>(classes).fill(null) }, moment];
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

/** Means over the moments that have both rates, as the sentence above the picture. */
export function describeMoments(
  moments: readonly Moment[],
  { kind, vms }: Capture,
): { result: string; trust: string } {
  const both = moments.filter((moment) => moment.x !== null && moment.y !== null);
  const packets = both.reduce((sum, { x }) => sum + x!, 0);
  const cost = both.reduce((sum, { y }) => sum + y!, 0);
  if (packets === 0) {
    return { result: 'No packets', trust: `in ${both.length} intervals` };
  }
  const worst = moments.reduce((most, { loss }) => Math.max(most, loss ?? 0), 0);
  const loss = moments.some((moment) => moment.loss !== null) ? `; loss up to ${percent(worst)}` : '';
  const whose = vms.length > 1 ? `${vms.length} VMs together, ` : '';
  return {
    result: `${perPacket(cost / packets, kind)} per packet`,
    trust: `on average: ${whose}${packetRate(packets / both.length)}${loss}`,
  };
}
