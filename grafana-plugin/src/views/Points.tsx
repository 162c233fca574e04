import { useTheme2 } from '@grafana/ui';
import { useMemo, useRef, useState } from 'react';
import { Fill } from '../parts/Fill';
import { costRole, fieldOf, settingsOf, type Formats } from '../parts/formats';
import { dateAndClock } from '../parts/format';
import { limitsOf } from '../parts/limits';
import { linksOf } from '../parts/links';
import { describeMeasures } from '../parts/measures';
import { SampleTooltip } from '../parts/SampleTooltip';
import type { RateAxis } from '../plot/axes';
import type { Box } from '../plot/brush';
import { Plot } from '../plot/Plot';
import type { Capture } from '../capture/capture';
import type { Role } from '../capture/roles';
import type { Findings } from './correlationFindings';
import type { CorrelationModel } from './correlationModel';
import type { AxisScale } from './correlationOptions';
import { configurePoints, type Latest } from './correlationPlot';
import { selectionOf } from './selection';
import { SelectionBar } from './SelectionBar';
import { timesOf } from './times';
import type { ViewProps } from './view';

interface Props extends ViewProps {
  readonly model: CorrelationModel;
  readonly findings: Findings;
  readonly formats: Formats;
  /** The sentence above the picture, for those who do not see it. */
  readonly said: string;
}

/** The points with their lines and their knee. */
export function Points(props: Props) {
  const { capture, height, timeZone, options, dashboard, model, findings, formats, said } = props;
  const theme = useTheme2();
  const [box, setBox] = useState<Box | null>(null);
  const { points, data } = model;
  const selection = useMemo(
    () => box && selectionOf(model, box, capture, formats, timeZone),
    [model, box, capture, formats, timeZone],
  );
  const everything = useMemo(
    () => [{ indices: Uint32Array.from(model.times, (_, i) => i), faint: false }],
    [model],
  );
  const latest = useRef<Latest>(null!);
  latest.current = {
    model,
    layers: selection?.layers ?? everything,
    knees: options.knee ? kneesOf(findings, formats) : [],
    onBrush: setBox,
  };
  const { xScale, yScale } = options;
  const low = height < LOW;
  const settings = settingsOf(capture);
  const limits = useMemo(
    () => ({
      limitsX: limitsOf(capture, 'throughput', data[0]),
      limitsY: limitsOf(capture, costRole(capture), data[1]),
    }),
    [capture, data],
  );
  const config = useMemo(
    () =>
      configurePoints(
        theme,
        {
          x: axisOf(capture, 'throughput', xScale, formats.packetsTitle, formats.packetsTick),
          y: axisOf(capture, costRole(capture), yScale, low ? 'cost' : formats.costTitle, formats.costTick),
          ...limits,
        },
        () => latest.current,
      ),
    // A capture of other numbers needs no other plot, one of other settings does.
    [theme, xScale, yScale, low, settings, JSON.stringify(limits)],
  );
  const times = useMemo(() => timesOf(model.times), [model]);
  return (
    <>
      {selection && (
        <SelectionBar
          selection={selection}
          onZoom={dashboard.onChangeTimeRange}
          onClear={() => setBox(null)}
        />
      )}
      <Fill>
        {(plotWidth, plotHeight) => (
          <Plot
            config={config}
            data={data}
            width={plotWidth}
            height={plotHeight}
            hover="point"
            drawn={selection}
            times={times}
            onBrush={setBox}
            label={`Cost against throughput, ${points.length} intervals of ${capture.vms.length === 1 ? 'one VM' : `${capture.vms.length} VMs`}. ${said}`}
            spotOf={(plot, i) => ({
              left: plot.valToPos(data[0][i]!, 'x'),
              top: plot.valToPos(data[1][i]!, 'y'),
            })}
            tooltip={(i, pinned) => {
              const point = points[i];
              return (
                point && (
                  <SampleTooltip
                    title={dateAndClock(point.time, timeZone)}
                    subject={point.vm}
                    rows={describeMeasures(point, formats)}
                    links={pinned ? linksOf(capture, LINKED, point.vm, point.time) : []}
                  />
                )
              );
            }}
          />
        )}
      </Fill>
    </>
  );
}

/** CSS pixels of panel height below which a long title would not fit beside the plot. */
const LOW = 480;

/** Roles whose data links belong to a point. */
const LINKED: readonly Role[] = ['throughput', 'cost', 'loss'];

function kneesOf({ each }: Findings, formats: Formats): Latest['knees'] {
  return each.flatMap(({ vm, knee }) =>
    knee
      ? [{ at: knee, label: `knee${each.length > 1 ? ` of ${vm}` : ''} at ${formats.packets(knee.x)}` }]
      : [],
  );
}

function axisOf(
  capture: Capture,
  role: Role,
  scale: AxisScale,
  label: string,
  format: RateAxis['format'],
): RateAxis {
  const { min, max } = fieldOf(capture, role)?.config ?? {};
  return { label, format, log: scale === 'log', min, max };
}
