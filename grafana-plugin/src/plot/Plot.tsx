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
import { useEffect, useMemo, useRef, type KeyboardEvent, type ReactNode } from 'react';
import type uPlot from 'uplot';
import { spanBox, type Box } from './brush';
import { ShareTime, type Times } from './ShareTime';
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
  readonly tooltip: (index: number, pinned: boolean) => ReactNode;
  /** Draws anew when this changes, also where the data are the same. */
  readonly drawn?: unknown;
  /** Joins the dashboard's crosshair where the plot has no axis of time. */
  readonly times?: Times;
  /** Called with the times that the user has drawn a range over. */
  readonly onZoom?: (range: { from: number; to: number }) => void;
  /** Called with what the user has marked by keyboard, and with null where it is to be forgotten. */
  readonly onBrush?: (box: Box | null) => void;
}

/**
 * A plot that can be read with the mouse, with the keyboard and with a screen reader. This folder is the only place
 * that touches Grafana's half-public uPlot classes.
 */
export function Plot(props: Props) {
  const { config, data, width, height, label, hover, crosshair } = props;
  const { spotOf, tooltip, drawn, times, onZoom, onBrush } = props;
  const styles = useStyles2(getStyles);
  const { eventBus, eventsScope, sync } = usePanelContext();
  const plot = useRef<uPlot | null>(null);
  const stepper = useMemo(() => new Stepper(), []);
  const shared = sync?.() ?? DashboardCursorSync.Off;
  const own = crosshair ? DashboardCursorSync.Crosshair : DashboardCursorSync.Off;
  useEffect(() => {
    // A plot that is just being made draws itself.
    if (plot.current?.status === 1) {
      plot.current.redraw();
    }
  }, [drawn]);
  const onKeyDown = (event: KeyboardEvent) => {
    const u = plot.current;
    if (!u || event.target !== event.currentTarget) {
      return;
    }
    const marked = onBrush ? stepper.mark(event.key) : null;
    if (marked?.span) {
      onBrush?.(spanBox(data[0], ...marked.span));
    } else if (event.key === 'Escape' && !stepper.walking) {
      onBrush?.(null);
    }
    if (marked || stepper.press(event.key, event.shiftKey, u, data[0].length, spotOf)) {
      event.preventDefault();
    }
  };
  return (
    <div
      className={styles.frame}
      role="group"
      aria-roledescription="chart"
      aria-label={`${label} Arrow keys step through the samples, Enter holds one${onBrush ? ', space marks from one to another' : ''}.`}
      tabIndex={0}
      onKeyDown={onKeyDown}
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
          render={(u, indices, _, pinned) => {
            const index = hover === 'time' ? u.cursor.idx : indices[1];
            return typeof index === 'number' ? tooltip(index, pinned) : null;
          }}
          {...(onZoom ? { queryZoom: onZoom } : {})}
          maxWidth={360}
        />
        {hover === 'time' && <EventBusPlugin config={config} eventBus={eventBus} />}
        {times && <ShareTime config={config} eventBus={eventBus} spotOf={spotOf} {...times} />}
      </UPlotChart>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  frame: css({
    borderRadius: theme.shape.radius.default,
    outline: 'none',
    '&:focus-visible': { boxShadow: `inset 0 0 0 2px ${theme.colors.primary.border}` },
    '.u-select': {
      background: theme.colors.action.selected,
      // A border would show as a dot where nothing is marked.
      boxShadow: `inset 0 0 0 1px ${theme.colors.border.strong}`,
    },
  }),
});
