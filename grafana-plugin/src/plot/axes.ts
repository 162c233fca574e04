import type { GrafanaTheme2 } from '@grafana/data';
import {
  AxisPlacement,
  ScaleDirection,
  ScaleDistribution,
  ScaleOrientation,
  UPlotConfigBuilder,
} from '@grafana/ui';
import type uPlot from 'uplot';
import { logRange, rateRange } from './rateRange';

export { UPlotConfigBuilder };

/** How near a sample must be to be the one that is meant: any distance, so that there always is one. */
export const ANY_DISTANCE = 1e6;

/** Adds the series under the scale key `y` whose marks the caller draws. */
export function addPainted(
  config: UPlotConfigBuilder,
  theme: GrafanaTheme2,
  draw: (plot: uPlot) => void,
): void {
  config.addSeries({
    scaleKey: 'y',
    theme,
    lineColor: theme.colors.text.primary,
    pathBuilder: (plot) => {
      draw(plot);
      return null;
    },
    pointsBuilder: () => false,
  });
}

/** How an axis of rates is laid out. */
export interface RateAxis {
  readonly label: string;
  /** How a tick is written. */
  readonly format: (value: number) => string;
  /** Powers of ten at equal distances; every value must be above nought. */
  readonly log?: boolean;
  /** Ends that the user insists on. */
  readonly min?: number | null | undefined;
  readonly max?: number | null | undefined;
}

/** CSS pixels that a tick of the form 123.4 m needs. */
const TICK_SPACE = 70;

/** Of the ticks of a logarithmic axis those that are written: 1, 2 and 5 of each power of ten. */
function onlyRound(_: unknown, ticks: number[]): Array<number | null> {
  return ticks.map((tick) => {
    const digit = Math.round(tick / 10 ** Math.floor(Math.log10(tick) + 1e-9));
    return digit === 1 || digit === 2 || digit === 5 ? tick : null;
  });
}

function addRateScale(
  config: UPlotConfigBuilder,
  scaleKey: string,
  orientation: ScaleOrientation,
  { log, min, max }: RateAxis,
): void {
  config.addScale({
    scaleKey,
    isTime: false,
    orientation,
    direction: orientation === ScaleOrientation.Horizontal ? ScaleDirection.Right : ScaleDirection.Up,
    ...(log ? { distribution: ScaleDistribution.Log, log: 10 } : {}),
    range: (_, least, most) => {
      const [from, to] = log ? logRange(least, most) : rateRange(least, most);
      const begin = log && !(min! > 0) ? from : (min ?? from);
      return (max ?? to) > begin ? [begin, max ?? to] : [from, to];
    },
  });
}

/** Adds a horizontal axis of rates under the scale key `x`. */
export function addRateX(config: UPlotConfigBuilder, theme: GrafanaTheme2, axis: RateAxis): void {
  addRateScale(config, 'x', ScaleOrientation.Horizontal, axis);
  config.addAxis({
    scaleKey: 'x',
    placement: AxisPlacement.Bottom,
    label: axis.label,
    theme,
    formatValue: (value: number) => axis.format(value),
    ...(axis.log ? { filter: onlyRound } : {}),
    // Grafana makes room for the largest tick only, and below 1 the others are longer.
    space: TICK_SPACE,
    grid: { show: true },
  });
}

/** Adds a horizontal axis of time whose range the caller knows, in Unix milliseconds. */
export function addTimeX(
  config: UPlotConfigBuilder,
  theme: GrafanaTheme2,
  timeZone: string,
  range: () => [number, number],
  show: boolean,
): void {
  config.addScale({
    scaleKey: 'x',
    isTime: true,
    orientation: ScaleOrientation.Horizontal,
    direction: ScaleDirection.Right,
    range,
  });
  config.addAxis({
    scaleKey: 'x',
    isTime: true,
    placement: AxisPlacement.Bottom,
    timeZone,
    theme,
    grid: { show: true },
    ...(show ? {} : { values: (_, splits) => splits.map(() => ''), size: 8 }),
  });
}

interface SideAxis extends RateAxis {
  readonly scaleKey: string;
  readonly side: 'left' | 'right';
  /** Colour of the line it belongs to. */
  readonly color?: string;
  /** Fixed width in CSS pixels, where two plots must line up. */
  readonly size?: number;
  readonly grid: boolean;
}

/** Adds a vertical axis of rates. */
export function addRateY(config: UPlotConfigBuilder, theme: GrafanaTheme2, axis: SideAxis): void {
  addRateScale(config, axis.scaleKey, ScaleOrientation.Vertical, axis);
  config.addAxis({
    scaleKey: axis.scaleKey,
    placement: axis.side === 'left' ? AxisPlacement.Left : AxisPlacement.Right,
    label: axis.label,
    theme,
    formatValue: (value: number) => axis.format(value),
    ...(axis.log ? { filter: onlyRound } : {}),
    grid: { show: axis.grid },
    color: axis.color,
    size: axis.size,
  });
}
