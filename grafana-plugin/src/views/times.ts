import type { Times } from '../plot/ShareTime';
import { firstAtLeast } from '../plot/points';

/** The times of some points in any order. A point speaks for the interval that ends at its time. */
export function timesOf(points: ReadonlyArray<{ readonly time: number }>): Times {
  let byTime: { order: Uint32Array; times: Float64Array } | undefined;
  return {
    timeOf: (index) => points[index]!.time,
    indexAt(time) {
      // Only when another panel asks: for many points sorting takes longer than a frame.
      byTime ??= sorted(points);
      const at = firstAtLeast(byTime.times, time);
      return byTime.order[at] ?? null;
    },
  };
}

function sorted(points: ReadonlyArray<{ readonly time: number }>) {
  const order = Uint32Array.from(points, (_, i) => i).sort((a, b) => points[a]!.time - points[b]!.time);
  return { order, times: Float64Array.from(order, (i) => points[i]!.time) };
}
