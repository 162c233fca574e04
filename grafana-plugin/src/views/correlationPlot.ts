import type { GrafanaTheme2 } from '@grafana/data';
import {
  addPainted,
  addRateX,
  addRateY,
  ANY_DISTANCE,
  UPlotConfigBuilder,
  type RateAxis,
} from '../plot/axes';
import { drawnBox, type Box } from '../plot/brush';
import { lineElements } from '../plot/fitLine';
import { kneeElements } from '../plot/kneeMark';
import { overlayOf } from '../plot/overlay';
import { drawCloud, nearestPoint, pointSize, type Layer } from '../plot/points';
import { addLimits, drawLimitsX, type Limits } from '../plot/thresholds';
import type { Knee } from '../statistics/knee';
import type { CorrelationModel } from './correlationModel';

/** What the plot looks up at each drawing, so that new data need no new plot. */
export interface Latest {
  readonly model: CorrelationModel;
  readonly layers: readonly Layer[];
  readonly knees: ReadonlyArray<{ readonly at: Knee; readonly label: string }>;
  readonly onBrush: (box: Box) => void;
}

/** What makes another plot necessary. */
export interface Layout {
  readonly x: RateAxis;
  readonly y: RateAxis;
  readonly limitsX: Limits | null;
  readonly limitsY: Limits | null;
}

export function configurePoints(
  theme: GrafanaTheme2,
  { x, y, limitsX, limitsY }: Layout,
  latest: () => Latest,
): UPlotConfigBuilder {
  const config = new UPlotConfigBuilder();
  const halo = theme.colors.background.primary;
  addRateX(config, theme, x);
  addRateY(config, theme, { ...y, scaleKey: 'y', side: 'left', grid: true });
  config.setPadding([10, 20, 4, null]);
  addPainted(config, theme, (plot) => {
    const { model, layers } = latest();
    const [xs, ys] = model.data;
    drawCloud(plot, { xs, ys, colors: model.colors, colorOf: model.colorOf }, layers);
  });
  if (limitsX) {
    config.addHook('drawClear', (plot) => drawLimitsX(plot, theme, limitsX));
  }
  if (limitsY) {
    addLimits(config, theme, 'y', limitsY);
  }
  config.addHook('draw', (plot) => {
    const { model, knees } = latest();
    overlayOf(plot).replaceChildren(
      ...model.lines.flatMap((line) => lineElements(plot, line, halo)),
      ...knees.flatMap(({ at, label }) => kneeElements(plot, at, label, theme.colors.warning.text, halo)),
    );
  });
  config.addHook('setSelect', (plot) => {
    const box = drawnBox(plot);
    if (box) {
      latest().onBrush(box);
    }
  });
  config.setCursor({
    x: false,
    y: false,
    drag: { x: true, y: true, setScale: false },
    focus: { prox: ANY_DISTANCE },
    dataIdx: (plot, series) => (series === 0 ? 0 : nearestPoint(plot)) as number,
    points: {
      size: () => pointSize(latest().model.points.length) + 6,
      width: () => 2,
      fill: () => 'transparent',
    },
  });
  return config;
}
