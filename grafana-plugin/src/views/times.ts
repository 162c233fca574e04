import type { Times } from '../plot/ShareTime';
import { firstAtLeast } from '../plot/points';

/** The times of some points in any order. A point speaks for the interval that ends at its time. */
export function timesOf(times: Float64Array): Times {
  let byTime: { order: Uint32Array; times: Float64Array } | undefined;
  return {
    timeOf: (index) => times[index]!,
    indexAt(time) {
      // Only when another panel asks: for many points sorting takes longer than a frame.
      byTime ??= sorted(times);
      const at = firstAtLeast(byTime.times, time);
      return byTime.order[at] ?? null;
    },
  };
}

function sorted(times: Float64Array) {
  const order = Uint32Array.from(times, (_, i) => i).sort((a, b) => times[a]! - times[b]!);
  return { order, times: Float64Array.from(order, (i) => times[i]!) };
}
