import type { GrafanaTheme2 } from '@grafana/data';
import type { Capture, Interval } from '../capture/capture';
import { clock, describeFit, percent, perPacket } from '../parts/format';
import { MOST_VM_COLORS, ramp, vmColor } from '../parts/palette';
import type { DrawnLine } from '../plot/fitLine';
import { describeLeftOut, fitPairs, keepRates, type Kept } from '../statistics/fitIntervals';
import type { Fit } from '../statistics/leastSquares';
import type { ColorBy } from './colorBy';

/** An interval with both rates: a point of the picture. */
export type Point = Interval & { readonly x: number; readonly y: number };

/** What the colours of the points mean. */
export type Key =
  | { readonly kind: 'ramp'; readonly meaning: string; readonly from: string; readonly to: string }
  | { readonly kind: 'vms'; readonly vms: ReadonlyArray<{ name: string; color: string; fit: Fit }> };

/** Everything the correlation view draws and says. */
export interface CorrelationModel {
  /** Sorted by throughput, as the plot wants them. */
  readonly points: readonly Point[];
  /** Throughputs and costs of the points. */
  readonly data: [number[], number[]];
  readonly colors: readonly string[];
  /** Index into `colors` for each point. */
  readonly colorOf: Uint16Array;
  readonly lines: readonly DrawnLine[];
  readonly key: Key;
  readonly statement: { readonly result: string; readonly trust: string; readonly note: string };
}

const RAMP_STEPS = 48;
const GREY = MOST_VM_COLORS;

/** Points, colours and lines of a capture. Where VMs have their own colours they have their own lines too. */
export function correlationModel(
  capture: Capture,
  colorBy: ColorBy,
  theme: GrafanaTheme2,
  timeZone: string,
): CorrelationModel {
  const kept = keepRates(capture.intervals);
  const points = [...kept.pairs].sort((a, b) => a.x - b.x || a.time - b.time);
  const fit = fitPairs(points);
  const painted =
    colorBy === 'vm' ? paintVms(capture, points, theme) : paintRamp(colorBy, points, theme, timeZone);
  return {
    points,
    data: [points.map(({ x }) => x), points.map(({ y }) => y)],
    ...painted,
    lines:
      painted.key.kind === 'vms' && capture.vms.length > 1
        ? painted.key.vms.flatMap(({ name, color, fit }) =>
            drawn(fit, pointsOf(points, name), name, color, ''),
          )
        : drawn(fit, points, '', theme.colors.text.maxContrast, lineLabel(fit, capture)),
    statement: { ...describeFit(fit, capture.kind), note: describeRest(kept, capture) },
  };
}

/** How many VMs one line speaks for, and what was left out. */
function describeRest(kept: Kept<Interval>, { vms }: Capture): string {
  const together = vms.length > 1 ? `${vms.length} VMs together.` : '';
  return [together, describeLeftOut(kept)].filter(Boolean).join(' ');
}

type Painted = Pick<CorrelationModel, 'colors' | 'colorOf' | 'key'>;

function paintVms(capture: Capture, points: readonly Point[], theme: GrafanaTheme2): Painted {
  const indexOf = new Map(capture.vms.map((vm, i) => [vm, Math.min(i, GREY)]));
  const colors = Array.from({ length: GREY + 1 }, (_, i) => vmColor(i, theme));
  return {
    colors,
    colorOf: Uint16Array.from(points, ({ vm }) => indexOf.get(vm)!),
    key: {
      kind: 'vms',
      vms: capture.vms.map((name) => ({
        name,
        color: colors[indexOf.get(name)!]!,
        fit: fitPairs(pointsOf(points, name)),
      })),
    },
  };
}

function paintRamp(
  by: 'time' | 'loss',
  points: readonly Point[],
  theme: GrafanaTheme2,
  timeZone: string,
): Painted {
  const values = points.map((point) => (by === 'time' ? point.time : (point.loss ?? 0)));
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const least = by === 'loss' ? 0 : values.reduce((a, b) => Math.min(a, b), Infinity);
  const step = (value: number) => Math.round(((value - least) / (most - least || 1)) * (RAMP_STEPS - 1));
  const text = (value: number) =>
    Number.isFinite(value) ? (by === 'time' ? clock(value, timeZone) : percent(value)) : '–';
  return {
    colors: ramp(by, theme, RAMP_STEPS),
    colorOf: Uint16Array.from(values, step),
    key: { kind: 'ramp', meaning: by === 'time' ? 'Time' : 'Loss', from: text(least), to: text(most) },
  };
}

function pointsOf(points: readonly Point[], vm: string): Point[] {
  return points.filter((point) => point.vm === vm);
}

function drawn(fit: Fit, points: readonly Point[], name: string, color: string, label: string): DrawnLine[] {
  const [from, to] = [points[0]?.x, points.at(-1)?.x];
  return fit.kind === 'line' && from !== undefined && to !== undefined
    ? [{ line: fit, name, color, label, from, to }]
    : [];
}

function lineLabel(fit: Fit, capture: Capture): string {
  return fit.kind === 'line' ? `${perPacket(fit.slope, capture.kind)} per packet` : '';
}
