import type { GrafanaTheme2 } from '@grafana/data';
import { AxisPlacement, ScaleDirection, ScaleOrientation, UPlotConfigBuilder } from '@grafana/ui';
import { si } from '../parts/format';
import { rateRange } from './rateRange';

export { UPlotConfigBuilder };

/** Adds a horizontal axis of rates under the scale key `x`. */
export function addRateX(config: UPlotConfigBuilder, theme: GrafanaTheme2, label: string): void {
  config.addScale({
    scaleKey: 'x',
    isTime: false,
    orientation: ScaleOrientation.Horizontal,
    direction: ScaleDirection.Right,
    range: (_, least, most) => rateRange(least, most),
  });
  config.addAxis({
    scaleKey: 'x',
    placement: AxisPlacement.Bottom,
    label,
    theme,
    formatValue: (value: number) => si(value),
    // Grafana makes room for the largest tick only, and below 1 the others are longer.
    space: TICK_SPACE,
    grid: { show: true },
  });
}

/** CSS pixels that a tick of the form 123.4 m needs. */
const TICK_SPACE = 70;

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

interface RateAxis {
  readonly scaleKey: string;
  readonly side: 'left' | 'right';
  readonly label: string;
  /** Colour of the line it belongs to. */
  readonly color?: string;
  /** How a tick is written; as a number with an SI prefix unless given. */
  readonly format?: (value: number) => string;
  /** Fixed width in CSS pixels, where two plots must line up. */
  readonly size?: number;
  readonly grid: boolean;
}

/** Adds a vertical axis of rates. */
export function addRateY(config: UPlotConfigBuilder, theme: GrafanaTheme2, axis: RateAxis): void {
  config.addScale({
    scaleKey: axis.scaleKey,
    orientation: ScaleOrientation.Vertical,
    direction: ScaleDirection.Up,
    range: (_, least, most) => rateRange(least, most),
  });
  config.addAxis({
    scaleKey: axis.scaleKey,
    placement: axis.side === 'left' ? AxisPlacement.Left : AxisPlacement.Right,
    label: axis.label,
    theme,
    formatValue: axis.format ?? ((value: number) => si(value)),
    grid: { show: axis.grid },
    color: axis.color,
    size: axis.size,
  });
}
