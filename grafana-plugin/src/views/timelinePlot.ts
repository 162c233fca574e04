import type { GrafanaTheme2 } from '@grafana/data';
import { DrawStyle, PointVisibility } from '@grafana/ui';
import type { Formats } from '../parts/formats';
import { si } from '../parts/format';
import { classColor, measureColors } from '../parts/palette';
import { addRateY, addTimeX, ANY_DISTANCE, UPlotConfigBuilder, type RateAxis } from '../plot/axes';
import { drawMarks } from '../plot/marks';
import { shadeLoss } from '../plot/shade';
import { addLimits, type Limits } from '../plot/thresholds';
import type { Annotation } from './annotations';
import type { Moment } from './timelineModel';

/** Below this width axis titles go: the legend names the units. */
const NARROW = 520;
const AXIS = 52;
const AXIS_TITLE = 20;

/** What the plots read at each drawing, so that new data need no new plot. */
export interface Latest {
  readonly moments: readonly Moment[];
  readonly annotations: readonly Annotation[];
  readonly range: [number, number];
}

/** What both plots of the timeline share. */
interface Frame {
  readonly theme: GrafanaTheme2;
  readonly timeZone: string;
  readonly narrow: boolean;
  readonly latest: () => Latest;
}

export const isNarrow = (width: number): boolean => width < NARROW;

/** How the measures are to be drawn. */
export interface MeasureLayout {
  readonly formats: Formats;
  readonly packets: Pick<RateAxis, 'min' | 'max'>;
  readonly cost: Pick<RateAxis, 'min' | 'max'>;
  readonly limits: { readonly packets: Limits | null; readonly cost: Limits | null };
  /** Times stand below this plot and not below another. */
  readonly showTime: boolean;
}

/** Throughput on the left axis, cost on the right, loss behind them. */
export function configureMeasures(
  { theme, timeZone, narrow, latest }: Frame,
  { formats, packets, cost, limits, showTime }: MeasureLayout,
): UPlotConfigBuilder {
  const colors = measureColors(theme);
  const config = new UPlotConfigBuilder(timeZone);
  addTimeX(config, theme, timeZone, () => latest().range, showTime);
  addRateY(config, theme, {
    ...packets,
    scaleKey: 'packets',
    side: 'left',
    label: narrow ? '' : formats.packetsTitle,
    format: formats.packetsTick,
    color: colors.throughput,
    size: AXIS,
    grid: true,
  });
  addRateY(config, theme, {
    ...cost,
    scaleKey: 'cost',
    side: 'right',
    label: narrow ? '' : formats.costTitle,
    format: formats.costTick,
    color: colors.cost,
    size: AXIS,
    grid: false,
  });
  addLine(config, theme, 'packets', colors.throughput, 12);
  addLine(config, theme, 'cost', colors.cost, 0);
  for (const key of ['packets', 'cost'] as const) {
    if (limits[key]) {
      addLimits(config, theme, key, limits[key]);
    }
  }
  config.addHook('drawClear', (plot) => shadeLoss(plot, latest().moments, colors.loss));
  finish(config, latest);
  config.setPadding([8, null, null, null]);
  return config;
}

/** Annotations over everything; the pointer pins wherever it is. */
function finish(config: UPlotConfigBuilder, latest: () => Latest): void {
  config.addHook('draw', (plot) => drawMarks(plot, latest().annotations));
  config.setCursor({ y: false, focus: { prox: ANY_DISTANCE }, drag: { x: true, y: false, setScale: false } });
}

function addLine(
  config: UPlotConfigBuilder,
  theme: GrafanaTheme2,
  scaleKey: string,
  color: string,
  fillOpacity: number,
): void {
  config.addSeries({
    scaleKey,
    theme,
    drawStyle: DrawStyle.Line,
    lineColor: color,
    lineWidth: 1.5,
    fillOpacity,
    pointSize: 4,
    showPoints: PointVisibility.Auto,
  });
}

/** Areas are drawn from the whole down to the first class, each over the one before. */
export function configureExits(
  { theme, timeZone, narrow, latest }: Frame,
  classes: readonly string[],
): UPlotConfigBuilder {
  const config = new UPlotConfigBuilder(timeZone);
  addTimeX(config, theme, timeZone, () => latest().range, true);
  addRateY(config, theme, {
    scaleKey: 'exits',
    side: 'left',
    label: narrow ? '' : 'exits/s',
    format: si,
    size: AXIS,
    grid: true,
  });
  for (const name of classes.toReversed()) {
    config.addSeries({
      scaleKey: 'exits',
      theme,
      drawStyle: DrawStyle.Line,
      lineColor: theme.colors.background.primary,
      lineWidth: 1,
      fillColor: classColor(name, theme),
      showPoints: PointVisibility.Never,
    });
  }
  finish(config, latest);
  config.setCursor({ points: { show: false } });
  config.setPadding([8, AXIS + (narrow ? 0 : AXIS_TITLE), null, null]);
  return config;
}
