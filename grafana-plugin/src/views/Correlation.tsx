import type { GrafanaTheme2 } from '@grafana/data';
import { RadioButtonGroup, useTheme2 } from '@grafana/ui';
import { useMemo, useRef } from 'react';
import { CAPTURE_ROLES, readCapture, type CostKind } from '../capture/capture';
import { Fill } from '../parts/Fill';
import { correlation as formatR, costTick, dateAndClock, perPacket } from '../parts/format';
import { Legend, RampLegend } from '../parts/Legend';
import { describeMeasures } from '../parts/measures';
import { SampleTooltip } from '../parts/SampleTooltip';
import { Statement } from '../parts/Statement';
import { addRateX, addRateY, UPlotConfigBuilder } from '../plot/axes';
import { drawFitLines } from '../plot/fitLine';
import { Plot } from '../plot/Plot';
import { drawSquares, nearestPoint, pointSize } from '../plot/points';
import type { Fit } from '../statistics/leastSquares';
import { COLOR_CHOICES, type ColorBy } from './colorBy';
import { correlationModel, type CorrelationModel } from './correlationModel';
import { intervalTable } from './intervalTable';
import { defineView, type ViewProps } from './view';

/** A point per interval, cost against throughput: the slope of the line is what one more packet costs. */
function Correlation({ capture, timeZone, options, onOptions, toolbar }: ViewProps) {
  const theme = useTheme2();
  const colorBy = options.colorBy === 'loss' && !capture.hasLoss ? 'time' : options.colorBy;
  const model = useMemo(
    () => correlationModel(capture, colorBy, theme, timeZone),
    [capture, colorBy, theme, timeZone],
  );
  const latest = useRef(model);
  latest.current = model;
  const config = useMemo(() => configure(theme, capture.kind, () => latest.current), [theme, capture.kind]);
  const { statement, points } = model;
  return (
    <>
      <Statement {...statement} toolbar={toolbar} />
      <Fill>
        {(width, height) => (
          <Plot
            config={config}
            data={model.data}
            width={width}
            height={height}
            hover="point"
            label={`Cost against throughput, ${points.length} intervals of ${capture.vms.length === 1 ? 'one VM' : `${capture.vms.length} VMs`}. ${statement.result}, ${statement.trust}.`}
            spotOf={(plot, i) => ({
              left: plot.valToPos(model.data[0][i]!, 'x'),
              top: plot.valToPos(model.data[1][i]!, 'y'),
            })}
            tooltip={(i) => {
              const point = points[i];
              return (
                point && (
                  <SampleTooltip
                    title={dateAndClock(point.time, timeZone)}
                    subject={point.vm}
                    rows={describeMeasures(point, capture.kind)}
                  />
                )
              );
            }}
          />
        )}
      </Fill>
      <Key
        model={model}
        kind={capture.kind}
        colorBy={colorBy}
        hasLoss={capture.hasLoss}
        onColorBy={(choice) => onOptions({ colorBy: choice })}
      />
    </>
  );
}

function configure(theme: GrafanaTheme2, kind: CostKind, model: () => CorrelationModel): UPlotConfigBuilder {
  const config = new UPlotConfigBuilder();
  addRateX(config, theme, 'throughput, packets/s');
  addRateY(config, theme, {
    scaleKey: 'y',
    side: 'left',
    label: kind === 'seconds' ? 'exit time, share of one core' : 'exits/s',
    format: (value) => costTick(value, kind),
    grid: true,
  });
  config.setPadding([10, 20, null, null]);
  config.addSeries({
    scaleKey: 'y',
    theme,
    lineColor: theme.colors.text.primary,
    pathBuilder: (plot) => {
      const { colors, colorOf } = model();
      drawSquares(plot, colors, colorOf);
      return null;
    },
    pointsBuilder: () => false,
  });
  config.addHook('draw', (plot) => drawFitLines(plot, model().lines, theme.colors.background.primary));
  config.setCursor({
    x: false,
    y: false,
    drag: { x: false, y: false },
    focus: { prox: 1e6 },
    dataIdx: (plot, series) => (series === 0 ? 0 : nearestPoint(plot)) as number,
    points: { size: () => pointSize(model().points.length) + 6, width: () => 2, fill: () => 'transparent' },
  });
  return config;
}

interface KeyProps {
  readonly model: CorrelationModel;
  readonly kind: CostKind;
  readonly colorBy: ColorBy;
  readonly hasLoss: boolean;
  readonly onColorBy: (colorBy: ColorBy) => void;
}

/** What the colours mean, and the choice of another meaning. */
function Key({ model: { key, colors }, kind, colorBy, hasLoss, onColorBy }: KeyProps) {
  const choice = (
    <RadioButtonGroup
      size="sm"
      aria-label="Colour points by"
      options={COLOR_CHOICES.filter(({ value }) => value !== 'loss' || hasLoss)}
      value={colorBy}
      onChange={onColorBy}
    />
  );
  return key.kind === 'ramp' ? (
    <RampLegend before={choice} colors={colors} {...key} />
  ) : (
    <Legend
      before={choice}
      items={key.vms.map(({ name, color, fit }) => ({
        label: name || 'all',
        color,
        mark: 'square',
        detail: shortFit(fit, kind),
      }))}
    />
  );
}

function shortFit(fit: Fit, kind: CostKind): string {
  return fit.kind === 'line' ? `${perPacket(fit.slope, kind)}, r = ${formatR(fit.r)}` : fit.reason;
}

export const correlation = defineView({
  id: 'correlation',
  label: 'Correlation',
  description:
    'Cost against throughput, a point per interval; the slope of the line is the cost of one more packet.',
  uses: CAPTURE_ROLES,
  read: readCapture,
  Component: Correlation,
  table: intervalTable,
});
