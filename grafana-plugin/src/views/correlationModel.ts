import type { GrafanaTheme2 } from '@grafana/data';
import type { Capture, Interval } from '../capture/capture';
import { ends, percent } from '../parts/format';
import type { Formats } from '../parts/formats';
import { MOST_VM_COLORS, ramp, vmColor } from '../parts/palette';
import type { DrawnLine } from '../plot/fitLine';
import { fitPairs } from '../statistics/fitIntervals';
import type { Fit, NoLine, StraightLine } from '../statistics/leastSquares';
import { theilSen } from '../statistics/theilSen';
import type { Findings } from './correlationFindings';
import type { CorrelationOptions, LineKind } from './correlationOptions';

/** An interval with both rates: a point of the picture. */
export type Point = Interval & { readonly x: number; readonly y: number };

/** What the colours of the points mean. */
export type Key =
  | { readonly kind: 'ramp'; readonly meaning: string; readonly from: string; readonly to: string }
  | { readonly kind: 'vms'; readonly vms: ReadonlyArray<{ name: string; color: string; fit: Fit }> };

/** Everything the picture of points shows. */
export interface CorrelationModel {
  /** Those that have a place on the axes, sorted by throughput as the plot wants them. */
  readonly points: readonly Point[];
  /** Throughputs and costs of the points. */
  readonly data: [number[], number[]];
  /** When each was, Unix milliseconds. */
  readonly times: Float64Array;
  readonly colors: readonly string[];
  /** Index into `colors` for each point. */
  readonly colorOf: Uint16Array;
  readonly lines: readonly DrawnLine[];
  readonly key: Key;
  /** Points at nought, which a logarithmic axis has no place for. */
  readonly offScale: number;
}

const RAMP_STEPS = 48;
const GREY = MOST_VM_COLORS;

/** Points, colours and lines. Where VMs have their own colours they have their own lines too. */
export function correlationModel(
  capture: Capture,
  findings: Findings,
  options: CorrelationOptions,
  formats: Formats,
  theme: GrafanaTheme2,
  timeZone: string,
): CorrelationModel {
  const { colorBy, xScale, yScale, lines } = options;
  const points = findings.points.filter(
    ({ x, y }) => (xScale === 'linear' || x > 0) && (yScale === 'linear' || y > 0),
  );
  const painted =
    colorBy === 'vm' ? paintVms(capture, points, theme) : paintRamp(colorBy, points, theme, timeZone);
  return {
    points,
    data: [points.map(({ x }) => x), points.map(({ y }) => y)],
    times: Float64Array.from(points, ({ time }) => time),
    ...painted,
    lines:
      painted.key.kind === 'vms' && capture.vms.length > 1
        ? painted.key.vms.flatMap((vm) => linesOfVm(vm, pointsOf(points, vm.name), lines))
        : linesOfAll(findings, points, lines, theme.colors.text.maxContrast, formats),
    offScale: findings.points.length - points.length,
  };
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
  const [from, to] =
    points.length === 0
      ? ['–', '–']
      : by === 'time'
        ? ends(least, most, timeZone)
        : [percent(least), percent(most)];
  return {
    colors: ramp(by, theme, RAMP_STEPS),
    colorOf: Uint16Array.from(values, step),
    key: { kind: 'ramp', meaning: by === 'time' ? 'Time' : 'Loss', from, to },
  };
}

function pointsOf(points: readonly Point[], vm: string): Point[] {
  return points.filter((point) => point.vm === vm);
}

function linesOfVm(
  { name, color, fit }: { name: string; color: string; fit: Fit },
  points: readonly Point[],
  wanted: readonly LineKind[],
): DrawnLine[] {
  const robust = wanted.includes('theilSen')
    ? theilSen(
        points.map(({ x }) => x),
        points.map(({ y }) => y),
      )
    : null;
  return [
    ...(wanted.includes('leastSquares') ? drawn(fit, points, { name, color, dashed: false, label: '' }) : []),
    ...(robust ? drawn(robust, points, { name, color, dashed: true, label: '' }) : []),
  ];
}

function linesOfAll(
  { leastSquares, theilSen: robust }: Findings,
  points: readonly Point[],
  wanted: readonly LineKind[],
  color: string,
  formats: Formats,
): DrawnLine[] {
  const label = (fit: { readonly slope: number }) => `${formats.perPacket(fit.slope)} per packet`;
  const both = wanted.length > 1;
  return [
    ...(wanted.includes('leastSquares') && leastSquares.kind === 'line'
      ? drawn(leastSquares, points, { name: '', color, dashed: false, label: label(leastSquares) })
      : []),
    ...(robust?.kind === 'line'
      ? drawn(robust, points, { name: '', color, dashed: both, label: both ? '' : label(robust) })
      : []),
  ];
}

function drawn(
  fit: StraightLine | NoLine,
  points: readonly Point[],
  look: Pick<DrawnLine, 'name' | 'color' | 'dashed' | 'label'>,
): DrawnLine[] {
  const [from, to] = [points[0]?.x, points.at(-1)?.x];
  return fit.kind === 'line' && from !== undefined && to !== undefined
    ? [{ line: fit, ...look, from, to }]
    : [];
}
