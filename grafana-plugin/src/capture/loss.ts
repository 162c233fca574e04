import { alignTo, type Sampled } from '../statistics/align';
import { groupBy } from './groupBy';
import type { Series } from './series';
import { hostIn, nameIn } from './vms';

/** What rounding may put a share beyond its ends. */
const ROUNDING = 1e-9;

/** A loss as a share of one, whether given so or in percent; null where it is not between 0 and 1. */
function shareIn({ unit }: Series, value: number | null): number | null {
  const share = value === null ? null : unit === 'percent' ? value / 100 : value;
  return share !== null && share >= -ROUNDING && share <= 1 + ROUNDING
    ? Math.max(0, Math.min(1, share))
    : null;
}

const asShare = (series: Series): Sampled => ({
  times: series.times,
  values: series.values.map((value) => shareIn(series, value)),
  longestStep: series.longestStep,
});

/**
 * The loss of one VM over each interval of a grid. Of several series, those of different stages follow each other: a
 * packet arrives where none loses it. Others lie side by side (devices, queues): they are weighted with the packets that
 * came to each, where its throughput is known, and else the largest counts.
 */
export function lossOn(
  grid: readonly number[],
  losses: readonly Series[],
  throughput: readonly Series[],
): ReadonlyArray<number | null> {
  const stages = [...groupBy(losses, ({ labels }) => labels['stage'] ?? '').values()].map((parts) =>
    besideEachOther(grid, parts, throughput),
  );
  return grid.map((_, i) => {
    const known = stages.flatMap((stage) => stage[i] ?? []);
    return known.length < 2 ? (known[0] ?? null) : 1 - known.reduce((left, loss) => left * (1 - loss), 1);
  });
}

function besideEachOther(
  grid: readonly number[],
  parts: readonly Series[],
  throughput: readonly Series[],
): ReadonlyArray<number | null> {
  const shares = parts.map((part) => alignTo(grid, asShare(part)));
  const delivered = parts.map((part) => {
    const own = throughput.filter((series) => isSamePart(part, series));
    return own.length === 1 && parts.filter((other) => isSamePart(other, own[0]!)).length === 1
      ? alignTo(grid, own[0]!)
      : null;
  });
  return grid.map((_, i) => {
    const known = parts.flatMap((_, part) => {
      const share = shares[part]![i];
      return share == null ? [] : [{ share, delivered: delivered[part]?.[i] ?? null }];
    });
    return known.length < 2 ? (known[0]?.share ?? null) : (weighted(known) ?? largest(known));
  });
}

interface Part {
  readonly share: number;
  readonly delivered: number | null;
}

/** Lost ÷ offered; null where a part does not tell how many packets came to it. */
function weighted(parts: readonly Part[]): number | null {
  if (parts.some(({ share, delivered }) => delivered === null || delivered < 0 || share >= 1)) {
    return null;
  }
  const offered = parts.map(({ share, delivered }) => delivered! / (1 - share));
  const all = offered.reduce((sum, each) => sum + each, 0);
  return all > 0 ? parts.reduce((sum, { share }, i) => sum + share * offered[i]!, 0) / all : null;
}

const largest = (parts: readonly Part[]): number =>
  parts.reduce((most, { share }) => Math.max(most, share), 0);

/** Whether two series are of the same device, queue or whatever else tells the parts of a VM apart. */
function isSamePart(one: Series, other: Series): boolean {
  const shared = Object.keys(one.labels).filter((label) => label !== '__name__' && label in other.labels);
  return shared.every((label) => one.labels[label] === other.labels[label] || isWhole(one, label));
}

/** Labels that say of which VM and host a series is, and not which part of it. */
const isWhole = (series: Series, label: string): boolean =>
  [nameIn(series), hostIn(series)].includes(series.labels[label]);

/** What is worth knowing about the losses that were given. */
export function describeLosses(losses: readonly Series[]): string[] {
  const count = losses.reduce(
    (sum, series) =>
      sum + series.values.filter((value) => value !== null && shareIn(series, value) === null).length,
    0,
  );
  return count > 0
    ? [
        `Left out: ${count} ${count === 1 ? 'value' : 'values'} of loss outside 0 to 1. Give a loss in percent the unit “percent”.`,
      ]
    : [];
}
