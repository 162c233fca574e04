import type { GrafanaTheme2 } from '@grafana/data';
import type { Capture, Interval } from '../capture/capture';
import { groupBy } from '../capture/groupBy';
import { ends, percent } from '../parts/format';
import type { Formats } from '../parts/formats';
import { MOST_VM_COLORS, ramp, vmColor } from '../parts/palette';
import type { DrawnLine } from '../plot/fitLine';
import type { Fit, StraightLine } from '../statistics/leastSquares';
import { isSure, type SlopeInterval } from '../statistics/slopeInterval';
import type { Findings, VmFindings } from './correlationFindings';
import type { CorrelationOptions, LineKind } from './correlationOptions';

/** An interval with both rates: a point of the picture. */
export type Point = Interval & { readonly x: number; readonly y: number };

/** What the colours of the points mean. */
export type Key =
  | { readonly kind: 'ramp'; readonly meaning: string; readonly from: string; readonly to: string }
  | {
      readonly kind: 'vms';
      readonly vms: ReadonlyArray<{ name: string; color: string; fit: Fit; sure: boolean }>;
    };

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
  const several = findings.each.length > 1;
  const pointsOf = groupBy(points, ({ vm }) => vm);
  const painted =
    colorBy === 'vm'
      ? paintVms(capture, points, findings, theme)
      : paintRamp(colorBy, points, theme, timeZone);
  return {
    points,
    data: [points.map(({ x }) => x), points.map(({ y }) => y)],
    times: Float64Array.from(points, ({ time }) => time),
    ...painted,
    lines: findings.each.flatMap((one, i) => {
      const color = painted.key.kind === 'vms' && several ? painted.key.vms[i]!.color : undefined;
      const look = { name: several ? one.vm : '', color: color ?? theme.colors.text.maxContrast };
      return linesOf(one, pointsOf.get(one.vm) ?? [], look, lines, several ? null : formats);
    }),
    offScale: findings.points.length - points.length,
  };
}

type Painted = Pick<CorrelationModel, 'colors' | 'colorOf' | 'key'>;

function paintVms(
  capture: Capture,
  points: readonly Point[],
  { each }: Findings,
  theme: GrafanaTheme2,
): Painted {
  const indexOf = new Map(capture.vms.map((vm, i) => [vm, Math.min(i, GREY)]));
  const colors = Array.from({ length: GREY + 1 }, (_, i) => vmColor(i, theme));
  return {
    colors,
    colorOf: Uint16Array.from(points, ({ vm }) => indexOf.get(vm)!),
    key: {
      kind: 'vms',
      vms: each.map(({ vm, leastSquares, interval }) => ({
        name: vm,
        color: colors[indexOf.get(vm)!]!,
        fit: leastSquares,
        sure: isSure(interval),
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

/**
 * The lines of one VM as far as it has points: up to its knee, and from there on the steeper one.
 *
 * @param formats writes the price beside the line, where it is the only VM's and sure
 */
function linesOf(
  { knee, leastSquares, theilSen, interval }: VmFindings,
  points: readonly Point[],
  look: Pick<DrawnLine, 'name' | 'color'>,
  wanted: readonly LineKind[],
  formats: Formats | null,
): DrawnLine[] {
  const [from, last] = [points[0]?.x, points.at(-1)?.x];
  if (from === undefined || last === undefined) {
    return [];
  }
  const to = knee ? Math.min(knee.x, last) : last;
  const price = (fit: StraightLine, reach: SlopeInterval | null) =>
    formats && isSure(reach) ? `${formats.perPacket(fit.slope)} per packet` : '';
  const both = wanted.length > 1;
  const lines: DrawnLine[] = [];
  if (wanted.includes('leastSquares') && leastSquares.kind === 'line') {
    lines.push({
      line: leastSquares,
      ...look,
      dashed: false,
      label: price(leastSquares, interval),
      from,
      to,
    });
  }
  if (theilSen?.kind === 'line') {
    const label = both ? '' : price(theilSen, theilSen.interval);
    lines.push({ line: theilSen, ...look, dashed: both, label, from, to });
  }
  const [first] = lines;
  if (knee && first && last > knee.x) {
    const height = first.line.slope * knee.x + first.line.intercept;
    const line = { slope: knee.after, intercept: height - knee.after * knee.x };
    lines.push({ ...first, line, label: '', from: knee.x, to: last });
  }
  return lines;
}
