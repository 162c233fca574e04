import type { GrafanaTheme2 } from '@grafana/data';
import { DrawStyle, PointVisibility, useTheme2 } from '@grafana/ui';
import { useId, useMemo, useRef } from 'react';
import type uPlot from 'uplot';
import { CAPTURE_ROLES, readCapture, type Capture, type CostKind } from '../capture/capture';
import { Fill } from '../parts/Fill';
import { costTick, dateAndClock, percent, si } from '../parts/format';
import { Legend, type LegendItem } from '../parts/Legend';
import { describeMeasures } from '../parts/measures';
import { classColor, measureColors } from '../parts/palette';
import { SampleTooltip } from '../parts/SampleTooltip';
import { Statement } from '../parts/Statement';
import { addRateY, addTimeX, UPlotConfigBuilder } from '../plot/axes';
import { Plot } from '../plot/Plot';
import { shadeLoss } from '../plot/shade';
import { describeMoments, momentsOf, stack, type Moment } from './timelineModel';
import { intervalTable } from './intervalTable';
import { defineView, type ViewProps } from './view';

/** Below this width axis titles go: the legend names the units. */
const NARROW = 520;
const AXIS = 52;
const AXIS_TITLE = 20;
/** The share of the height that exits by class take. */
const EXITS_SHARE = 0.36;

/** What the plots read at each drawing, so that new data need no new plot. */
interface Latest {
  readonly moments: readonly Moment[];
  readonly range: [number, number];
}

/** Throughput, cost and loss in time; exits by class below, on the same time. */
function Timeline({ capture, timeRange, timeZone, width, toolbar }: ViewProps) {
  const theme = useTheme2();
  const group = useId();
  const moments = useMemo(() => momentsOf(capture), [capture]);
  const latest = useRef<Latest>({ moments, range: [0, 1] });
  latest.current = { moments, range: [timeRange.from.valueOf(), timeRange.to.valueOf()] };
  const narrow = width < NARROW;
  const classKey = capture.classes.join('\n');
  const measures = useMemo(
    () => configureMeasures(theme, timeZone, capture.kind, narrow, classKey === '', () => latest.current),
    [theme, timeZone, capture.kind, narrow, classKey],
  );
  const exits = useMemo(
    () => configureExits(theme, timeZone, classKey.split('\n'), narrow, () => latest.current),
    [theme, timeZone, classKey, narrow],
  );
  const times = useMemo(() => moments.map(({ time }) => time), [moments]);
  const measureData = useMemo<uPlot.AlignedData>(
    () => [times, moments.map(({ x }) => x), moments.map(({ y }) => y)],
    [moments, times],
  );
  const exitData = useMemo<uPlot.AlignedData>(
    () => [times, ...stack(moments, capture.classes.length).toReversed()],
    [moments, times, capture.classes.length],
  );
  const statement = describeMoments(moments, capture);
  const common = {
    width,
    crosshair: group,
    hover: 'time' as const,
    spotOf: (plot: uPlot, i: number) =>
      moments[i]!.x === null && moments[i]!.y === null
        ? null
        : { left: plot.valToPos(times[i]!, 'x'), top: plot.over.clientHeight / 2 },
    tooltip: (i: number) => (
      <MomentTooltip moment={moments[i]!} capture={capture} timeZone={timeZone} theme={theme} />
    ),
  };
  return (
    <>
      <Statement {...statement} toolbar={toolbar} />
      <Fill>
        {(_, height) => {
          const low = classKey === '' ? 0 : Math.round(height * EXITS_SHARE);
          return (
            <>
              <Plot
                {...common}
                config={measures}
                data={measureData}
                height={height - low}
                label={`Throughput and cost in time. ${statement.result} ${statement.trust}.`}
              />
              {low > 0 && (
                <Plot
                  {...common}
                  config={exits}
                  data={exitData}
                  height={low}
                  label={`VM exits per second by class: ${capture.classes.join(', ')}.`}
                />
              )}
            </>
          );
        }}
      </Fill>
      <Legend items={legendItems(capture, moments, theme)} />
    </>
  );
}

function costTitle(kind: CostKind): string {
  return kind === 'seconds' ? 'exit time, share of one core' : 'exits/s';
}

function configureMeasures(
  theme: GrafanaTheme2,
  timeZone: string,
  kind: CostKind,
  narrow: boolean,
  showTime: boolean,
  latest: () => Latest,
): UPlotConfigBuilder {
  const colors = measureColors(theme);
  const config = new UPlotConfigBuilder(timeZone);
  addTimeX(config, theme, timeZone, () => latest().range, showTime);
  addRateY(config, theme, {
    scaleKey: 'packets',
    side: 'left',
    label: narrow ? '' : 'packets/s',
    color: colors.throughput,
    size: AXIS,
    grid: true,
  });
  addRateY(config, theme, {
    scaleKey: 'cost',
    side: 'right',
    label: narrow ? '' : costTitle(kind),
    color: colors.cost,
    size: AXIS,
    format: (value) => costTick(value, kind),
    grid: false,
  });
  addLine(config, theme, 'packets', colors.throughput, 12);
  addLine(config, theme, 'cost', colors.cost, 0);
  config.addHook('drawClear', (plot) => shadeLoss(plot, latest().moments, colors.loss));
  config.setPadding([8, null, null, null]);
  config.setCursor({ y: false });
  return config;
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
function configureExits(
  theme: GrafanaTheme2,
  timeZone: string,
  classes: readonly string[],
  narrow: boolean,
  latest: () => Latest,
): UPlotConfigBuilder {
  const config = new UPlotConfigBuilder(timeZone);
  addTimeX(config, theme, timeZone, () => latest().range, true);
  addRateY(config, theme, {
    scaleKey: 'exits',
    side: 'left',
    label: narrow ? '' : 'exits/s',
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
  config.setCursor({ y: false, points: { show: false } });
  config.setPadding([8, AXIS + (narrow ? 0 : AXIS_TITLE), null, null]);
  return config;
}

function legendItems(capture: Capture, moments: readonly Moment[], theme: GrafanaTheme2): LegendItem[] {
  const colors = measureColors(theme);
  const worst = moments.reduce((most, { loss }) => Math.max(most, loss ?? 0), 0);
  return [
    { label: 'Throughput, packets/s', color: colors.throughput, mark: 'line' },
    {
      label: capture.kind === 'seconds' ? 'Exit time, share of one core' : 'Exits/s',
      color: colors.cost,
      mark: 'line',
    },
    ...(capture.hasLoss
      ? [{ label: 'Loss', color: colors.loss, mark: 'square' as const, detail: `up to ${percent(worst)}` }]
      : []),
    ...capture.classes.map((name) => ({
      label: name,
      color: classColor(name, theme),
      mark: 'square' as const,
    })),
  ];
}

interface TooltipProps {
  readonly moment: Moment;
  readonly capture: Capture;
  readonly timeZone: string;
  readonly theme: GrafanaTheme2;
}

function MomentTooltip({ moment, capture, timeZone, theme }: TooltipProps) {
  const colors: Readonly<Record<string, string>> = {
    Throughput: measureColors(theme).throughput,
    Cost: measureColors(theme).cost,
    Loss: measureColors(theme).loss,
  };
  return (
    <SampleTooltip
      title={dateAndClock(moment.time, timeZone)}
      subject={capture.vms.length === 1 ? capture.vms[0]! : `${capture.vms.length} VMs`}
      rows={[
        ...describeMeasures(moment, capture.kind).map((row) => ({ ...row, color: colors[row.label] })),
        ...capture.classes.map((name, i) => ({
          label: name,
          value: si(moment.exits[i] ?? null, 'exits/s'),
          color: classColor(name, theme),
        })),
      ]}
    />
  );
}

export const timeline = defineView({
  id: 'timeline',
  label: 'Timeline',
  description: 'Throughput and cost in time, loss shaded, exits by class stacked.',
  uses: CAPTURE_ROLES,
  read: readCapture,
  Component: Timeline,
  table: intervalTable,
});
