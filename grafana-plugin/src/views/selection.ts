import type { Capture } from '../capture/capture';
import { correlation as formatR, ends } from '../parts/format';
import type { Formats } from '../parts/formats';
import { splitByBox, type Box } from '../plot/brush';
import type { Layer } from '../plot/points';
import { fitPairs } from '../statistics/fitIntervals';
import type { CorrelationModel, Point } from './correlationModel';

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

/** What lies in a box; null where nothing does. */
export function selectionOf(
  { points, data: [xs, ys] }: CorrelationModel,
  box: Box | null,
  capture: Capture,
  formats: Formats,
  timeZone: string,
): Selection | null {
  const { inside, outside } = box ? splitByBox(xs, ys, box) : { inside: [], outside: [] };
  if (inside.length === 0) {
    return null;
  }
  const marked = inside.map((i) => points[i]!);
  const range = rangeOf(marked, capture);
  return {
    layers: [
      { indices: outside, faint: true },
      { indices: inside, faint: false },
    ],
    count: inside.length,
    range,
    text: describe(marked, range, formats, timeZone),
  };
}

/** An interval is known by its end: the first begins where the interval before it ends. */
function rangeOf(marked: readonly Point[], { intervals }: Capture): Selection['range'] {
  const first = marked.reduce((least, { time }) => Math.min(least, time), Infinity);
  const to = marked.reduce((most, { time }) => Math.max(most, time), -Infinity);
  const before = intervals.findLast(({ time }) => time < first)?.time;
  const after = intervals.find(({ time }) => time > first)?.time;
  return { from: before ?? first - ((after ?? first + 1000) - first), to };
}

function describe(
  marked: readonly Point[],
  { from, to }: Selection['range'],
  formats: Formats,
  timeZone: string,
): string {
  const fit = fitPairs(marked);
  const many = marked.length === 1 ? '1 interval' : `${marked.length} intervals`;
  const price =
    fit.kind === 'line' ? `: ${formats.perPacket(fit.slope)} per packet, r = ${formatR(fit.r)}` : '';
  return `${many} marked, ${ends(from, to, timeZone).join(' to ')}${price}`;
}
