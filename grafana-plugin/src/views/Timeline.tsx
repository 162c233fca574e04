import type { GrafanaTheme2 } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import { useId, useMemo, useRef } from 'react';
import type uPlot from 'uplot';
import { CAPTURE_ROLES, readCapture, type Capture } from '../capture/capture';
import { Fill } from '../parts/Fill';
import { clock, dateAndClock, percent, si } from '../parts/format';
import { costRole, fieldOf, formatsOf, settingsOf, type Formats } from '../parts/formats';
import { Legend, type LegendItem } from '../parts/Legend';
import { limitsOf } from '../parts/limits';
import { linksOf } from '../parts/links';
import { describeMeasures } from '../parts/measures';
import { classColor, measureColors } from '../parts/palette';
import { SampleTooltip } from '../parts/SampleTooltip';
import { Statement } from '../parts/Statement';
import { Plot } from '../plot/Plot';
import { annotationsOf, during, type Annotation } from './annotations';
import { intervalTable } from './intervalTable';
import { describeMoments, meanOf, momentsOf, stack, worstLoss, type Moment } from './timelineModel';
import { CALC_CHOICES, calculate, type Calc } from './timelineOptions';
import { configureExits, configureMeasures, isNarrow, type Latest } from './timelinePlot';
import { defineView, type ViewProps } from './view';

/** The share of the height that exits by class take. */
const EXITS_SHARE = 0.36;

/** Throughput, cost and loss in time; exits by class below, on the same time. */
function Timeline(props: ViewProps) {
  const { capture, timeRange, timeZone, width, options, dashboard, toolbar } = props;
  const theme = useTheme2();
  const group = useId();
  const formats = useMemo(() => formatsOf(capture), [capture]);
  const moments = useMemo(() => momentsOf(capture), [capture]);
  const annotations = useMemo(() => annotationsOf(props.annotations, theme), [props.annotations, theme]);
  const latest = useRef<Latest>(null!);
  latest.current = { moments, annotations, range: [timeRange.from.valueOf(), timeRange.to.valueOf()] };
  const narrow = isNarrow(width);
  const classKey = capture.classes.join('\n');
  const settings = settingsOf(capture);
  const limits = useMemo(() => limitsOfMoments(capture, moments), [capture, moments]);
  const frame = useMemo(
    () => ({ theme, timeZone, narrow, latest: () => latest.current }),
    [theme, timeZone, narrow],
  );
  const measures = useMemo(
    () => configureMeasures(frame, { ...layoutOf(capture, formats), limits }),
    // A capture of other numbers needs no other plot, one of other settings or classes does.
    [frame, settings, classKey === '', JSON.stringify(limits)],
  );
  const exits = useMemo(() => configureExits(frame, classKey.split('\n')), [frame, classKey]);
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
    drawn: annotations,
    onZoom: dashboard.onChangeTimeRange,
    spotOf: (plot: uPlot, i: number) =>
      moments[i]!.x === null && moments[i]!.y === null
        ? null
        : { left: plot.valToPos(times[i]!, 'x'), top: plot.over.clientHeight / 2 },
    tooltip: (i: number, pinned: boolean) =>
      moments[i] && (
        <MomentTooltip
          {...{ capture, formats, timeZone, theme, pinned }}
          moment={moments[i]}
          notes={during(annotations, moments[i].since, times[i]!)}
        />
      ),
  };
  const noted = annotations.length === 0 ? '' : ` ${annotations.length} annotations.`;
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
                label={`Throughput and cost in time. ${statement.result} ${statement.trust}.${noted}`}
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
      <Legend items={legendItems(capture, moments, options.calcs, formats, theme)} />
    </>
  );
}

function layoutOf(capture: Capture, formats: Formats) {
  const { min, max } = fieldOf(capture, 'throughput')?.config ?? {};
  const cost = fieldOf(capture, costRole(capture))?.config ?? {};
  return {
    formats,
    packets: { min, max },
    cost: { min: cost.min, max: cost.max },
    showTime: capture.classes.length === 0,
  };
}

function limitsOfMoments(capture: Capture, moments: readonly Moment[]) {
  return {
    packets: limitsOf(
      capture,
      'throughput',
      moments.map(({ x }) => x),
    ),
    cost: limitsOf(
      capture,
      costRole(capture),
      moments.map(({ y }) => y),
    ),
  };
}

function legendItems(
  capture: Capture,
  moments: readonly Moment[],
  calcs: readonly Calc[],
  formats: Formats,
  theme: GrafanaTheme2,
): LegendItem[] {
  const colors = measureColors(theme);
  const detail = (rate: (moment: Moment) => number | null, write: (value: number | null) => string) =>
    CALC_CHOICES.filter(({ value }) => calcs.includes(value))
      .map(({ value, label }) => `${label.toLowerCase()} ${write(valueOf(value, rate))}`)
      .join(', ');
  const valueOf = (calc: Calc, rate: (moment: Moment) => number | null) =>
    calc === 'mean' ? meanOf(moments, rate) : calculate(calc, moments.map(rate));
  return [
    {
      label: 'Throughput',
      color: colors.throughput,
      mark: 'line',
      detail: detail(({ x }) => x, formats.packets),
    },
    {
      label: capture.kind === 'seconds' ? 'Exit time' : 'Exits',
      color: colors.cost,
      mark: 'line',
      detail: detail(({ y }) => y, formats.cost),
    },
    ...(capture.hasLoss
      ? [
          {
            label: 'Loss',
            color: colors.loss,
            mark: 'square' as const,
            detail: `up to ${percent(worstLoss(moments))}`,
          },
        ]
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
  readonly notes: readonly Annotation[];
  readonly capture: Capture;
  readonly formats: Formats;
  readonly timeZone: string;
  readonly theme: GrafanaTheme2;
  readonly pinned: boolean;
}

function MomentTooltip({ moment, notes, capture, formats, timeZone, theme, pinned }: TooltipProps) {
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
        ...describeMeasures(moment, formats).map((row) => ({ ...row, color: colors[row.label] })),
        ...capture.classes.map((name, i) => ({
          label: name,
          value: si(moment.exits[i] ?? null, 'exits/s'),
          color: classColor(name, theme),
        })),
        ...notes.map(({ from, text, color }) => ({ label: clock(from, timeZone), value: text, color })),
      ]}
      links={pinned ? linksOf(capture, CAPTURE_ROLES, null, moment.time) : []}
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
