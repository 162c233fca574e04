import type { GrafanaTheme2, ThresholdsConfig } from '@grafana/data';
import { GraphThresholdsStyleMode } from '@grafana/ui';
import type uPlot from 'uplot';
import type { UPlotConfigBuilder } from './axes';

/** Thresholds of a measure as its values, and how the user wants to see them. */
export interface Limits {
  readonly thresholds: ThresholdsConfig;
  readonly style: GraphThresholdsStyleMode;
}

/** Draws the thresholds of a vertical axis as Grafana's own panels do. */
export function addLimits(
  config: UPlotConfigBuilder,
  theme: GrafanaTheme2,
  scaleKey: string,
  { thresholds, style }: Limits,
): void {
  config.addThresholds({ scaleKey, thresholds, theme, config: { mode: style } });
}

/** Draws the thresholds of the horizontal axis, which Grafana's own drawing does not know, as upright lines. */
export function drawLimitsX(plot: uPlot, theme: GrafanaTheme2, { thresholds, style }: Limits): void {
  const { ctx, bbox, scales } = plot;
  const { min = 0, max = 0 } = scales['x']!;
  ctx.save();
  ctx.lineWidth = 2 * window.devicePixelRatio;
  ctx.globalAlpha = 0.7;
  ctx.setLineDash(DASHED.includes(style) ? [10, 10] : []);
  // The first step is where the others are not reached: it has no line of its own.
  for (const { value, color } of thresholds.steps.slice(1)) {
    if (value >= min && value <= max) {
      const left = Math.round(plot.valToPos(value, 'x', true));
      ctx.strokeStyle = theme.visualization.getColorByName(color);
      ctx.beginPath();
      ctx.moveTo(left, bbox.top);
      ctx.lineTo(left, bbox.top + bbox.height);
      ctx.stroke();
    }
  }
  ctx.restore();
}

const DASHED: readonly GraphThresholdsStyleMode[] = [
  GraphThresholdsStyleMode.Dashed,
  GraphThresholdsStyleMode.DashedAndArea,
];
