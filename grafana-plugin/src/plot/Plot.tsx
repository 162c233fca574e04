import { css } from '@emotion/css';
import { DashboardCursorSync, type GrafanaTheme2 } from '@grafana/data';
import {
  EventBusPlugin,
  TooltipPlugin2,
  UPlotChart,
  usePanelContext,
  useStyles2,
  type UPlotConfigBuilder,
} from '@grafana/ui';
import { useMemo, useRef, type ReactNode } from 'react';
import type uPlot from 'uplot';
import { Stepper, type Spot } from './stepper';

/** How a pointer finds a sample: everything at its time, or the one point nearest to it. */
export type Hover = 'time' | 'point';

/** The values of TooltipPlugin2's hover modes, whose names Grafana does not export. */
const HOVER_MODE = { time: 1, point: 2 } as const;

interface Props {
  readonly config: UPlotConfigBuilder;
  readonly data: uPlot.AlignedData;
  readonly width: number;
  readonly height: number;
  /** Says what is drawn, to those who do not see it. */
  readonly label: string;
  readonly hover: Hover;
  /** Plots of one panel that share a crosshair name the same group. */
  readonly crosshair?: string;
  /** Where sample number `index` lies in the plot; null where it is not drawn. */
  readonly spotOf: (plot: uPlot, index: number) => Spot | null;
  readonly tooltip: (index: number) => ReactNode;
}

/**
 * A plot that can be read with the mouse, with the keyboard and with a screen reader. This folder is the only place
 * that touches Grafana's half-public uPlot classes.
 */
export function Plot({ config, data, width, height, label, hover, crosshair, spotOf, tooltip }: Props) {
  const styles = useStyles2(getStyles);
  const { eventBus, eventsScope, sync } = usePanelContext();
  const plot = useRef<uPlot | null>(null);
  const stepper = useMemo(() => new Stepper(), []);
  const shared = sync?.() ?? DashboardCursorSync.Off;
  const own = crosshair ? DashboardCursorSync.Crosshair : DashboardCursorSync.Off;
  return (
    <div
      className={styles.frame}
      role="group"
      aria-roledescription="chart"
      aria-label={`${label} Arrow keys step through the samples.`}
      tabIndex={0}
      onKeyDown={(event) => {
        const samples = data[0].length;
        if (plot.current && stepper.press(event.key, event.shiftKey, plot.current, samples, spotOf)) {
          event.preventDefault();
        }
      }}
      onBlur={() => plot.current && stepper.leave(plot.current)}
    >
      <UPlotChart
        config={config}
        data={data}
        width={width}
        height={height}
        plotRef={(u) => (plot.current = u)}
      >
        <TooltipPlugin2
          config={config}
          hoverMode={HOVER_MODE[hover]}
          syncMode={hover === 'time' && shared !== DashboardCursorSync.Off ? shared : own}
          syncScope={shared === DashboardCursorSync.Off ? (crosshair ?? '') : eventsScope}
          render={(u, indices) => {
            const index = hover === 'time' ? u.cursor.idx : indices[1];
            return typeof index === 'number' ? tooltip(index) : null;
          }}
          maxWidth={360}
        />
        {hover === 'time' && <EventBusPlugin config={config} eventBus={eventBus} />}
      </UPlotChart>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  frame: css({
    borderRadius: theme.shape.radius.default,
    outline: 'none',
    '&:focus-visible': { boxShadow: `inset 0 0 0 2px ${theme.colors.primary.border}` },
  }),
});
