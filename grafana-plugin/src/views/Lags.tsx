import type { GrafanaTheme2 } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import { useMemo, useRef } from 'react';
import { Fill } from '../parts/Fill';
import { correlation as formatR, duration } from '../parts/format';
import { measureColors } from '../parts/palette';
import { SampleTooltip } from '../parts/SampleTooltip';
import { addPainted, ANY_DISTANCE, UPlotConfigBuilder } from '../plot/axes';
import { addBarAxes, drawBars } from '../plot/bars';
import { Plot } from '../plot/Plot';
import type { LagScan } from '../statistics/lags';
import { lagText, type Findings } from './correlationFindings';
import { chanceBand } from './lagsModel';

interface Props {
  readonly findings: Findings;
  readonly said: string;
}

/** How closely cost goes together with throughput at each lag. */
export function Lags({ findings: { lags }, said }: Props) {
  const theme = useTheme2();
  const latest = useRef(lags);
  latest.current = lags;
  const config = useMemo(() => configure(theme, () => latest.current), [theme]);
  const points = useMemo(() => lags?.points ?? [], [lags]);
  const data = useMemo(
    () => [points.map(({ lag }) => lag), points.map(({ r }) => r)] as [number[], Array<number | null>],
    [points],
  );
  return (
    <Fill>
      {(width, height) => (
        <Plot
          config={config}
          data={data}
          width={width}
          height={height}
          hover="point"
          label={`Correlation at ${points.length} lags. ${said}`}
          spotOf={(plot, i) => ({
            left: plot.valToPos(data[0][i]!, 'x'),
            top: plot.valToPos(data[1][i] ?? 0, 'y'),
          })}
          tooltip={(i) => {
            const point = points[i];
            return (
              point && (
                <SampleTooltip
                  title={`Cost ${lagText(point.lag)}`}
                  subject=""
                  rows={[
                    { label: 'Pearson r', value: formatR(point.r) },
                    { label: 'Pairs', value: String(point.n) },
                  ]}
                />
              )
            );
          }}
        />
      )}
    </Fill>
  );
}

function configure(theme: GrafanaTheme2, lags: () => LagScan | null): UPlotConfigBuilder {
  const config = new UPlotConfigBuilder();
  addBarAxes(
    config,
    theme,
    { x: 'cost comes earlier ← lag → cost comes later', y: 'Pearson r' },
    (value) => duration(value),
    () => {
      const { points = [], step = 1 } = lags() ?? {};
      const end = (points.at(-1)?.lag ?? 0) + 0.7 * step;
      return [-end, end];
    },
  );
  config.setPadding([10, 20, 4, null]);
  addPainted(config, theme, (plot) => {
    const { points = [], effect } = lags() ?? {};
    drawBars(plot, {
      color: theme.colors.text.disabled,
      strong: measureColors(theme).cost,
      best: points.findIndex(({ lag }) => lag === effect?.lag),
      band: points.map(({ r, n }) => (r === null ? null : chanceBand(n))),
      bandColor: theme.colors.action.hover,
    });
  });
  config.setCursor({
    x: false,
    y: false,
    drag: { x: false, y: false },
    focus: { prox: ANY_DISTANCE },
    points: { show: false },
  });
  return config;
}
