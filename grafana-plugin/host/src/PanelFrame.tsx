import {
  applyFieldOverrides,
  DashboardCursorSync,
  EventBusSrv,
  LoadingState,
  type DataFrame,
  type EventBus,
  type PanelData,
  type PanelPlugin,
  type PanelProps,
  type TimeRange,
} from '@grafana/data';
import { PanelChrome, PanelContextProvider, useTheme2 } from '@grafana/ui';
import { useMemo, useState, type ReactNode } from 'react';
import type { PanelOptions } from '../../src/options';
import { Fill } from '../../src/parts/Fill';

const TIME_ZONE = 'browser';

interface Props {
  readonly panel: PanelPlugin<PanelOptions>;
  readonly title: string;
  readonly frames: readonly DataFrame[];
  readonly timeRange: TimeRange;
  readonly options: PanelOptions;
  readonly onOptions: (options: PanelOptions) => void;
  /** The message of a failed query; then nothing is drawn. */
  readonly error?: string | undefined;
  readonly annotations?: DataFrame[] | undefined;
  /** Shown beside the title. */
  readonly actions?: ReactNode;
  /** Called with the times that the user asks for. */
  readonly onTimeRange?: PanelProps['onChangeTimeRange'] | undefined;
  /** What the panels of a dashboard tell each other. */
  readonly dashboardBus?: EventBus | undefined;
}

/** Gives a panel what a dashboard would give it: a frame, a size, prepared fields and a context. */
export function PanelFrame(props: Props) {
  const { panel, title, frames, timeRange, options, onOptions, error, annotations } = props;
  const theme = useTheme2();
  const [eventBus] = useState(() =>
    (props.dashboardBus ?? new EventBusSrv()).newScopedBus('panel', { onlyLocal: false }),
  );
  const context = useMemo(
    () => ({ eventsScope: 'page', eventBus, sync: () => DashboardCursorSync.Off }),
    [eventBus],
  );
  const data = useMemo<PanelData>(() => {
    const series = applyFieldOverrides({
      data: [...frames],
      fieldConfig: { defaults: {}, overrides: [] },
      replaceVariables: (text) => text,
      theme,
      timeZone: TIME_ZONE,
    });
    const state = error ? LoadingState.Error : LoadingState.Done;
    return {
      state,
      series,
      timeRange,
      ...(annotations ? { annotations } : {}),
      ...(error ? { errors: [{ message: error }] } : {}),
    };
  }, [frames, timeRange, theme, error, annotations]);
  const Component = panel.panel!;
  return (
    <PanelContextProvider value={context}>
      <Fill>
        {(width, height) => (
          <PanelChrome title={title} width={width} height={height} actions={props.actions}>
            {(innerWidth, innerHeight) => {
              const given: PanelProps<PanelOptions> = {
                id: 1,
                title,
                data,
                timeRange,
                timeZone: TIME_ZONE,
                options,
                onOptionsChange: onOptions,
                width: innerWidth,
                height: innerHeight,
                transparent: false,
                renderCounter: 0,
                fieldConfig: { defaults: {}, overrides: [] },
                onFieldConfigChange: () => undefined,
                onChangeTimeRange: props.onTimeRange ?? (() => undefined),
                replaceVariables: (text) => text,
                eventBus,
              };
              return <Component {...given} />;
            }}
          </PanelChrome>
        )}
      </Fill>
    </PanelContextProvider>
  );
}
