import type { Capture } from '../capture/capture';
import { correlation as formatR, ends } from '../parts/format';
import type { Formats } from '../parts/formats';
import { splitByBox, type Box } from '../plot/brush';
import { firstOf, type Layer } from '../plot/points';
import { leastSquares, type Fit } from '../statistics/leastSquares';
import type { CorrelationModel } from './correlationModel';

/** Points that the user has marked with the brush. */
export interface Selection {
  /** The marked points over the others. */
  readonly layers: readonly Layer[];
  readonly count: number;
  /** Begin of the first and end of the last marked interval, Unix milliseconds. */
  readonly range: { readonly from: number; readonly to: number };
  /** What they tell, as a sentence. */
  readonly text: string;
}

/** What lies in a box; null where nothing does. Many points are marked within a frame's time. */
export function selectionOf(
  { times, data: [xs, ys] }: CorrelationModel,
  box: Box,
  capture: Capture,
  formats: Formats,
  timeZone: string,
): Selection | null {
  const { inside, outside } = splitByBox(xs, ys, box);
  if (inside.length === 0) {
    return null;
  }
  const range = rangeOf(valuesAt(times, inside), capture);
  const fit = leastSquares(valuesAt(xs, inside), valuesAt(ys, inside));
  return {
    layers: [
      { indices: outside, faint: true },
      { indices: inside, faint: false },
    ],
    count: inside.length,
    range,
    text: describe(inside.length, fit, range, formats, timeZone),
  };
}

function valuesAt(values: ArrayLike<number>, indices: Uint32Array): Float64Array {
  const taken = new Float64Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    taken[i] = values[indices[i]!]!;
  }
  return taken;
}

/** An interval is known by its end: the first begins where the interval before it ends. */
function rangeOf(times: Float64Array, { intervals }: Capture): Selection['range'] {
  let [first, to] = [Infinity, -Infinity];
  for (let i = 0; i < times.length; i++) {
    first = Math.min(first, times[i]!);
    to = Math.max(to, times[i]!);
  }
  const since = (holds: (time: number) => boolean) =>
    firstOf(intervals.length, (i) => holds(intervals[i]!.time));
  const before = intervals[since((time) => time >= first) - 1]?.time;
  const after = intervals[since((time) => time > first)]?.time;
  return { from: before ?? first - ((after ?? first + 1000) - first), to };
}

function describe(
  count: number,
  fit: Fit,
  { from, to }: Selection['range'],
  formats: Formats,
  timeZone: string,
): string {
  const many = count === 1 ? '1 interval' : `${count} intervals`;
  const price =
    fit.kind === 'line' ? `: ${formats.perPacket(fit.slope)} per packet, r = ${formatR(fit.r)}` : '';
  return `${many} marked, ${ends(from, to, timeZone).join(' to ')}${price}`;
}
